/*
 * The orders of a window, from the plan to the outcome: what is to be sent is
 * in the ledger before the sender is asked, and what became of it before
 * batch_send() returns.
 */
#ifndef CMD_TWOFA_SENDPIN_BATCH_H
#define CMD_TWOFA_SENDPIN_BATCH_H

#include "common/base/fault.h"
#include "cmd/twofa-sendpin/order.h"

struct batch {
	struct sender *sender;
	struct order_terms terms; /* now_s is set by batch_send() */
	bool started;		  /* batch_start() was called */
	/* Messages were handed over, and what became of them could not be
	 * written: no more is sent, or nobody knew of those either. */
	struct fault stuck;
	/* Room for a window: the messages without gaps, whose they are. */
	struct sms *messages;
	struct order **asking;
};

/* Start the sender, once. Fails as sender_start(). */
MUST_USE int batch_start(struct batch *b, struct fault *f);

/*
 * Plan, send and note the n orders that are to be sent; the others stay. A
 * message is planned when the rate allows it, so that no intent grows old; two
 * orders for the same send are one, when there is a ledger, unless one of them
 * is a wish and the other is not that: then one follows the other.
 *
 * Fails as batch_start(), order_plan() and sender_send() when nothing was sent
 * yet; later the rest of the orders is ORDER_FAIL instead. It may be called
 * again after that.
 */
MUST_USE int batch_send(
    struct batch *b, struct order *const orders[], size_t n, struct fault *f);

#endif
