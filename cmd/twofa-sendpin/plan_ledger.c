/*
 * With a ledger: it knows what was sent for this task, customer and number.
 * The task gets that, and no second message is sent, with two exceptions: a
 * request that the service knows by its id is repeated, byte for byte; and
 * when it is asked for, the same PIN is sent under a new id.
 */
#include "cmd/twofa-sendpin/plan.h"

#include "cmd/twofa-sendpin/template.h"
#include "common/task/names.h"
#include "common/task/reason.h"

#include <stdio.h>
#include <string.h>

/* Note in the history why the order is refused. */
static int
note_refusal(const struct order *o, struct fault *f)
{
	return ledger_note_refusal(o->terms->ledger, &o->binding, "send",
	    o->pin.row == 0 ? NULL : &o->pin, o->reason, f);
}

/* May another message go to that number? ORDER_REFUSE or _FAIL if not. */
static int
check_policy(struct order *o, struct fault *f)
{
	const struct order_terms *terms = o->terms;
	const char *reason =
	    policy_forbids(o->binding.number, terms->send->allow_country);
	int64_t again_s = 0;

	if (reason == NULL &&
	    ledger_forbids(terms->ledger, &o->binding, terms->limits, &reason,
		&again_s, f) == -1)
		return -1;
	if (reason == NULL)
		return 0;
	if (reason_status(reason) == STATUS_OK)
		order_refuse(o, reason);
	else
		order_fail(o, STATUS_TEMPORARY, reason,
		    "as many messages were sent as %s allows: try again in "
		    "%llds",
		    reason, (long long)(again_s - terms->now_s));
	return note_refusal(o, f);
}

/* The PIN that the ledger keeps sealed. ORDER_FAIL if it can't be opened. */
static void
open_recorded(struct order *o)
{
	if (order_open(o, o->pin.sealed) == SEAL_FORGED)
		order_fail(o, STATUS_IO, REASON_SERVICE,
		    "the ledger is damaged: its PIN cannot be opened");
}

/* Note that the request of o->pin is to be sent. */
static int
intend(struct order *o, struct fault *f)
{
	o->pin.state = LEDGER_INTENT;
	o->pin.repeats = o->terms->repeats;
	return ledger_intend(o->terms->ledger, &o->binding, &o->pin, f);
}

/* The same for a new request, with the sender and message of now. */
static int
intend_new(struct order *o, struct fault *f)
{
	struct ledger_pin *pin = &o->pin;
	const char *from =
	    o->terms->send->from == NULL ? "" : o->terms->send->from;

	if (strlen(from) >= sizeof pin->from ||
	    strlen(o->terms->send->message) >= sizeof pin->message)
		return fault_set(
		    f, STATUS_CONFIG, "from or message is too long");
	(void)snprintf(pin->from, sizeof pin->from, "%s", from);
	(void)snprintf(
	    pin->message, sizeof pin->message, "%s", o->terms->send->message);
	return intend(o, f);
}

/* Draw a PIN, seal it, and intend to send it. */
static int
plan_new(struct order *o, struct fault *f)
{
	if (check_policy(o, f) == -1)
		return -1;
	if (o->plan != ORDER_SEND)
		return 0;
	if (order_draw(o, f) == -1)
		return -1;
	memcpy(o->seal.ledger, ledger_id(o->terms->ledger), UUID_SIZE);
	o->pin = (struct ledger_pin){.before = LEDGER_RETRY,
	    .requested_s = o->seal.sent_s,
	    .sent_s = o->seal.sent_s,
	    .expires_s = o->seal.expires_s,
	    .max_attempts = o->seal.max_attempts,
	    .same_sender = true};
	memcpy(o->pin.id, o->seal.id, UUID_SIZE);
	memcpy(o->pin.request, o->seal.id, UUID_SIZE);
	if (seal_close(
		o->pin.sealed, &o->seal, &o->binding, o->terms->keys, f) == -1)
		return -1;
	return intend_new(o, f);
}

static bool
is_repeatable(const struct order *o)
{
	return o->pin.same_sender &&
	    order_is_repeatable(o, o->pin.requested_s, o->pin.expires_s);
}

