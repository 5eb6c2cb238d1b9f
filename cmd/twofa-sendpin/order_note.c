/*
 * What became of an order, in the ledger.
 */
#include "cmd/twofa-sendpin/order_inside.h"

#include "common/task/names.h"

static enum ledger_state
state_after(const struct order *o)
{
	switch (order_outcome(o)) {
	case SMS_ACCEPTED:
		return LEDGER_SENT;
	case SMS_REJECTED:
		return o->sms.scope == SMS_RECIPIENT ? LEDGER_REJECTED
						     : LEDGER_RETRY;
	case SMS_RETRY:
		return LEDGER_RETRY;
	case SMS_UNKNOWN:
	default:
		return LEDGER_UNKNOWN;
	}
}

static const char *
reason_after(const struct order *o, bool repeats)
{
	switch (order_outcome(o)) {
	case SMS_ACCEPTED:
		return "";
	case SMS_REJECTED:
		return o->sms.scope == SMS_RECIPIENT ? REASON_REJECTED
						     : REASON_SERVICE;
	case SMS_RETRY:
		return REASON_TEMPORARY;
	case SMS_UNKNOWN:
	default:
		return repeats && o->sms.outcome != SMS_REJECTED
		    ? REASON_TEMPORARY
		    : REASON_UNKNOWN_OUTCOME;
	}
}

int
order_note(const struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	const struct ledger_outcome outcome = {
	    state_after(o), reason_after(o, repeats), o->sms.message_id};
	const struct seal_binding binding = seal_binding_of(t);

	return ledger_note_outcome(
	    terms->ledger, &binding, &o->pin, &outcome, f);
}
