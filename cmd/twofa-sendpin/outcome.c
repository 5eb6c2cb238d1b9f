#include "cmd/twofa-sendpin/outcome.h"

#include "common/task/dependents.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

enum {
	NO,
	YES,
	ANY,
};

static const struct outcome sent = {
    .state = LEDGER_SENT, .status = STATUS_OK, .keeps_seal = true};
static const struct outcome rejected = {
    .state = LEDGER_REJECTED, .status = STATUS_NO, .reason = REASON_REJECTED};
static const struct outcome refused = {.state = LEDGER_RETRY,
    .status = STATUS_SERVICE,
    .reason = REASON_SERVICE,
    .problem = "the service refuses"};
static const struct outcome not_taken = {.state = LEDGER_RETRY,
    .status = STATUS_TEMPORARY,
    .reason = REASON_TEMPORARY,
    .problem = "not sent yet; running it again is safe",
    .keeps_seal = true};
static const struct outcome repeatable = {.state = LEDGER_UNKNOWN,
    .status = STATUS_TEMPORARY,
    .reason = REASON_TEMPORARY,
    .problem = "perhaps sent; running it again within 4 minutes is safe",
    .keeps_seal = true};
static const struct outcome unknown = {.state = LEDGER_UNKNOWN,
    .status = STATUS_SERVICE,
    .reason = REASON_UNKNOWN_OUTCOME,
    .problem = "perhaps sent; it will not be sent again by itself",
    .keeps_seal = true};

/*
 * The first row that matches; the last one is for the rest. That a repeat was
 * not taken, or was refused as any message would be, says nothing about the
 * request before it, which may have been taken. A service that refuses is not
 * worth a repeat.
 */
static const struct {
	enum sms_outcome sms;
	int for_recipient; /* SMS_RECIPIENT */
	int maybe_taken;   /* by an earlier run */
	int repeats;	   /* another run may repeat it */
	const struct outcome *outcome;
} table[] = {
    {SMS_ACCEPTED, ANY, ANY, ANY, &sent},
    {SMS_REJECTED, YES, ANY, ANY, &rejected},
    {SMS_REJECTED, NO, NO, ANY, &refused},
    {SMS_REJECTED, NO, YES, ANY, &unknown},
    {SMS_RETRY, ANY, NO, ANY, &not_taken},
    {SMS_RETRY, ANY, YES, YES, &repeatable},
    {SMS_RETRY, ANY, YES, NO, &unknown},
    {SMS_UNKNOWN, ANY, ANY, YES, &repeatable},
    {SMS_UNKNOWN, ANY, ANY, ANY, &unknown},
};

static bool
matches(int wanted, bool is)
{
	return wanted == ANY || wanted == (is ? YES : NO);
}

void
outcome_decide(struct order *o, bool repeats)
{
	const struct order_terms *terms = o->terms;
	size_t i;

	/* A task that holds its PIN in clear does not hold the request's id. */
	if (terms->ledger == NULL && terms->pin->clear)
		repeats = false;
	for (i = 0; i + 1 < ARRAY_LEN(table); i++)
		if (table[i].sms == o->sms.outcome &&
		    matches(table[i].for_recipient,
			o->sms.scope == SMS_RECIPIENT) &&
		    matches(table[i].maybe_taken, o->maybe_taken) &&
		    matches(table[i].repeats, repeats))
			break;
	o->outcome = table[i].outcome;
}

int
outcome_note(const struct order *o, struct fault *f)
{
	const struct ledger_outcome outcome = {.state = o->outcome->state,
	    .reason = o->outcome->reason == NULL ? "" : o->outcome->reason,
	    .provider = o->sms.message_id};

	return ledger_note_outcome(
	    o->terms->ledger, &o->binding, &o->pin, &outcome, f);
}

/* --- the task ------------------------------------------------------------- */

/* GeneratedPIN: the seal, or with --clear-pin the PIN. */
static int
write_pin(const struct order *o, struct fault *f)
{
	char sealed[SEAL_TEXT_MAX + 1];
	const char *text = o->pin.sealed;

	if (o->terms->pin->clear) {
		text = o->seal.pin;
	} else if (o->terms->ledger == NULL) {
		if (seal_close(
			sealed, &o->seal, &o->binding, o->terms->keys, f) == -1)
			return -1;
		text = sealed;
	}
	task_set(o->task, NAME_GENERATED_PIN, text);
	return 0;
}