/* An earlier run sent it: the task gets that. */
static void
plan_sent(struct order *o)
{
	o->plan = ORDER_SENT;
	if (o->terms->pin->clear)
		open_recorded(o);
}

/* It may have been sent, and there is no way to find out. */
static void
plan_lost(struct order *o)
{
	o->plan = ORDER_SEND;
	if (o->terms->pin->clear)
		open_recorded(o);
	if (o->plan == ORDER_SEND)
		order_fail(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME,
		    "a message may have been sent and cannot be repeated "
		    "safely: " ORDER_RESOLVE,
		    o->pin.request);
}

/* --- the same PIN in another message, which is asked for ------------------ */

/* Was a message with this PIN taken, as far as is known? */
static bool
was_sent(const struct order *o)
{
	return o->pin.used || o->pin.state == LEDGER_SENT ||
	    o->pin.before == LEDGER_SENT;
}

/* ORDER_FAIL when the PIN itself is not fit to be sent again. */
static void
check_pin(struct order *o)
{
	int64_t age_s = o->terms->now_s - o->pin.requested_s;
	int64_t left_s = o->pin.expires_s - o->terms->now_s;

	if (o->pin.used)
		order_fail(o, STATUS_NO, REASON_USED,
		    "its PIN was used: begin a new task");
	else if (o->pin.attempts >= o->pin.max_attempts)
		order_fail(o, STATUS_NO, REASON_EXHAUSTED,
		    "no attempt is left: begin a new task");
	else if (left_s <= 0)
		order_fail(o, STATUS_NO, REASON_EXPIRED,
		    "its PIN has expired: begin a new task");
	else if (left_s < 60 && template_has_minutes(o->terms->send->message))
		order_fail(o, STATUS_NO, REASON_EXPIRED,
		    "its PIN expires in less than a minute, and the message "
		    "gives minutes: begin a new task");
	else if (age_s < LEDGER_COOL_DOWN_S)
		order_fail(o, STATUS_TEMPORARY, REASON_COOL_DOWN,
		    "the last message is %llds old: try again in %llds",
		    (long long)age_s, (long long)(LEDGER_COOL_DOWN_S - age_s));
}

/* It is not sent again, but was sent before: the task gets that, and the
 * reason. The caller may still have that PIN. */
static void
plan_denied(struct order *o)
{
	bool failed = o->plan == ORDER_FAIL;
	char problem[FAULT_SIZE];

	(void)snprintf(
	    problem, sizeof problem, "%s", failed ? o->problem : o->reason);
	order_fail(o, failed ? o->status : STATUS_NO, o->reason,
	    "not sent again: %s", problem);
	plan_sent(o);
}

/* The same PIN in a new request. */
static int
send_again(struct order *o, struct fault *f)
{
	open_recorded(o);
	if (o->plan != ORDER_SEND)
		return 0;
	/* What stays known if this request is not taken: the best of those
	 * before it. */
	if (o->pin.state == LEDGER_SENT ||
	    strcmp(o->pin.request, o->pin.id) == 0)
		o->pin.before = o->pin.state;
	o->pin.requested_s = o->terms->now_s;
	o->is_again = true;
	if (uuid_draw(o->pin.request, f) == -1 || intend_new(o, f) == -1)
		return -1;
	return o->entry[0] == '\0'
	    ? 0
	    : ledger_note_resend(o->terms->ledger, &o->pin, o->entry, f);
}

static int
plan_resend(struct order *o, struct fault *f)
{
	int r;

	check_pin(o);
	if (o->plan == ORDER_FAIL && !was_sent(o)) {
		plan_lost(o);
		return 0;
	}
	r = o->plan == ORDER_FAIL ? note_refusal(o, f) : check_policy(o, f);
	if (r == -1)
		return -1;
	if (o->plan == ORDER_SEND)
		return send_again(o, f);
	if (was_sent(o))
		plan_denied(o);
	return 0;
}

/* --- by what the ledger knows --------------------------------------------- */

