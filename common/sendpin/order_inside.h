/*
 * What the files of an order share.
 */
#ifndef COMMON_SENDPIN_ORDER_INSIDE_H
#define COMMON_SENDPIN_ORDER_INSIDE_H

#include "common/sendpin/order.h"

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

#endif
