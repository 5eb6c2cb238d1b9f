/*
 * Verifying, after the PIN was compared and was right: mark what was charged.
 */
#include "common/ledger/ledger_inside.h"

#include "common/task/names.h"

/*
 * It was charged at a time when it was good; what has changed since? The same
 * question may have been marked by another program: that is its answer.
 */
static int
find_why(struct ledger *l, const struct ledger_charge *c, const char **reason,
    int64_t *attempts, struct fault *f)
{
	static const char text[] =
	    "SELECT used, attempts, EXISTS(SELECT 1 FROM verdict"
	    "  WHERE pin = ?1 AND event = ?3 AND ok = 1)"
	    " FROM pin WHERE n = ?1 AND id = ?2";
	struct sql_query q = sql_prepare(&l->sql, text);
	int r;

	sql_put_number(&q, c->pin);
	sql_put_text(&q, c->pin_id);
	sql_put_number(&q, c->event);
	r = sql_step(&q, f);
	if (r == 1) {
		*reason = sql_number(&q, 2) == 1 ? NULL
		    : sql_number(&q, 0) == 1	 ? REASON_USED
						 : REASON_EXPIRED;
		*attempts = sql_number(&q, 1);
	} else {
		*reason = REASON_UNKNOWN_PIN;
	}
	sql_end(&q);
	return r == -1 ? -1 : 0;
}

/* The PIN is used, if nobody did so meanwhile and it has not expired: 1, else 0
 * and the reason. */
static int
use_pin(struct ledger *l, const struct ledger_charge *c, const char **reason,
    int64_t *attempts, struct fault *f)
{
	static const char text[] =
	    "UPDATE pin SET used = 1"
	    " WHERE n = ? AND id = ? AND used = 0 AND expires > ?"
	    " RETURNING attempts";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_number(&q, c->pin);
	sql_put_text(&q, c->pin_id);
	sql_put_number(&q, l->now_s);
	if (sql_get(&q, attempts, -1, f) == -1)
		return -1;
	return *attempts != -1 ? 1 : find_why(l, c, reason, attempts, f);
}

/* By a person; a hundred wrong ones in a row were looked at when it was
 * charged, and this one is among them. */
static int
is_revoked(struct ledger *l, const struct ledger_party *p, struct fault *f)
{
	static const char text[] =
	    "SELECT count(*) FROM subject WHERE who IN (?, ?) AND revoked = 1";
	struct sql_query q = sql_prepare(&l->sql, text);
	int64_t n;

	sql_put_hash(&q, &p->customer);
	sql_put_hash(&q, &p->number);
	return sql_get(&q, &n, 0, f) == -1 ? -1 : n > 0;
}

/* It no longer counts as a wrong PIN of the customer. Of the same second one
 * row is like the other. */
static int
take_back_wrong(struct ledger *l, const struct ledger_party *p,
    const struct ledger_charge *c, struct fault *f)
{
	static const char text[] =
	    "DELETE FROM wrong WHERE rowid ="
	    " (SELECT max(rowid) FROM wrong WHERE customer = ? AND at = ?)";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_hash(&q, &p->customer);
	sql_put_number(&q, c->at_s);
	return sql_run(&q, f);
}

/* A right one ends a row of wrong ones. */
static int
end_row(struct ledger *l, const struct ledger_party *p, struct fault *f)
{
	static const char text[] =
	    "DELETE FROM subject WHERE who = ? AND revoked = 0";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_hash(&q, &p->number);
	return sql_run(&q, f);
}

/* Without an entry that was kept there is none. */
static int
mark_verdict(struct ledger *l, const struct ledger_charge *c, struct fault *f)
{
	static const char text[] =
	    "UPDATE verdict SET ok = 1 WHERE pin = ? AND event = ?";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_number(&q, c->pin);
	sql_put_number(&q, c->event);
	return sql_run(&q, f);
}

/* The charge is no longer wrong in the history, nor counted: both at once, as
 * the same question may come to this from two programs. */
static int
settle_charge(struct ledger *l, const struct ledger_party *p,
    const struct ledger_charge *c, const char *reason, struct fault *f)
{
	static const char text[] =
	    "UPDATE history SET reason = ?1,"
	    " outcome = iif(?1 IS NULL, 'ok', 'refused'),"
	    " tries_left = iif(?1 IS NULL, NULL, tries_left)"
	    " WHERE n = ?2 AND pin = ?3 AND outcome = 'wrong'";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_text(&q, reason);
	sql_put_number(&q, c->event);
	sql_put_number(&q, c->pin);
	if (sql_run(&q, f) == -1)
		return -1;
	return sql_changed(&l->sql) ? take_back_wrong(l, p, c, f) : 0;
}

/* Nor is what was noted of its being given again. */
static int
settle_again(struct ledger *l, const struct ledger_charge *c,
    const char *reason, struct fault *f)
{
	static const char text[] =
	    "UPDATE history SET reason = ifnull(?1, 'ok') WHERE n = ?2";
	struct sql_query q;

	if (c->again == 0)
		return 0;
	q = sql_prepare(&l->sql, text);
	sql_put_text(&q, reason);
	sql_put_number(&q, c->again);
	return sql_run(&q, f);
}

int
ledger_mark(struct ledger *l, const struct seal_binding *b,
    const struct ledger_charge *charge, const char **reason, long *attempts,
    struct fault *f)
{
	struct ledger_party party;
	int64_t used_up = -1;
	int revoked, marked = 0;

	ledger_hash_party(l, &party, b);
	revoked = is_revoked(l, &party, f);
	*reason = revoked == 1 ? REASON_LOCKED : NULL;
	if (revoked == 0)
		marked = use_pin(l, charge, reason, &used_up, f);
	if (revoked == -1 || marked == -1 ||
	    settle_charge(l, &party, charge, *reason, f) == -1 ||
	    settle_again(l, charge, *reason, f) == -1)
		return -1;
	if (*reason == NULL)
		*attempts = (long)used_up;
	if (marked == 0)
		return 0;
	return mark_verdict(l, charge, f) == -1 ? -1 : end_row(l, &party, f);
}
