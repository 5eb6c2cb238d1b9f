/*
 * Which orders of a window are one, and which follow each other.
 */
#include "cmd/twofa-sendpin/batch_inside.h"

#include <string.h>

/* Do both stand for the same send? */
static bool
is_same(const struct task *a, const struct task *b)
{
	const struct seal_binding x = seal_binding_of(a);
	const struct seal_binding y = seal_binding_of(b);

	return strcmp(x.task_id, y.task_id) == 0 &&
	    strcmp(x.customer, y.customer) == 0 &&
	    strcmp(x.number, y.number) == 0;
}

/* Is only one of them the wish to send it once more? */
static bool
differ(const struct batch *b, const struct task *x, const struct task *y)
{
	return !b->terms.resend &&
	    order_asks_for_resend(x) != order_asks_for_resend(y);
}

struct order *
batch_find_first(const struct batch *b, struct order *const orders[], size_t i)
{
	size_t j;

	for (j = 0; j < i && b->terms.ledger != NULL; j++)
		if (orders[j]->wanted &&
		    is_same(orders[j]->task, orders[i]->task))
			return orders[j];
	return NULL;
}

size_t
batch_count_apart(const struct batch *b, struct order *const orders[], size_t n)
{
	size_t i, j;

	for (i = 0; i < n && b->terms.ledger != NULL; i++)
		for (j = 0; j < i && orders[i]->plan == ORDER_SEND; j++)
			if (orders[j]->plan == ORDER_SEND &&
			    is_same(orders[j]->task, orders[i]->task) &&
			    differ(b, orders[j]->task, orders[i]->task))
				return i;
	return n;
}
