/*
 * The wish to send the same PIN once more. One that is not granted leaves the
 * task what was sent, and says why: the caller may still have that PIN.
 */
#include "cmd/twofa-sendpin/order_inside.h"

#include "cmd/twofa-sendpin/template.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

/* Of several requests one was taken, as far as is known. */
static bool
was_sent(const struct order *o)
{
	return o->pin.used || o->pin.state == LEDGER_SENT ||
	    o->pin.before == LEDGER_SENT;
}

/* It is not granted, for what order_fail() noted: what was sent stays sent. */
static void
deny(struct order *o)
{
	o->plan = ORDER_SENT;
}

/* What the PIN itself says against it. */
static void
ask_pin(struct order *o, const struct order_terms *terms)
{
	int64_t now_s = terms->now_s;
	int64_t age_s = now_s - o->pin.requested_s;

	if (o->pin.used)
		order_fail(o, STATUS_NO, REASON_USED,
		    "not sent again: its PIN was used: begin a new task");
	else if (o->pin.attempts >= o->pin.max_attempts)
		order_fail(o, STATUS_NO, REASON_EXHAUSTED,
		    "not sent again: no attempt is left: begin a new task");
	else if (now_s >= o->pin.expires_s)
		order_fail(o, STATUS_NO, REASON_EXPIRED,
		    "not sent again: its PIN has expired: begin a new task");
	else if (o->pin.expires_s - now_s < 60 &&
	    template_has_minutes(terms->template))
		order_fail(o, STATUS_NO, REASON_EXPIRED,
		    "not sent again: its PIN expires in less than a minute, "
		    "and the message gives minutes: begin a new task");
	else if (age_s < LEDGER_COOL_DOWN_S)
		order_fail(o, STATUS_TEMPORARY, REASON_COOL_DOWN,
		    "not sent again: the last message is %llds old: again in "
		    "%llds",
		    (long long)age_s, (long long)(LEDGER_COOL_DOWN_S - age_s));
	if (o->plan == ORDER_FAIL)
		deny(o);
}

/* What limits say against it: a message was sent all the same. */
static void
take_policy(struct order *o)
{
	char problem[FAULT_SIZE];

	(void)snprintf(problem, sizeof problem, "%s", o->problem);
	if (o->plan == ORDER_FAIL)
		order_fail(
		    o, o->status, o->reason, "not sent again: %s", problem);
	else
		order_fail(
		    o, STATUS_NO, o->reason, "not sent again: %s", o->reason);
	deny(o);
}

/* The same PIN in a new request. */
static int
send_again(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	order_open_recorded(o, t, terms);
	if (o->plan != ORDER_SEND)
		return 0;
	/* Of several the best that is known of one stays. */
	if (o->pin.state == LEDGER_SENT ||
	    strcmp(o->pin.request, o->pin.id) == 0)
		o->pin.before = o->pin.state;
	o->pin.requested_s = terms->now_s;
	if (uuid_draw(o->pin.request, f) == -1 ||
	    order_set_terms(o, terms, f) == -1)
		return -1;
	o->is_again = true;
	if (order_intend(o, t, terms, f) == -1)
		return -1;
	return o->entry[0] == '\0'
	    ? 0
	    : ledger_note_wish(terms->ledger, &o->pin, o->entry, f);
}

int
order_plan_wish(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	int r;

	ask_pin(o, terms);
	if (o->plan == ORDER_SENT && !was_sent(o)) {
		order_plan_lost(o, t, terms);
		return 0;
	}
	if (o->plan == ORDER_SENT)
		r = order_note_refusal(o, t, terms, f);
	else
		r = order_ask_policy(o, t, terms, f);
	if (r == -1 || o->plan == ORDER_SEND)
		return r == -1 ? -1 : send_again(o, t, terms, f);
	if (o->plan != ORDER_SENT && was_sent(o))
		take_policy(o);
	if (o->plan == ORDER_SENT && terms->clear_pin)
		order_open_recorded(o, t, terms);
	return 0;
}
