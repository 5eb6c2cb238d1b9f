/*
 * What is to be done about an order: a new PIN, the same one again, or none.
 */
#ifndef CMD_TWOFA_SENDPIN_PLAN_H
#define CMD_TWOFA_SENDPIN_PLAN_H

#include "cmd/twofa-sendpin/order.h"

/*
 * Plan an order that is ORDER_SEND: of one that still is, o->sms is then the
 * message. With a ledger in its transaction: the plan counts when that is
 * committed. Fails with STATUS_BUG, STATUS_IO, and as the ledger does.
 */
MUST_USE int plan_order(struct order *o, struct fault *f);

/*
 * With a ledger, in its transaction: plan only what needs no message, because
 * the outcome is known. Everything else stays ORDER_SEND.
 */
MUST_USE int plan_recall(struct order *o, struct fault *f);

/* plan_order() with a ledger, but for the message. */
MUST_USE int plan_by_ledger(struct order *o, struct fault *f);

#endif
