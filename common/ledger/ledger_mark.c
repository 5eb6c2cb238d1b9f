/*
 * Verifying, after the PIN was compared and was right: mark what was charged.
 */
#include "common/ledger/ledger_inside.h"

#include "common/task/names.h"

/* It was charged at a time when it was good; what has changed since? */
static int
find_why(struct ledger *l, const struct ledger_charge *c, const char **reason,
    struct fault *f)
{
	static const char text[] =
	    "SELECT used FROM pin WHERE n = ? AND id = ?";
	struct sql_query q = sql_prepare(&l->sql, text);
	int64_t used;

	sql_put_number(&q, c->pin);
	sql_put_text(&q, c->pin_id);
	if (sql_get(&q, &used, -1, f) == -1)
		return -1;
	*reason = used == -1 ? REASON_UNKNOWN_PIN
	    : used == 1	     ? REASON_USED
			     : REASON_EXPIRED;
	return 0;
}

/* The PIN is used, if nobody did so meanwhile and it has not expired. */
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
	return *attempts != -1 ? 0 : find_why(l, c, reason, f);
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

/* The lines that say wrong, for the charge and for its being given again. */
static int
correct_history(struct ledger *l, const struct ledger_charge *c,
    const char *reason, struct fault *f)
{
	static const char text[] =
	    "UPDATE history SET"
	    " reason = iif(outcome = 'again', ifnull(?1, 'ok'), ?1),"
	    " outcome = CASE WHEN outcome = 'again' THEN 'again'"
	    "  WHEN ?1 IS NULL THEN 'ok' ELSE 'refused' END,"
	    " tries_left = iif(?1 IS NULL, NULL, tries_left)"
	    " WHERE n IN (?2, ?3) AND pin = ?4"
	    " AND outcome IN ('wrong', 'again')";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_text(&q, reason);
	sql_put_number(&q, c->event);
	sql_put_number(&q, c->again);
	sql_put_number(&q, c->pin);
	return sql_run(&q, f);
}

int
ledger_mark(struct ledger *l, const struct seal_binding *b,
    const struct ledger_charge *charge, const char **reason, long *attempts,
    struct fault *f)
{
	struct ledger_party party;
	int64_t used_up = -1;
	int revoked;

	ledger_hash_party(l, &party, b);
	revoked = is_revoked(l, &party, f);
	*reason = revoked == 1 ? REASON_LOCKED : NULL;
	if (revoked == -1 ||
	    (revoked == 0 && use_pin(l, charge, reason, &used_up, f) == -1) ||
	    take_back_wrong(l, &party, charge, f) == -1 ||
	    correct_history(l, charge, *reason, f) == -1)
		return -1;
	if (*reason != NULL)
		return 0;
	*attempts = (long)used_up;
	return mark_verdict(l, charge, f) == -1 ? -1 : end_row(l, &party, f);
}