static int
apply_accepted(struct order *o, struct fault *f)
{
	bool recorded = o->terms->ledger != NULL;
	char expires[CLOCK_TEXT_SIZE];

	dependents_remove(o->task, NAME_START_VALIDATION);
	/* The output asks for no other message, unless the request stands: the
	 * output is then the next input. */
	if (o->asks && (o->reason == NULL || o->status == STATUS_NO))
		task_empty_event_value(o->task);
	task_set(o->task, NAME_SMS_SENT, VALUE_YES);
	if (write_pin(o, f) == -1)
		return -1;
	/* Wrong PINs may have come before another message with it. */
	if (recorded)
		task_set_count(o->task, NAME_PIN_ATTEMPTS,
		    o->pin.attempts - (o->pin.used ? 1 : 0));
	if (o->terms->pin->clear && !recorded)
		return 0;
	clock_rfc3339(expires, recorded ? o->pin.expires_s : o->seal.expires_s);
	task_set(o->task, NAME_PIN_EXPIRES, expires);
	return 0;
}

/* An earlier run sent it. Why no other message was sent, if one was asked for;
 * a request that may be granted later stays, with its entry. */
static int
apply_sent(struct order *o, struct fault *f)
{
	if (apply_accepted(o, f) == -1)
		return -1;
	if (o->reason == NULL)
		return 0;
	if (o->status != STATUS_NO && o->entry[0] != '\0')
		task_set(o->task, NAME_START_ENTRY, o->entry);
	task_set(o->task, NAME_REASON, o->reason);
	return 0;
}

static void
apply_refused(struct order *o)
{
	dependents_remove(o->task, NAME_START_VALIDATION);
	task_set(o->task, NAME_SMS_SENT, VALUE_NO);
	task_set(o->task, NAME_REASON, o->reason);
}

/* The problem, with the service's code and text: "not sent yet; running it
 * again is safe: 429: Too many requests". */
static void
fail_with_answer(struct order *o)
{
	const struct outcome *outcome = o->outcome;
	char what[192];

	(void)snprintf(what, sizeof what, "%s", outcome->problem);
	if (outcome == &unknown && o->terms->ledger != NULL)
		(void)snprintf(what, sizeof what, "%s: " ORDER_RESOLVE,
		    outcome->problem, o->pin.request);
	order_fail(o, outcome->status, outcome->reason, "%s%s%s%s%s", what,
	    o->sms.code[0] == '\0' ? "" : ": ", o->sms.code,
	    o->sms.detail[0] == '\0' ? "" : ": ", o->sms.detail);
}

static int
apply_unanswered(struct order *o, struct fault *f)
{
	bool was_not_taken = o->outcome == &not_taken;

	fail_with_answer(o);
	/* That it was not taken is remembered by the ledger, else by the seal
	 * in the task, which is missing with --clear-pin. */
	if (!o->outcome->keeps_seal ||
	    (was_not_taken &&
		(o->terms->pin->clear || o->terms->ledger != NULL)))
		return 0;
	o->seal.not_taken = was_not_taken;
	/* It is repeated to the same sender only. */
	memcpy(o->seal.sender, o->terms->sender, sizeof o->seal.sender);
	return write_pin(o, f);
}

static int
apply_outcome(struct order *o, struct fault *f)
{
	switch (o->outcome->status) {
	case STATUS_OK:
		memset(o->seal.sender, 0, sizeof o->seal.sender);
		return apply_accepted(o, f);
	case STATUS_NO:
		order_refuse(o, o->outcome->reason);
		apply_refused(o);
		return 0;
	default:
		return apply_unanswered(o, f);
	}
}

int
outcome_apply(struct order *o, struct fault *f)
{
	switch (o->plan) {
	case ORDER_SEND:
		return apply_outcome(o, f);
	case ORDER_SENT:
		return apply_sent(o, f);
	case ORDER_REFUSE:
		apply_refused(o);
		return 0;
	case ORDER_FAIL:
		break;
	}
	/* The caller may have the PIN of an unknown outcome. */
	return o->terms->ledger != NULL && o->reason != NULL &&
		strcmp(o->reason, REASON_UNKNOWN_OUTCOME) == 0 &&
		o->pin.sealed[0] != '\0'
	    ? write_pin(o, f)
	    : 0;
}
