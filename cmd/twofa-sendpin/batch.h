/*
 * The orders of a window, from the plan to the outcome: what is to be sent is
 * in the ledger before the sender is asked, and what became of it before
 * batch_send() returns.
 */
#ifndef CMD_TWOFA_SENDPIN_BATCH_H
#define CMD_TWOFA_SENDPIN_BATCH_H

#include "cmd/twofa-sendpin/order.h"

struct batch {
	struct sender *sender;
	struct order_terms terms;
	bool started; /* batch_start() was called */
	/* Messages were handed over, and their outcome could not be written:
	 * nothing more is sent, or that would be lost, too. */
	struct fault stuck;
	struct sms **messages; /* room for those of a window */
};

/* Start the sender, once. Fails as sender_start(). */
MUST_USE int batch_start(struct batch *b, struct fault *f);

/*
 * Plan, send and note the orders that are ORDER_SEND. An order is planned when
 * the rate allows its message, so that no intent grows old. With a ledger, two
 * orders for the same send share one message; but if only one of them asks to
 * send again, the second is planned when the first has its outcome.
 *
 * Fails as batch_start(), plan_order() and sender_send() when nothing was sent
 * yet; later, the rest of the orders becomes ORDER_FAIL instead. It may be
 * called again after that.
 */
MUST_USE int batch_send(
    struct batch *b, struct order *const orders[], size_t n, struct fault *f);

#endif
