/*
 * twofa-sendpin -d: is the number in the task still that of its customer? So
 * whoever writes tasks cannot choose the number.
 */
#ifndef CMD_TWOFA_SENDPIN_NUMBER_CHECK_H
#define CMD_TWOFA_SENDPIN_NUMBER_CHECK_H

#include "common/customer/directory.h"
#include "cmd/twofa-sendpin/order.h"

struct number_check {
	struct directory *directory; /* NULL: the task is trusted */
	unsigned long identifier_digits;
	struct directory_query *queries; /* as many as orders in a window */
};

/*
 * Look the customers of the n orders up; an order that is ORDER_SEND may become
 * ORDER_REFUSE or ORDER_FAIL. Fails as directory_find().
 */
MUST_USE int number_check_orders(struct number_check *c,
    struct order *const orders[], size_t n, struct fault *f);

#endif
