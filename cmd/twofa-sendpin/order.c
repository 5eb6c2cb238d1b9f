#include "cmd/twofa-sendpin/order_inside.h"

#include "cmd/twofa-sendpin/template.h"
#include "common/task/e164.h"
#include "common/task/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
	const char *customer = task_get(t, NAME_CUSTOMER_IDENTIFIER);

	o->plan = ORDER_SEND;
	if (recognised == NULL || strcmp(recognised, VALUE_YES) != 0 ||
	    number == NULL || customer == NULL)
		order_refuse(o, REASON_NOT_RECOGNISED);
	else if (strlen(customer) > TASK_CUSTOMER_MAX)
		order_refuse(o, REASON_BAD_IDENTIFIER);
	else if (!e164_is_valid(number))
		order_refuse(o, REASON_BAD_NUMBER);
	return o->plan == ORDER_SEND;
}

int
order_draw(struct order *o, const struct order_terms *terms, struct fault *f)
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

bool
order_is_repeatable(int64_t requested_s, int64_t expires_s, int64_t now_s)
{
	return now_s < expires_s && now_s - requested_s < SMS_REPEAT_S &&
	    now_s - requested_s > -CLOCK_SLACK_S;
}

bool
order_asks_for_resend(const struct task *t)
{
	const char *value = task_event_value(t);

	return task_is_event(t) && value != NULL &&
	    strcmp(value, VALUE_RESEND) == 0;
}

static void
note_wish(
    struct order *o, const struct task *t, const struct order_terms *terms)
{
	bool event_asks = order_asks_for_resend(t);
	const char *entry;

	o->asks = o->resend = terms->resend || event_asks;
	o->entry[0] = '\0';
	/* On the command line each run is a wish of its own. What is too long
	 * to be kept tells nothing. */
	entry =
	    event_asks && !terms->resend ? task_get(t, NAME_START_ENTRY) : NULL;
	if (entry != NULL && strlen(entry) < sizeof o->entry)
		(void)snprintf(o->entry, sizeof o->entry, "%s", entry);
}

int
order_recall(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	note_wish(o, t, terms);
	return terms->ledger == NULL ? 0
				     : order_recall_by_ledger(o, t, terms, f);
}

/* What is handed to the sender: the same for the same request, to the byte. */
static int
write_sms(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	bool recorded = terms->ledger != NULL;
	int64_t requested_s = recorded ? o->pin.requested_s : o->seal.sent_s;
	const char *template = recorded ? o->pin.message : terms->template;
	const char *from = recorded ? o->pin.from : terms->from;

	o->message.max = TEMPLATE_MAX_BYTES;
	buf_clear(&o->message);
	if (template_fill(&o->message, template, o->seal.pin,
		(unsigned long)(o->seal.expires_s - requested_s), f) == -1)
		return -1;
	clock_rfc1123(o->first_sent, requested_s);
	o->sms.id = recorded ? o->pin.request : o->seal.id;
	o->sms.to = task_get(t, NAME_SMS_NUMBER);
	o->sms.from = from == NULL || from[0] == '\0' ? NULL : from;
	o->sms.message = o->message.data;
	o->sms.first_sent = o->first_sent;
	o->sms.requested_s = requested_s;
	return 0;
}

int
order_plan(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	int r;

	o->plan = ORDER_SEND;
	o->repeats = repeats;
	note_wish(o, t, terms);
	r = terms->ledger == NULL
	    ? order_plan_by_task(o, t, terms, repeats, f)
	    : order_plan_by_ledger(o, t, terms, repeats, f);
	if (r == -1 || o->plan != ORDER_SEND)
		return r;
	return write_sms(o, t, terms, f);
}

enum sms_outcome
order_outcome(const struct order *o)
{
	bool is_settled = o->sms.outcome == SMS_ACCEPTED ||
	    (o->sms.outcome == SMS_REJECTED && o->sms.scope == SMS_RECIPIENT);

	return o->maybe_taken && !is_settled ? SMS_UNKNOWN : o->sms.outcome;
}

void
order_copy(struct order *o, const struct order *from)
{
	struct buf message = o->message;

	*o = *from;
	o->message = message;
	o->is_copy = true;
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
