/*
 * Who is to get no message: limits, locks, what was revoked.
 */
#include "common/ledger/ledger_inside.h"

#include "common/task/names.h"

/* --- wrong PINs -------------------------------------------------------------
 */

/* A limit: 1 when as many wrong PINs as ?3 are later than ?2. */
struct wrong_limit {
	const struct limit *limit;
	const char *reason;
	const char *select; /* of the customer ?1 */
};

static int
is_wrong_reached(struct ledger *l, const struct ledger_hash *customer,
    const struct wrong_limit *w, struct fault *f)
{
	const struct rate *rate;
	int64_t reached = 0;
	size_t i;

	for (i = 0; i < w->limit->count && reached != 1; i++) {
		rate = &w->limit->rates[i];
		if (sql_get(&l->sql, f, &reached, 0, w->select,
			ledger_sql_hash(customer),
			SQL_NUMBER(l->now_s - (int64_t)rate->period_s),
			SQL_NUMBER((int64_t)rate->count)) == -1)
			return -1;
	}
	return reached == 1;
}

/*
 * Rows are in the order of time: of all customers' the N-th from the end
 * decides, and it is read only if this customer has one.
 */
int
ledger_wrong_forbids_customer(struct ledger *l,
    const struct ledger_hash *customer, const struct wrong_limits *limits,
    const char **reason, struct fault *f)
{
	static const char of_customer[] =
	    "SELECT count(*) >= ?3 FROM (SELECT 1 FROM wrong"
	    " WHERE customer = ?1 AND at > ?2 LIMIT ?3)";
	static const char of_all[] =
	    "SELECT CASE WHEN EXISTS"
	    " (SELECT 1 FROM wrong WHERE customer = ?1 AND at > ?2)"
	    " THEN (SELECT at FROM wrong ORDER BY rowid DESC"
	    "  LIMIT 1 OFFSET ?3 - 1) > ?2 ELSE 0 END";
	const struct wrong_limit wrong[] = {
	    {&limits->customer, REASON_LOCKED, of_customer},
	    {&limits->all, REASON_LIMIT_WRONG_ALL, of_all},
	};
	size_t i;
	int r = 0;

	*reason = NULL;
	for (i = 0; i < ARRAY_LEN(wrong) && r == 0; i++) {
		r = is_wrong_reached(l, customer, &wrong[i], f);
		if (r == 1)
			*reason = wrong[i].reason;
	}
	return r == -1 ? -1 : 0;
}

int
ledger_wrong_forbids(struct ledger *l, const struct seal_binding *b,
    const struct wrong_limits *limits, const char **reason, struct fault *f)
{
	struct ledger_hash customer =
	    ledger_hash_of(l, LEDGER_OF_CUSTOMER, b->customer);

	return ledger_wrong_forbids_customer(l, &customer, limits, reason, f);
}

/* --- what was revoked or disabled -------------------------------------------
 */

int
ledger_block_of(struct ledger *l, const struct ledger_party *p,
    enum ledger_block *out, struct fault *f)
{
	static const char text[] =
	    "SELECT 1 + max(revoked) FROM subject WHERE who IN (?, ?)"
	    " AND (revoked = 1 OR wrong >= ?)";
	int64_t block;

	if (sql_get(&l->sql, f, &block, 0, text, ledger_sql_hash(&p->customer),
		ledger_sql_hash(&p->number),
		SQL_NUMBER(LEDGER_DISABLE_AT)) == -1)
		return -1;
	*out = (enum ledger_block)block;
	return 0;
}

int
ledger_is_revoked(
    struct ledger *l, const struct seal_binding *b, struct fault *f)
{
	struct ledger_party p = ledger_party_of(l, b);
	enum ledger_block block;

	return ledger_block_of(l, &p, &block, f) == -1
	    ? -1
	    : block != LEDGER_NOT_BLOCKED;
}

static int
bars_party(struct ledger *l, const struct ledger_party *p,
    const struct wrong_limits *wrong, const char **reason, struct fault *f)
{
	enum ledger_block block;

	if (ledger_block_of(l, p, &block, f) == -1)
		return -1;
	if (block == LEDGER_NOT_BLOCKED)
		return ledger_wrong_forbids_customer(
		    l, &p->customer, wrong, reason, f);
	*reason = block == LEDGER_REVOKED ? REASON_REVOKED : REASON_LOCKED;
	return 0;
}

int
ledger_bars(struct ledger *l, const struct seal_binding *b,
    const struct wrong_limits *wrong, const char **reason, struct fault *f)
{
	struct ledger_party party = ledger_party_of(l, b);

	return bars_party(l, &party, wrong, reason, f);
}

/* --- messages ---------------------------------------------------------------
 */

/* One limit: what is counted, and whose. */
struct counter {
	const char *reason;
	const struct limit *limit;
	const char *select; /* of times, newest first */
	struct sql_value key;
};

/* ?1: the key, ?2: since when, ?3: how many later ones are skipped. */
#define SELECT_AT(whose)                                                       \
	"SELECT at FROM request WHERE " whose                                  \
	" at > ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3"

/*
 * Is it reached: 1, with the time at which it no longer is. Of a rate of N in
 * a period the N-th latest event decides.
 */
static int
is_reached(struct ledger *l, const struct counter *c, int64_t *again_s,
    struct fault *f)
{
	const struct rate *rate;
	int64_t at_s;
	size_t i;
	int r = 0;

	for (i = 0; i < c->limit->count; i++) {
		rate = &c->limit->rates[i];
		if (sql_get(&l->sql, f, &at_s, -1, c->select, c->key,
			SQL_NUMBER(l->now_s - (int64_t)rate->period_s),
			SQL_NUMBER((int64_t)rate->count - 1)) == -1)
			return -1;
		if (at_s == -1)
			continue;
		r = 1;
		at_s += (int64_t)rate->period_s;
		*again_s = at_s > *again_s ? at_s : *again_s;
	}
	return r;
}

int
ledger_forbids(struct ledger *l, const struct seal_binding *b,
    const struct send_limits *limits, const char **reason, int64_t *again_s,
    struct fault *f)
{
	static const char of_number[] = SELECT_AT("number = ?1 AND");
	static const char of_customer[] = SELECT_AT("customer = ?1 AND");
	static const char of_country[] = SELECT_AT("country = ?1 AND");
	static const char of_all[] = SELECT_AT("");
	struct ledger_party p = ledger_party_of(l, b);
	const struct counter counters[] = {
	    {REASON_LIMIT_NUMBER, &limits->number, of_number,
		ledger_sql_hash(&p.number)},
	    {REASON_LIMIT_CUSTOMER, &limits->customer, of_customer,
		ledger_sql_hash(&p.customer)},
	    {REASON_LIMIT_COUNTRY, &limits->country, of_country,
		SQL_TEXT(p.country)},
	    {REASON_LIMIT_ALL, &limits->all, of_all, SQL_TEXT(NULL)},
	};
	size_t i;
	int r;

	*again_s = 0;
	r = bars_party(l, &p, &limits->wrong, reason, f);
	for (i = 0; i < ARRAY_LEN(counters) && r == 0 && *reason == NULL; i++) {
		r = is_reached(l, &counters[i], again_s, f);
		if (r == 1)
			*reason = counters[i].reason;
	}
	return r == -1 ? -1 : 0;
}
