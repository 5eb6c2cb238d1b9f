/*
 * Wrong PINs: who has given too many of them.
 */
#include "common/ledger/ledger_inside.h"

#include "common/task/names.h"

/* Did the customer give so many? */
static int
has_customer_reached(struct ledger *l, const struct ledger_hash *customer,
    const struct rate *rate, struct fault *f)
{
	static const char text[] = "SELECT count(*) FROM (SELECT 1 FROM wrong"
				   " WHERE customer = ? AND at > ? LIMIT ?)";
	int64_t n;

	if (sql_get(&l->sql, f, &n, 0, text, ledger_sql_hash(customer),
		SQL_NUMBER(l->now_s - (int64_t)rate->period_s),
		SQL_NUMBER((int64_t)rate->count)) == -1)
		return -1;
	return n >= (int64_t)rate->count;
}

/*
 * Did all customers together, this one among them? Rows stand in the order of
 * time, so that the N-th from the end says it, and it is looked for only if the
 * customer has one.
 */
static int
have_all_reached(struct ledger *l, const struct ledger_hash *customer,
    const struct rate *rate, struct fault *f)
{
	static const char text[] =
	    "SELECT CASE WHEN EXISTS"
	    " (SELECT 1 FROM wrong WHERE customer = ?1 AND at > ?2)"
	    " THEN (SELECT at FROM wrong ORDER BY rowid DESC"
	    "  LIMIT 1 OFFSET ?3) > ?2 ELSE 0 END";
	int64_t reached;

	return sql_get(&l->sql, f, &reached, 0, text, ledger_sql_hash(customer),
		   SQL_NUMBER(l->now_s - (int64_t)rate->period_s),
		   SQL_NUMBER((int64_t)rate->count - 1)) == -1
	    ? -1
	    : reached == 1;
}

int
ledger_wrong_forbids_customer(struct ledger *l,
    const struct ledger_hash *customer, const struct wrong_limits *limits,
    const char **reason, struct fault *f)
{
	size_t i;
	int r = 0;

	*reason = NULL;
	for (i = 0; i < limits->customer.count && r == 0; i++)
		r = has_customer_reached(
		    l, customer, &limits->customer.rates[i], f);
	if (r == 1)
		*reason = REASON_LOCKED;
	for (i = 0; i < limits->all.count && r == 0; i++) {
		r = have_all_reached(l, customer, &limits->all.rates[i], f);
		if (r == 1)
			*reason = REASON_LIMIT_WRONG_ALL;
	}
	return r == -1 ? -1 : 0;
}

int
ledger_wrong_forbids(struct ledger *l, const struct seal_binding *b,
    const struct wrong_limits *limits, const char **reason, struct fault *f)
{
	struct ledger_hash customer =
	    ledger_hash(l, LEDGER_OF_CUSTOMER, b->customer);

	return ledger_wrong_forbids_customer(l, &customer, limits, reason, f);
}
