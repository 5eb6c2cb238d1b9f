/*
 * What became of an order, in the task.
 */
#include "cmd/twofa-sendpin/order_inside.h"

#include "common/task/dependents.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

/* GeneratedPIN: the seal, or the use case's clear form. */
static int
write_pin(const struct order *o, struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	struct buf text = BUF_INIT(SEAL_TEXT_MAX);
	struct seal_binding binding = seal_binding_of(t);
	int r;

	if (terms->clear_pin)
		return task_set(t, NAME_GENERATED_PIN, o->seal.pin, f);
	if (terms->ledger != NULL)
		return task_set(t, NAME_GENERATED_PIN, o->pin.sealed, f);
	r = seal_close(&text, &o->seal, &binding, terms->keys, f);
	if (r == 0)
		r = task_set(t, NAME_GENERATED_PIN, text.data, f);
	buf_release(&text);
	return r;
}

/* For the next run, which repeats it to the same sender only. */
static int
remember(struct order *o, struct task *t, const struct order_terms *terms,
    struct fault *f)
{
	memcpy(o->seal.sender, terms->sender, sizeof o->seal.sender);
	return write_pin(o, t, terms, f);
}

/* Wrong PINs came before a message that is sent again. */
static int
write_attempts(const struct order *o, struct task *t, struct fault *f)
{
	unsigned wrong = o->pin.attempts - (o->pin.used ? 1 : 0);
	char text[24];

	if (wrong == 0)
		return 0;
	(void)snprintf(text, sizeof text, "%u", wrong);
	return task_set(t, NAME_PIN_ATTEMPTS, text, f);
}

/* An earlier run sent it, and does not send it once more: why not. What is
 * wished for all the same stays so, with its entry. */
static int
apply_denied(const struct order *o, struct task *t, struct fault *f)
{
	if (o->status != STATUS_NO && o->entry[0] != '\0' &&
	    task_set(t, NAME_START_ENTRY, o->entry, f) == -1)
		return -1;
	return task_set(t, NAME_REASON, o->reason, f);
}

static int
apply_accepted(struct order *o, struct task *t, const struct order_terms *terms,
    struct fault *f)
{
	char expires[CLOCK_TEXT_SIZE];

	memset(o->seal.sender, 0, sizeof o->seal.sender);
	dependents_remove(t, NAME_START_VALIDATION);
	/* What was asked for once is not asked for by what comes out, unless
	 * that is the next input. */
	if (o->asks && (o->reason == NULL || o->status == STATUS_NO))
		task_empty_event_value(t);
	if (task_set(t, NAME_SMS_SENT, VALUE_YES, f) == -1 ||
	    write_pin(o, t, terms, f) == -1 ||
	    (terms->ledger != NULL && write_attempts(o, t, f) == -1))
		return -1;
	if (terms->clear_pin && terms->ledger == NULL)
		return 0;
	clock_rfc3339(expires,
	    terms->ledger != NULL ? o->pin.expires_s : o->seal.expires_s);
	return task_set(t, NAME_PIN_EXPIRES, expires, f);
}

static int
apply_refused(const struct order *o, struct task *t, struct fault *f)
{
	dependents_remove(t, NAME_START_VALIDATION);
	if (task_set(t, NAME_SMS_SENT, VALUE_NO, f) == -1)
		return -1;
	return task_set(t, NAME_REASON, o->reason, f);
}

/* "; 401 Denied: Request 'x-ms-content-sha256' differs …" */
static void
fail_with_answer(
    struct order *o, int status, const char *reason, const char *what)
{
	order_fail(o, status, reason, "%s%s%s%s%s", what,
	    o->sms.code[0] == '\0' ? "" : ": ", o->sms.code,
	    o->sms.detail[0] == '\0' ? "" : ": ", o->sms.detail);
}

static int
apply_retry(struct order *o, struct task *t, const struct order_terms *terms,
    struct fault *f)
{
	fail_with_answer(o, STATUS_TEMPORARY, REASON_TEMPORARY,
	    "not sent yet; running it again is safe");
	if (terms->clear_pin || terms->ledger != NULL)
		return 0; /* the task has no place for it, or no need */
	o->seal.not_taken = true;
	return remember(o, t, terms, f);
}

static int
apply_unknown(struct order *o, struct task *t, const struct order_terms *terms,
    bool repeats, struct fault *f)
{
	char what[160] = "perhaps sent; it will not be sent again by itself";

	/* A service that refuses now is not worth a repeat. */
	if (o->sms.outcome == SMS_REJECTED)
		repeats = false;
	if (repeats && (terms->ledger != NULL || !terms->clear_pin)) {
		fail_with_answer(o, STATUS_TEMPORARY, REASON_TEMPORARY,
		    "perhaps sent; running it again within 4 minutes is safe");
		return remember(o, t, terms, f);
	}
	if (terms->ledger != NULL)
		(void)snprintf(what, sizeof what,
		    "perhaps sent, and not again by itself: " ORDER_RESOLVE,
		    o->pin.request);
	fail_with_answer(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME, what);
	return remember(o, t, terms, f);
}

static int
apply_outcome(struct order *o, struct task *t, const struct order_terms *terms,
    bool repeats, struct fault *f)
{
	switch (order_outcome(o)) {
	case SMS_ACCEPTED:
		return apply_accepted(o, t, terms, f);
	case SMS_REJECTED:
		if (o->sms.scope == SMS_RECIPIENT) {
			order_refuse(o, REASON_REJECTED);
			return apply_refused(o, t, f);
		}
		fail_with_answer(
		    o, STATUS_SERVICE, REASON_SERVICE, "the service refuses");
		return 0;
	case SMS_RETRY:
		return apply_retry(o, t, terms, f);
	case SMS_UNKNOWN:
	default:
		return apply_unknown(o, t, terms, repeats, f);
	}
}

int
order_apply(struct order *o, struct task *t, const struct order_terms *terms,
    bool repeats, struct fault *f)
{
	switch (o->plan) {
	case ORDER_SEND:
		return apply_outcome(o, t, terms, repeats, f);
	case ORDER_SENT:
		if (apply_accepted(o, t, terms, f) == -1)
			return -1;
		return o->reason == NULL ? 0 : apply_denied(o, t, f);
	case ORDER_REFUSE:
		return apply_refused(o, t, f);
	case ORDER_FAIL:
	default:
		/* The caller may have the PIN of an unknown outcome. */
		return terms->ledger != NULL && o->reason != NULL &&
			strcmp(o->reason, REASON_UNKNOWN_OUTCOME) == 0 &&
			o->pin.sealed[0] != '\0'
		    ? write_pin(o, t, terms, f)
		    : 0;
	}
}