/* Repeat a request that may have been taken. It is noted as such: the program
 * that sent it first may still learn that it was not taken. */
static int
plan_repeat(struct order *o, struct fault *f)
{
	static const struct ledger_outcome unknown = {LEDGER_UNKNOWN, "", ""};
	struct ledger *l = o->terms->ledger;
	const char *reason;

	if (ledger_bars(l, &o->binding, &o->terms->limits->wrong, &reason, f) ==
	    -1)
		return -1;
	if (reason != NULL) {
		order_refuse(o, reason);
		return note_refusal(o, f);
	}
	o->sms.repeated = true;
	o->maybe_taken = true;
	open_recorded(o);
	return o->plan == ORDER_SEND
	    ? ledger_note_outcome(l, &o->binding, &o->pin, &unknown, f)
	    : 0;
}

/* It may have been sent, and nobody knows. */
static int
plan_unknown(struct order *o, struct fault *f)
{
	if (is_repeatable(o))
		return plan_repeat(o, f);
	if (o->resend)
		return plan_resend(o, f);
	/* An earlier message with this PIN was taken. */
	if (o->pin.before == LEDGER_SENT && !o->is_granted_last)
		plan_sent(o);
	else
		plan_lost(o);
	return 0;
}

/* The service did not take it: the same request, or a new one. */
static int
plan_retry(struct order *o, struct fault *f)
{
	if (!is_repeatable(o))
		return plan_new(o, f);
	if (check_policy(o, f) == -1)
		return -1;
	if (o->plan != ORDER_SEND)
		return 0;
	o->sms.repeated = true;
	open_recorded(o);
	return o->plan == ORDER_SEND ? intend(o, f) : 0;
}

/*
 * The ledger knows nothing. A task that holds a sealed PIN of its own, but no
 * SMSSent, remembers a send under another ledger, or under none.
 */
static int
plan_first(struct order *o, struct fault *f)
{
	enum seal_result r = order_open_task(o);
	bool not_taken = o->seal.not_taken;

	seal_wipe(&o->seal);
	if (r == SEAL_FORGED || not_taken)
		return plan_new(o, f);
	if (r == SEAL_OPENED)
		order_fail(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME,
		    "a message may have been sent under another ledger, or "
		    "without one: ask the customer, or begin a new task");
	return 0;
}

/* Plan what does not change any more: false, it may still change. */
static bool
plan_settled(struct order *o)
{
	/* A PIN that was used reached the caller, whatever else is unknown. */
	if (!o->resend && (o->pin.used || o->pin.state == LEDGER_SENT))
		plan_sent(o);
	else if (!o->pin.used && o->pin.state == LEDGER_REJECTED)
		order_refuse(o, REASON_REJECTED);
	else
		return false;
	return true;
}

/* The latest request, and whether this order is what it was made for: 1 there
 * is one, 0 none. */
static int
find(struct order *o, struct fault *f)
{
	struct ledger *l = o->terms->ledger;
	char request[UUID_SIZE] = "";
	int found = ledger_find_send(l, &o->binding, &o->pin, f);
	int granted = 0;

	if (found == 1 && o->entry[0] != '\0')
		granted = ledger_find_resend(l, &o->pin, o->entry, request, f);
	o->resend = o->asks && granted != 1;
	o->is_granted_last =
	    granted == 1 && strcmp(request, o->pin.request) == 0;
	return granted == -1 ? -1 : found;
}

int
plan_recall(struct order *o, struct fault *f)
{
	int found = find(o, f);

	if (found == 1)
		(void)plan_settled(o);
	return found == -1 ? -1 : 0;
}

int
plan_by_ledger(struct order *o, struct fault *f)
{
	int found = find(o, f);

	if (found == -1)
		return -1;
	if (found == 0)
		return plan_first(o, f);
	if (plan_settled(o))
		return 0;
	if (o->pin.used || o->pin.state == LEDGER_SENT)
		return plan_resend(o, f);
	return o->pin.state == LEDGER_RETRY ? plan_retry(o, f)
					    : plan_unknown(o, f);
}
