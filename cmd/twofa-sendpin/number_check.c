#include "cmd/twofa-sendpin/number_check.h"

#include "common/task/names.h"

#include <string.h>

static void
apply(struct order *o, const struct directory_query *q)
{
	switch (q->outcome) {
	case DIRECTORY_FOUND:
		if (strcmp(q->number, o->binding.number) != 0)
			order_refuse(o, REASON_NUMBER_CHANGED);
		break;
	case DIRECTORY_TEMPORARY:
		order_fail(o, STATUS_TEMPORARY, REASON_TEMPORARY,
		    "directory: %s: try again later", q->detail);
		break;
	case DIRECTORY_PERMANENT:
		order_fail(o, STATUS_SERVICE, REASON_SERVICE, "directory: %s",
		    q->detail);
		break;
	case DIRECTORY_NOT_FOUND:
	case DIRECTORY_NOT_UNIQUE:
		order_refuse(o, REASON_NOT_RECOGNISED);
		break;
	}
}

int
number_check_orders(struct number_check *c, struct order *const orders[],
    size_t n, struct fault *f)
{
	const char *customer;
	size_t i, count = 0;

	if (c->directory == NULL)
		return 0;
	for (i = 0; i < n; i++) {
		if (orders[i]->plan != ORDER_SEND)
			continue;
		customer = orders[i]->binding.customer;
		/* The directory is not asked about a malformed identifier. */
		if (identifier_is_valid(customer, c->identifier_digits))
			c->queries[count++].customer = customer;
		else
			order_refuse(orders[i], REASON_NOT_RECOGNISED);
	}
	if (count == 0)
		return 0;
	if (directory_find(c->directory, c->queries, count, f) == -1)
		return -1;
	for (i = 0, count = 0; i < n; i++)
		if (orders[i]->plan == ORDER_SEND)
			apply(orders[i], &c->queries[count++]);
	return 0;
}
