/*
 * What the files of an order share.
 */
#ifndef CMD_TWOFA_SENDPIN_ORDER_INSIDE_H
#define CMD_TWOFA_SENDPIN_ORDER_INSIDE_H

#include "cmd/twofa-sendpin/order.h"

/* A new PIN under a new id, sent now. */
MUST_USE int order_draw(
    struct order *o, const struct order_terms *terms, struct fault *f);

/* Is a request of that age known to the service by its id, and of use? */
bool order_is_repeatable(int64_t requested_s, int64_t expires_s, int64_t now_s);

/* Decide by what the task holds; by what the ledger knows. */
MUST_USE int order_plan_by_task(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f);
MUST_USE int order_recall_by_ledger(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f);
MUST_USE int order_plan_by_ledger(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f);

/* What to do about a request of unknown outcome; its id is to be filled in. */
#define ORDER_RESOLVE                                                          \
	"ask the customer, then twofa-ledger resolve %s sent or failed"

/* With a ledger, in its transaction. -------------------------------------- */

/* Note in its history why the order is refused: o->reason. */
MUST_USE int order_note_refusal(const struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f);

/* May another message go to that number? Sets ORDER_REFUSE or _FAIL if not. */
MUST_USE int order_ask_policy(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f);

/* Into o->pin: from and message of now. Fails with STATUS_CONFIG. */
MUST_USE int order_set_terms(
    struct order *o, const struct order_terms *terms, struct fault *f);

/* Note that the request of o->pin is to be sent. */
MUST_USE int order_intend(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f);

/* The PIN that the ledger keeps sealed. Sets ORDER_FAIL without its key. */
void order_open_recorded(
    struct order *o, const struct task *t, const struct order_terms *terms);

/* Decide about the wish to send the PIN of o->pin once more. */
MUST_USE int order_plan_wish(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f);

/* It may have been sent, and there is no way to find out. */
void order_plan_lost(
    struct order *o, const struct task *t, const struct order_terms *terms);

#endif
