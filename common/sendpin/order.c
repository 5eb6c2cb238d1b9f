#include "common/sendpin/order.h"

#include "common/base/number.h"
#include "common/sendpin/template.h"
#include "common/task/derived.h"
#include "common/task/e164.h"
#include "common/task/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	CLOCK_SLACK_S = 5, /* two machines' clocks may differ by that */
};

void
order_refuse(struct order *o, const char *reason)
{
	o->plan = ORDER_REFUSE;
	o->reason = reason;
}

void
order_fail(
    struct order *o, int status, const char *reason, const char *format, ...)
{
	va_list ap;

	o->plan = ORDER_FAIL;
	o->status = status;
	o->reason = reason;
	va_start(ap, format);
	(void)vsnprintf(o->problem, sizeof o->problem, format, ap);
	va_end(ap);
}

bool
order_is_entitled(struct order *o, const struct task *t)
{
	const char *recognised = task_get(t, NAME_CUSTOMER_RECOGNIZED);
	const char *number = task_get(t, NAME_SMS_NUMBER);

	o->plan = ORDER_SEND;
	if (recognised == NULL || strcmp(recognised, VALUE_YES) != 0 ||
	    number == NULL || task_get(t, NAME_CUSTOMER_IDENTIFIER) == NULL)
		order_refuse(o, REASON_NOT_RECOGNISED);
	else if (!e164_is_valid(number))
		order_refuse(o, REASON_BAD_NUMBER);
	return o->plan == ORDER_SEND;
}

bool
order_remembers(const struct task *t)
{
	return task_get(t, NAME_GENERATED_PIN) != NULL;
}

static struct seal_binding
binding_of(const struct task *t)
{
	return (struct seal_binding){task_id(t),
	    task_get(t, NAME_CUSTOMER_IDENTIFIER),
	    task_get(t, NAME_SMS_NUMBER)};
}

static int
draw(struct order *o, const struct order_terms *terms, struct fault *f)
{
	o->seal = (struct seal)SEAL_INIT;
	o->seal.sent_s = terms->now_s;
	o->seal.expires_s = terms->now_s + (int64_t)terms->pin_ttl_s;
	o->seal.max_attempts = terms->max_attempts;
	o->sms.repeated = false;
	if (pin_draw(o->seal.pin, terms->pin_digits, f) == -1)
		return -1;
	return uuid_draw(o->seal.id, f);
}

/* Is it young enough for the service to know its id, and still of use? */
static bool
is_repeatable(const struct seal *s, int64_t now_s)
{
	return now_s < s->expires_s && now_s - s->sent_s < SMS_REPEAT_S &&
	    now_s - s->sent_s > -CLOCK_SLACK_S;
}

/* The earlier send may have reached the customer and cannot be repeated. */
static void
leave_unknown(struct order *o)
{
	order_fail(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME,
	    "an earlier message may have been sent and cannot be repeated "
	    "safely: ask the customer, or set StartValidation anew to send "
	    "another");
}

static int
plan_after_seal(struct order *o, const struct order_terms *terms, bool repeats,
    struct fault *f)
{
	if (repeats && is_repeatable(&o->seal, terms->now_s)) {
		o->sms.repeated = true;
		o->seal.not_taken = false;
		return 0;
	}
	if (o->seal.not_taken)
		return draw(o, terms, f);
	leave_unknown(o);
	return 0;
}

static int
plan_after_memory(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	struct seal_binding binding = binding_of(t);
	const char *memory = task_get(t, NAME_GENERATED_PIN);
	char key_id[KEY_ID_SIZE];

	if (terms->clear_pin) {
		/* It tells neither id nor time. */
		leave_unknown(o);
		return 0;
	}
	switch (seal_open(&o->seal, key_id, memory, &binding, terms->keys)) {
	case SEAL_OPENED:
		return plan_after_seal(o, terms, repeats, f);
	case SEAL_UNKNOWN_KEY:
		order_fail(o, STATUS_CONFIG, REASON_SERVICE,
		    "an earlier PIN is sealed with key %s, which is not in the "
		    "key file",
		    key_id);
		return 0;
	case SEAL_FORGED:
	default:
		/* For another customer or number, or nothing of ours. */
		return draw(o, terms, f);
	}
}

int
order_plan(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	int r;

	o->plan = ORDER_SEND;
	r = order_remembers(t) ? plan_after_memory(o, t, terms, repeats, f)
			       : draw(o, terms, f);
	if (r == -1 || o->plan != ORDER_SEND)
		return r;
	o->message.max = TEMPLATE_MAX_BYTES;
	buf_clear(&o->message);
	if (template_fill(&o->message, terms->template, o->seal.pin,
		(unsigned long)(o->seal.expires_s - o->seal.sent_s), f) == -1)
		return -1;
	clock_rfc1123(o->first_sent, o->seal.sent_s);
	o->sms.id = o->seal.id;
	o->sms.to = task_get(t, NAME_SMS_NUMBER);
	o->sms.message = o->message.data;
	o->sms.first_sent = o->first_sent;
	return 0;
}

/* GeneratedPIN: the seal, or the use case's clear form. */
static int
write_pin(const struct order *o, struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	struct buf text = BUF_INIT(SEAL_TEXT_MAX);
	struct seal_binding binding = binding_of(t);
	int r;

	if (terms->clear_pin)
		return task_set(t, NAME_GENERATED_PIN, o->seal.pin, f);
	r = seal_close(&text, &o->seal, &binding, terms->keys, f);
	if (r == 0)
		r = task_set(t, NAME_GENERATED_PIN, text.data, f);
	buf_release(&text);
	return r;
}

static int
apply_accepted(struct order *o, struct task *t, const struct order_terms *terms,
    struct fault *f)
{
	char expires[CLOCK_TEXT_SIZE];

	derived_remove(t, NAME_START_VALIDATION);
	if (task_set(t, NAME_SMS_SENT, VALUE_YES, f) == -1 ||
	    write_pin(o, t, terms, f) == -1)
		return -1;
	if (terms->clear_pin)
		return 0;
	clock_rfc3339(expires, o->seal.expires_s);
	return task_set(t, NAME_PIN_EXPIRES, expires, f);
}

static int
apply_refused(const struct order *o, struct task *t, struct fault *f)
{
	derived_remove(t, NAME_START_VALIDATION);
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
	if (terms->clear_pin)
		return 0;
	o->seal.not_taken = true;
	return write_pin(o, t, terms, f);
}

static int
apply_unknown(struct order *o, struct task *t, const struct order_terms *terms,
    bool repeats, struct fault *f)
{
	if (repeats && !terms->clear_pin)
		fail_with_answer(o, STATUS_TEMPORARY, REASON_TEMPORARY,
		    "perhaps sent; running it again within 4 minutes is safe");
	else
		fail_with_answer(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME,
		    "perhaps sent; it will not be sent again by itself");
	return write_pin(o, t, terms, f);
}

static int
apply_outcome(struct order *o, struct task *t, const struct order_terms *terms,
    bool repeats, struct fault *f)
{
	switch (o->sms.outcome) {
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
	case ORDER_REFUSE:
		return apply_refused(o, t, f);
	case ORDER_FAIL:
	default:
		return 0;
	}
}

void
order_reset(struct order *o)
{
	struct buf message = o->message;

	buf_clear(&message);
	seal_wipe(&o->seal);
	*o = (struct order){.message = message};
}

void
order_release(struct order *o)
{
	buf_release(&o->message);
	order_reset(o);
}
