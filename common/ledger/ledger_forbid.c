/*
 * Who is to get no message: limits, locks, what was revoked.
 */
#include "common/ledger/ledger_inside.h"

#include "common/task/names.h"

#include <string.h>

int
ledger_is_revoked(
    struct ledger *l, const struct seal_binding *b, struct fault *f)
{
	static const char text[] =
	    "SELECT count(*) FROM subject WHERE who IN (?, ?)"
	    " AND (revoked = 1 OR wrong >= ?)";
	struct sql_query q = sql_prepare(&l->sql, text);
	struct ledger_party party;
	int64_t n;

	ledger_hash_party(l, &party, b);
	sql_put_hash(&q, &party.customer);
	sql_put_hash(&q, &party.number);
	sql_put_number(&q, LEDGER_DISABLE_AT);
	return sql_get(&q, &n, 0, f) == -1 ? -1 : n > 0;
}

/* What was revoked stays so when the number is disabled, too. */
static int
bars_party(struct ledger *l, const struct ledger_party *p,
    const struct wrong_limits *wrong, const char **reason, struct fault *f)
{
	static const char text[] =
	    "SELECT ifnull(max(revoked), -1) FROM subject WHERE who IN (?, ?)"
	    " AND (revoked = 1 OR wrong >= ?)";
	struct sql_query q = sql_prepare(&l->sql, text);
	int64_t revoked;

	sql_put_hash(&q, &p->customer);
	sql_put_hash(&q, &p->number);
	sql_put_number(&q, LEDGER_DISABLE_AT);
	if (sql_get(&q, &revoked, -1, f) == -1)
		return -1;
	if (revoked != -1) {
		*reason = revoked == 1 ? REASON_REVOKED : REASON_LOCKED;
		return 0;
	}
	return ledger_wrong_forbids_customer(l, &p->customer, wrong, reason, f);
}

int
ledger_bars(struct ledger *l, const struct seal_binding *b,
    const struct wrong_limits *wrong, const char **reason, struct fault *f)
{
	struct ledger_party party;

	ledger_hash_party(l, &party, b);
	return bars_party(l, &party, wrong, reason, f);
}

/* One limit: what is counted, and whose. */
struct counter {
	const char *reason;
	const struct limit *limit;
	const char *select; /* of times, of one key, newest first */
	const void *key;    /* NULL: all of them */
	size_t key_len;
};

#define SELECT_AT(whose)                                                       \
	"SELECT at FROM request WHERE " whose                                  \
	" at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"

/*
 * Is it reached: 1, with the time at which it no longer is. Of a rate of N in
 * a period the N-th latest event decides.
 */
static int
is_reached(struct ledger *l, const struct counter *c, int64_t *again_s,
    struct fault *f)
{
	const struct rate *rate;
	struct sql_query q;
	int64_t at_s;
	size_t i;
	int r = 0;

	for (i = 0; i < c->limit->count; i++) {
		rate = &c->limit->rates[i];
		q = sql_prepare(&l->sql, c->select);
		if (c->key != NULL)
			sql_put_blob(&q, c->key, c->key_len);
		sql_put_number(&q, l->now_s - (int64_t)rate->period_s);
		sql_put_number(&q, (int64_t)rate->count - 1);
		if (sql_get(&q, &at_s, -1, f) == -1)
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
	static const char of_number[] = SELECT_AT("number = ? AND");
	static const char of_customer[] = SELECT_AT("customer = ? AND");
	static const char of_country[] =
	    SELECT_AT("country = CAST(? AS TEXT) AND");
	static const char of_all[] = SELECT_AT("");
	struct ledger_party p;
	const struct counter counters[] = {
	    {REASON_LIMIT_NUMBER, &limits->number, of_number, &p.number,
		sizeof p.number},
	    {REASON_LIMIT_CUSTOMER, &limits->customer, of_customer, &p.customer,
		sizeof p.customer},
	    {REASON_LIMIT_COUNTRY, &limits->country, of_country, p.country, 0},
	    {REASON_LIMIT_ALL, &limits->all, of_all, NULL, 0},
	};
	struct counter c;
	size_t i;
	int r;

	*again_s = 0;
	ledger_hash_party(l, &p, b);
	r = bars_party(l, &p, &limits->wrong, reason, f);
	for (i = 0; i < ARRAY_LEN(counters) && r == 0 && *reason == NULL; i++) {
		c = counters[i];
		if (c.key == p.country)
			c.key_len = strlen(p.country);
		r = is_reached(l, &c, again_s, f);
		if (r == 1)
			*reason = c.reason;
	}
	return r == -1 ? -1 : 0;
}
