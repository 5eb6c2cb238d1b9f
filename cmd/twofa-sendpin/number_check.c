#include "cmd/twofa-sendpin/number_check.h"

#include "common/task/names.h"

#include <string.h>

static void
judge(struct order *o, const struct directory_query *q)
{
	switch (q->outcome) {
	case DIRECTORY_FOUND:
		if (strcmp(q->number, task_get(o->task, NAME_SMS_NUMBER)) != 0)
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
	default:
		order_refuse(o, REASON_NOT_RECOGNISED);
		break;
	}
}

/* An identifier in the wrong form is not even asked about. */
static bool
is_asked_about(struct order *o, unsigned long digits)
{
	if (o->plan == ORDER_SEND &&
	    !identifier_is_valid(
		task_get(o->task, NAME_CUSTOMER_IDENTIFIER), digits))
		order_refuse(o, REASON_NOT_RECOGNISED);
	return o->plan == ORDER_SEND;
}

int
recheck_orders(
    struct recheck *r, struct order *const orders[], size_t n, struct fault *f)
{
	size_t i, asked = 0;

	if (r->directory == NULL)
		return 0;
	for (i = 0; i < n; i++)
		if (is_asked_about(orders[i], r->identifier_digits))
			r->queries[asked++].customer =
			    task_get(orders[i]->task, NAME_CUSTOMER_IDENTIFIER);
	if (asked == 0)
		return 0;
	if (directory_find(r->directory, r->queries, asked, f) == -1)
		return -1;
	for (i = 0, asked = 0; i < n; i++)
		if (orders[i]->plan == ORDER_SEND)
			judge(orders[i], &r->queries[asked++]);
	return 0;
}
