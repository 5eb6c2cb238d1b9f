/*
 * With a ledger: it knows what was sent for this task, customer and number.
 * Whatever it knows, the task gets that and no second message; only a request
 * that a service knows by its id is repeated, to the byte, and only an
 * explicit wish sends the same PIN under a new id.
 */
#include "cmd/twofa-sendpin/order_inside.h"

#include "common/task/names.h"

#include <string.h>

/* Draw a PIN, seal it, and intend to send it. */
static int
plan_new(struct order *o, const struct task *t, const struct order_terms *terms,
    struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);
	struct buf text = BUF_INIT(SEAL_TEXT_MAX);
	int r = -1;

	if (order_ask_policy(o, t, terms, f) == -1)
		return -1;
	if (o->plan != ORDER_SEND)
		return 0;
	if (order_draw(o, terms, f) == -1)
		return -1;
	memcpy(o->seal.ledger, ledger_id(terms->ledger), UUID_SIZE);
	if (seal_close(&text, &o->seal, &binding, terms->keys, f) == -1)
		goto out;
	memset(&o->pin, 0, sizeof o->pin);
	memcpy(o->pin.id, o->seal.id, UUID_SIZE);
	memcpy(o->pin.request, o->seal.id, UUID_SIZE);
	memcpy(o->pin.sealed, text.data, text.len + 1);
	o->pin.before = LEDGER_RETRY;
	o->pin.requested_s = o->pin.sent_s = o->seal.sent_s;
	o->pin.expires_s = o->seal.expires_s;
	o->pin.max_attempts = o->seal.max_attempts;
	o->pin.same_sender = true;
	if (order_set_terms(o, terms, f) == 0)
		r = order_intend(o, t, terms, f);
out:
	buf_release(&text);
	return r;
}

static bool
is_repeatable(
    const struct order *o, const struct order_terms *terms, bool repeats)
{
	return repeats && o->pin.same_sender &&
	    order_is_repeatable(
		o->pin.requested_s, o->pin.expires_s, terms->now_s);
}

/* It was sent: the task gets that. */
static void
plan_sent(
    struct order *o, const struct task *t, const struct order_terms *terms)
{
	o->plan = ORDER_SENT;
	if (terms->clear_pin)
		order_open_recorded(o, t, terms);
}

void
order_plan_lost(
    struct order *o, const struct task *t, const struct order_terms *terms)
{
	o->plan = ORDER_SEND;
	if (terms->clear_pin)
		order_open_recorded(o, t, terms);
	if (o->plan == ORDER_SEND)
		order_fail(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME,
		    "a message may have been sent and cannot be repeated "
		    "safely: " ORDER_RESOLVE,
		    o->pin.request);
}

/* Repeat a request that may have been taken: from now on nobody knows, also if
 * the program that sent it first learns that it was not. */
static int
plan_repeat(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	static const struct ledger_outcome unknown = {LEDGER_UNKNOWN, "", ""};
	const struct seal_binding binding = seal_binding_of(t);
	const char *reason;

	if (ledger_bars(terms->ledger, &binding, &terms->limits.wrong, &reason,
		f) == -1)
		return -1;
	if (reason != NULL) {
		order_refuse(o, reason);
		return order_note_refusal(o, t, terms, f);
	}
	o->sms.repeated = true;
	o->maybe_taken = true;
	order_open_recorded(o, t, terms);
	return o->plan == ORDER_SEND
	    ? ledger_note_outcome(terms->ledger, &binding, &o->pin, &unknown, f)
	    : 0;
}

/* It may have been sent, and nobody knows. */
static int
plan_unknown(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	if (is_repeatable(o, terms, repeats))
		return plan_repeat(o, t, terms, f);
	if (o->resend)
		return order_plan_wish(o, t, terms, f);
	/* Of a message sent again: the one before it was taken. */
	if (o->pin.before == LEDGER_SENT && !o->is_granted_last)
		plan_sent(o, t, terms);
	else
		order_plan_lost(o, t, terms);
	return 0;
}

