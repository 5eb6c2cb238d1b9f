#include "cmd/twofa-sendpin/order.h"

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
order_asks_for_resend(const struct task *t)
{
	const char *value = task_event_value(t);

	return task_is_event(t) && value != NULL &&
	    strcmp(value, VALUE_RESEND) == 0;
}

static void
check_entitled(struct order *o)
{
	const char *number = task_get(o->task, NAME_SMS_NUMBER);
	const char *customer = task_get(o->task, NAME_CUSTOMER_IDENTIFIER);

	if (!task_has(o->task, NAME_CUSTOMER_RECOGNIZED, VALUE_YES) ||
	    number == NULL || customer == NULL)
		order_refuse(o, REASON_NOT_RECOGNISED);
	else if (strlen(customer) > TASK_CUSTOMER_MAX)
		order_refuse(o, REASON_BAD_IDENTIFIER);
	else if (!e164_is_valid(number))
		order_refuse(o, REASON_BAD_NUMBER);
}

void
order_begin(struct order *o, struct task *t, const struct order_terms *terms)
{
	bool event_asks = order_asks_for_resend(t);
	const char *entry = NULL;

	order_reset(o);
	o->task = t;
	o->terms = terms;
	o->binding = seal_binding_of(t);
	o->asks = terms->send->resend || event_asks;
	/* On the command line each run asks anew. */
	if (event_asks && !terms->send->resend)
		entry = task_get(t, NAME_START_ENTRY);
	/* One that is too long for the ledger is ignored. */
	if (entry != NULL && strlen(entry) < sizeof o->entry)
		(void)snprintf(o->entry, sizeof o->entry, "%s", entry);
	check_entitled(o);
}

enum seal_result
order_open(struct order *o, const char *sealed)
{
	char key_id[KEY_ID_SIZE];
	enum seal_result r =
	    seal_open(&o->seal, key_id, sealed, &o->binding, o->terms->keys);

	if (r == SEAL_UNKNOWN_KEY)
		order_fail(o, STATUS_CONFIG, REASON_CONFIGURATION,
		    "its PIN is sealed with key %s, which is not in the key "
		    "file: put it back there, behind the first",
		    key_id);
	return r;
}

enum seal_result
order_open_task(struct order *o)
{
	const char *sealed = task_get(o->task, NAME_GENERATED_PIN);

	if (sealed == NULL)
		return SEAL_FORGED;
	return o->terms->pin->clear ? SEAL_OPENED : order_open(o, sealed);
}

int
order_draw(struct order *o, struct fault *f)
{
	o->seal = (struct seal)SEAL_INIT;
	o->seal.sent_s = o->terms->now_s;
	o->seal.expires_s = o->terms->now_s + (int64_t)o->terms->pin->ttl_s;
	o->seal.max_attempts = o->terms->pin->max_attempts;
	if (pin_draw(o->seal.pin, o->terms->pin->digits, f) == -1)
		return -1;
	return uuid_draw(o->seal.id, f);
}

bool
order_is_repeatable(
    const struct order *o, int64_t requested_s, int64_t expires_s)
{
	const int64_t now_s = o->terms->now_s;

	return o->terms->repeats && now_s < expires_s &&
	    now_s - requested_s < LEDGER_REPEAT_S &&
	    now_s - requested_s > -CLOCK_SLACK_S;
}

void
order_copy(struct order *o, struct order *from)
{
	struct task *task = o->task;
	struct buf message = o->message;

	*o = *from;
	o->task = task;
	o->binding = seal_binding_of(task);
	o->message = message;
	o->first = from;
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
