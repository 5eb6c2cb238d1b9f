/*
 * What an order asks of the ledger and notes in it, whatever it was before.
 */
#include "cmd/twofa-sendpin/order_inside.h"

#include "common/task/names.h"
#include "common/task/reason.h"

#include <stdio.h>
#include <string.h>

int
order_note_refusal(const struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);

	return ledger_note_refusal(terms->ledger, &binding, "send",
	    o->pin.row == 0 ? NULL : &o->pin, o->reason, f);
}

int
order_ask_policy(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);
	const char *reason;
	int64_t again_s = 0;

	if (policy_forbids(&reason, binding.number, terms->allow_country, f) ==
	    -1)
		return -1;
	if (reason == NULL &&
	    ledger_forbids(terms->ledger, &binding, &terms->limits, &reason,
		&again_s, f) == -1)
		return -1;
	if (reason == NULL)
		return 0;
	if (reason_status(reason) == STATUS_OK)
		order_refuse(o, reason);
	else
		order_fail(o, STATUS_TEMPORARY, reason,
		    "as many messages as %s allows were sent: again in %llds",
		    reason, (long long)(again_s - terms->now_s));
	return order_note_refusal(o, t, terms, f);
}

int
order_intend(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);

	o->pin.state = LEDGER_INTENT;
	o->pin.repeats = o->repeats;
	return ledger_intend(terms->ledger, &binding, &o->pin, f);
}

int
order_set_terms(
    struct order *o, const struct order_terms *terms, struct fault *f)
{
	int from = snprintf(o->pin.from, sizeof o->pin.from, "%s",
	    terms->from == NULL ? "" : terms->from);
	int message = snprintf(
	    o->pin.message, sizeof o->pin.message, "%s", terms->template);

	if (from >= (int)sizeof o->pin.from ||
	    message >= (int)sizeof o->pin.message)
		return fault_set(
		    f, STATUS_CONFIG, "from or message is too long");
	return 0;
}

void
order_open_recorded(
    struct order *o, const struct task *t, const struct order_terms *terms)
{
	const struct seal_binding binding = seal_binding_of(t);
	char key_id[KEY_ID_SIZE];

	switch (
	    seal_open(&o->seal, key_id, o->pin.sealed, &binding, terms->keys)) {
	case SEAL_OPENED:
		break;
	case SEAL_UNKNOWN_KEY:
		order_fail(o, STATUS_CONFIG, REASON_CONFIGURATION,
		    "its PIN is sealed with key %s, which is not in the key "
		    "file: put it back there, behind the first",
		    key_id);
		break;
	case SEAL_FORGED:
	default:
		order_fail(o, STATUS_IO, REASON_SERVICE,
		    "the ledger is damaged: its PIN does not open");
		break;
	}
}