/* The service did not take it: the same request, or a new one. */
static int
plan_retry(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	if (!is_repeatable(o, terms, repeats))
		return plan_new(o, t, terms, f);
	if (order_ask_policy(o, t, terms, f) == -1)
		return -1;
	if (o->plan != ORDER_SEND)
		return 0;
	o->sms.repeated = true;
	order_open_recorded(o, t, terms);
	return o->plan == ORDER_SEND ? order_intend(o, t, terms, f) : 0;
}

/*
 * The ledger knows nothing. A task that holds a sealed PIN of its own, but no
 * SMSSent, remembers a send under another ledger, or under none.
 */
static int
plan_first(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);
	const char *memory = task_get(t, NAME_GENERATED_PIN);
	char key_id[KEY_ID_SIZE];
	enum seal_result r = SEAL_FORGED;
	bool not_taken;

	/* A clear one says neither id nor time. */
	if (memory != NULL)
		r = terms->clear_pin ? SEAL_OPENED
				     : seal_open(&o->seal, key_id, memory,
					   &binding, terms->keys);
	not_taken = o->seal.not_taken;
	seal_wipe(&o->seal);
	if (r == SEAL_FORGED || not_taken)
		return plan_new(o, t, terms, f);
	if (r == SEAL_UNKNOWN_KEY)
		order_fail(o, STATUS_CONFIG, REASON_CONFIGURATION,
		    "an earlier PIN is sealed with key %s, which is not in the "
		    "key file: put it back there, behind the first",
		    key_id);
	else
		order_fail(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME,
		    "a message may have been sent under another ledger, or "
		    "without "
		    "one: ask the customer, or begin a new task");
	return 0;
}

/* What is known and does not change any more: 1 planned, 0 it is not so. */
static int
plan_known(
    struct order *o, const struct task *t, const struct order_terms *terms)
{
	/* Used, whatever else is open: the caller had it. */
	if (!o->resend && (o->pin.used || o->pin.state == LEDGER_SENT))
		plan_sent(o, t, terms);
	else if (!o->pin.used && o->pin.state == LEDGER_REJECTED)
		order_refuse(o, REASON_REJECTED);
	else
		return 0;
	return 1;
}

/* What the ledger knows of it, and of the wish: 1 something, 0 nothing. */
static int
find(struct order *o, const struct task *t, const struct order_terms *terms,
    struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);
	char request[UUID_SIZE];
	int found = ledger_find_send(terms->ledger, &binding, &o->pin, f);
	int granted = found;

	if (found == 1)
		granted = o->entry[0] == '\0'
		    ? 0
		    : ledger_find_wish(
			  terms->ledger, &o->pin, o->entry, request, f);
	if (granted == 1) {
		o->resend = false;
		o->is_granted_last = strcmp(request, o->pin.request) == 0;
	}
	return granted == -1 ? -1 : found;
}

int
order_recall_by_ledger(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	int found = find(o, t, terms, f);

	if (found == 1)
		(void)plan_known(o, t, terms);
	return found == -1 ? -1 : 0;
}

int
order_plan_by_ledger(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	int found = find(o, t, terms, f);

	if (found == -1)
		return -1;
	if (found == 0)
		return plan_first(o, t, terms, f);
	if (plan_known(o, t, terms) == 1)
		return 0;
	if (o->pin.used)
		return order_plan_wish(o, t, terms, f);
	switch (o->pin.state) {
	case LEDGER_SENT:
		return order_plan_wish(o, t, terms, f);
	case LEDGER_RETRY:
		return plan_retry(o, t, terms, repeats, f);
	case LEDGER_REJECTED:
	case LEDGER_INTENT:
	case LEDGER_UNKNOWN:
	default:
		return plan_unknown(o, t, terms, repeats, f);
	}
}
