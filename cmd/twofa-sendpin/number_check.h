/*
 * twofa-sendpin -d: is the number in the task still that of its customer?
 * Whoever writes tasks does not choose the number then.
 */
#ifndef CMD_TWOFA_SENDPIN_NUMBER_CHECK_H
#define CMD_TWOFA_SENDPIN_NUMBER_CHECK_H

#include "common/customer/directory.h"
#include "cmd/twofa-sendpin/order.h"

struct recheck {
	struct directory *directory; /* NULL: the task is trusted */
	unsigned long identifier_digits;
	struct directory_query *queries; /* as many as orders in a window */
};

/*
 * Look the customers of the n orders up; an order to send becomes one to
 * refuse or to fail. Fails as directory_find().
 */
MUST_USE int recheck_orders(
    struct recheck *r, struct order *const orders[], size_t n, struct fault *f);

#endif
