/*
 * What became of a request, and what follows from that for the ledger and for
 * the task alike: one table says both.
 */
#ifndef CMD_TWOFA_SENDPIN_OUTCOME_H
#define CMD_TWOFA_SENDPIN_OUTCOME_H

#include "cmd/twofa-sendpin/order.h"

struct outcome {
	enum ledger_state state;
	int status;	    /* STATUS_OK: sent, STATUS_NO: refused, or why not
			     * answered */
	const char *reason; /* NULL: none */
	/* Without an answer, what to tell the user. */
	const char *problem;
	bool keeps_seal; /* GeneratedPIN is set, for the next run */
};

/*
 * Decide o->outcome by o->sms. repeats: sender_repeats(), when the sender has
 * answered.
 */
void outcome_decide(struct order *o, bool repeats);

/* Note it in the ledger, in its transaction. Fails as the ledger does. */
MUST_USE int outcome_note(const struct order *o, struct fault *f);

/*
 * Write the plan, and of ORDER_SEND the outcome, into the task. May turn the
 * plan into ORDER_REFUSE or ORDER_FAIL; ORDER_SEND and ORDER_SENT are then a
 * message that was accepted.
 */
MUST_USE int outcome_apply(struct order *o, struct fault *f);

#endif
