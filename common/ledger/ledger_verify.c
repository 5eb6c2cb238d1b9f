/*
 * Verifying: find, look for a lock, note the verdict.
 */
#include "common/ledger/ledger_inside.h"

#include <string.h>

int
ledger_find_pin(
    struct ledger *l, const char *id, struct ledger_pin *out, struct fault *f)
{
	static const char text[] =
	    "SELECT " LEDGER_PIN_COLUMNS " FROM pin WHERE id = ?";
	struct sql_query q = sql_prepare(&l->sql, text);
	int r;

	sql_put_text(&q, id);
	r = sql_step(&q, f);
	if (r == 1)
		ledger_pin_read(l, &q, out);
	sql_end(&q);
	return r;
}

/* Did the customer give so many wrong PINs? */
static int
is_reached(struct ledger *l, const struct ledger_hash *customer,
    const struct rate *rate, struct fault *f)
{
	static const char text[] = "SELECT count(*) FROM (SELECT 1 FROM wrong"
				   " WHERE customer = ? AND at > ? LIMIT ?)";
	struct sql_query q = sql_prepare(&l->sql, text);
	int64_t n;

	sql_put_hash(&q, customer);
	sql_put_number(&q, l->now_s - (int64_t)rate->period_s);
	sql_put_number(&q, (int64_t)rate->count);
	if (sql_get(&q, &n, 0, f) == -1)
		return -1;
	return n >= (int64_t)rate->count;
}

int
ledger_is_locked_customer(struct ledger *l, const struct ledger_hash *customer,
    const struct policy_limit *wrong, struct fault *f)
{
	size_t i;
	int r = 0;

	for (i = 0; i < wrong->count && r == 0; i++)
		r = is_reached(l, customer, &wrong->rates[i], f);
	return r;
}

int
ledger_is_locked(struct ledger *l, const struct seal_binding *b,
    const struct policy_limit *wrong, struct fault *f)
{
	struct ledger_hash customer =
	    ledger_hash(l, LEDGER_OF_CUSTOMER, b->customer);

	return ledger_is_locked_customer(l, &customer, wrong, f);
}

/* A PINEntry that is too long to keep is as good as none. */
static bool
is_kept(const struct ledger_try *try)
{
	return try->entry != NULL && strlen(try->entry) <= LEDGER_ENTRY_MAX;
}

/* The three things by which a try is known again. */
static void
put_try(struct ledger *l, struct sql_query *q, const struct ledger_try *try,
    struct ledger_hash *keyed)
{
	*keyed = ledger_hash_try(l, try);
	sql_put_number(q, try->pin->row);
	sql_put_text(q, try->entry);
	sql_put_hash(q, keyed);
}

int
ledger_find_verdict(
    struct ledger *l, const struct ledger_try *try, bool *ok, struct fault *f)
{
	static const char text[] =
	    "SELECT ok FROM verdict WHERE pin = ? AND entry = ? AND keyed = ?";
	struct sql_query q;
	struct ledger_hash keyed;
	int64_t found;

	if (!is_kept(try))
		return 0;
	q = sql_prepare(&l->sql, text);
	put_try(l, &q, try, &keyed);
	if (sql_get(&q, &found, -1, f) == -1)
		return -1;
	*ok = found == 1;
	return found != -1;
}

static int
keep_verdict(
    struct ledger *l, const struct ledger_try *try, bool ok, struct fault *f)
{
	static const char text[] =
	    "INSERT INTO verdict(pin, entry, keyed, ok) VALUES(?, ?, ?, ?)";
	struct sql_query q;
	struct ledger_hash keyed;

	if (!is_kept(try))
		return 0;
	q = sql_prepare(&l->sql, text);
	put_try(l, &q, try, &keyed);
	sql_put_number(&q, ok);
	return sql_run(&q, f);
}

/* Use up an attempt; how many are left. */
static int
charge(struct ledger *l, const struct ledger_pin *pin, bool ok, int64_t *left,
    struct fault *f)
{
	static const char text[] =
	    "UPDATE pin SET attempts = attempts + 1, used = max(used, ?)"
	    " WHERE n = ? AND id = ? RETURNING max(max_attempts - attempts, 0)";
	struct sql_query q = sql_prepare(&l->sql, text);
	int r;

	sql_put_number(&q, ok);
	sql_put_number(&q, pin->row);
	sql_put_text(&q, pin->id);
	r = sql_step(&q, f);
	if (r == 1) {
		*left = sql_number(&q, 0);
		r = sql_run(&q, f);
	} else {
		r = r == 0 ? fault_set(f, STATUS_BUG,
				 "%s: no such PIN to charge", l->path)
			   : -1;
		sql_end(&q);
	}
	return r;
}

static int
count_wrong(struct ledger *l, const struct ledger_party *p, struct fault *f)
{
	static const char of_customer[] =
	    "INSERT INTO wrong(customer, at) VALUES(?, ?)";
	static const char of_number[] =
	    "INSERT INTO subject(who, wrong) VALUES(?, 1)"
	    " ON CONFLICT(who) DO UPDATE SET wrong = wrong + 1";
	struct sql_query q = sql_prepare(&l->sql, of_customer);

	sql_put_hash(&q, &p->customer);
	sql_put_number(&q, l->now_s);
	if (sql_run(&q, f) == -1)
		return -1;
	q = sql_prepare(&l->sql, of_number);
	sql_put_hash(&q, &p->number);
	return sql_run(&q, f);
}

/* A right one ends a row of wrong ones. */
static int
end_row(struct ledger *l, const struct ledger_party *p, struct fault *f)
{
	static const char text[] =
	    "UPDATE subject SET wrong = 0 WHERE who = ? AND wrong > 0";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_hash(&q, &p->number);
	return sql_run(&q, f);
}

int
ledger_note_verdict(struct ledger *l, const struct seal_binding *b,
    const struct ledger_try *try, bool ok, struct fault *f)
{
	struct ledger_party party;
	struct ledger_event e;
	int64_t left = 0;

	ledger_hash_party(l, &party, b);
	e = ledger_event_of(&party, try->pin, "verify", ok ? "ok" : "wrong");
	if (charge(l, try->pin, ok, &left, f) == -1 ||
	    keep_verdict(l, try, ok, f) == -1 ||
	    (ok ? end_row(l, &party, f) : count_wrong(l, &party, f)) == -1)
		return -1;
	e.tries_left = ok ? -1 : (int)left;
	return ledger_note(l, &e, f);
}
