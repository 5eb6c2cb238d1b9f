/*
 * Verifying: charge an attempt before it is compared, mark it if it was right.
 */
#include "common/ledger/ledger_inside.h"

#include "common/task/names.h"

#include <string.h>

/* A PINEntry that is too long to keep is ignored. */
static bool
is_kept(const struct ledger_try *try)
{
	return try->entry != NULL && strlen(try->entry) <= LEDGER_ENTRY_MAX;
}

static void
begin_charge(struct ledger_charge *c, const struct ledger_pin *pin)
{
	*c = (struct ledger_charge){.pin = pin->row};
	memcpy(c->pin_id, pin->id, sizeof c->pin_id);
}

int
ledger_find_charge(struct ledger *l, const struct ledger_try *try,
    struct ledger_charge *out, bool *ok, struct fault *f)
{
	static const char text[] = "SELECT ok, at, event FROM verdict"
				   " WHERE pin = ? AND entry = ? AND keyed = ?";
	struct sql_query q;
	struct ledger_hash entered;
	int r;

	if (!is_kept(try))
		return 0;
	entered = ledger_hash_of(l, LEDGER_OF_TRY, try->pin->id, try->entered);
	q = sql_select(&l->sql, text, SQL_NUMBER(try->pin->row),
	    SQL_TEXT(try->entry), ledger_sql_hash(&entered));
	r = sql_step(&q, f);
	if (r == 1) {
		begin_charge(out, try->pin);
		*ok = sql_number(&q, 0) == 1;
		out->at_s = sql_number(&q, 1);
		out->event = sql_number(&q, 2);
	}
	sql_end(&q);
	return r;
}

static int
keep_try(struct ledger *l, const struct ledger_try *try,
    const struct ledger_charge *c, struct fault *f)
{
	static const char text[] =
	    "INSERT INTO verdict(pin, entry, keyed, ok, at, event)"
	    " VALUES(?, ?, ?, 0, ?, ?)";
	struct ledger_hash entered;

	if (!is_kept(try))
		return 0;
	entered = ledger_hash_of(l, LEDGER_OF_TRY, try->pin->id, try->entered);
	return sql_run(&l->sql, f, text, SQL_NUMBER(c->pin),
	    SQL_TEXT(try->entry), ledger_sql_hash(&entered),
	    SQL_NUMBER(c->at_s), SQL_NUMBER(c->event));
}

/* Use up an attempt; *left: how many are left. */
static int
use_attempt(struct ledger *l, const struct ledger_charge *c, int64_t *left,
    struct fault *f)
{
	static const char text[] =
	    "UPDATE pin SET attempts = attempts + 1 WHERE n = ? AND id = ?"
	    " RETURNING max(max_attempts - attempts, 0)";

	if (sql_get(&l->sql, f, left, -1, text, SQL_NUMBER(c->pin),
		SQL_TEXT(c->pin_id)) == -1)
		return -1;
	return *left != -1
	    ? 0
	    : fault_set(f, STATUS_IO,
		  "%s: damaged: no such PIN to charge: see BACKUP in "
		  "twofa-ledger(1)",
		  l->path);
}

static int
count_wrong(struct ledger *l, const struct ledger_party *p, struct fault *f)
{
	static const char of_customer[] =
	    "INSERT INTO wrong(customer, at) VALUES(?, ?)";
	static const char of_number[] =
	    "INSERT INTO subject(who, wrong) VALUES(?, 1)"
	    " ON CONFLICT(who) DO UPDATE SET wrong = wrong + 1";

	if (sql_run(&l->sql, f, of_customer, ledger_sql_hash(&p->customer),
		SQL_NUMBER(l->now_s)) == -1)
		return -1;
	return sql_run(&l->sql, f, of_number, ledger_sql_hash(&p->number));
}

int
ledger_charge(struct ledger *l, const struct seal_binding *b,
    const struct ledger_try *try, struct ledger_charge *out, struct fault *f)
{
	struct ledger_party party = ledger_party_of(l, b);
	struct ledger_event e =
	    ledger_event_of(&party, try->pin, "verify", "wrong");
	int64_t left = 0;

	begin_charge(out, try->pin);
	out->at_s = l->now_s;
	if (use_attempt(l, out, &left, f) == -1)
		return -1;
	e.tries_left = (int)left;
	if (ledger_note(l, &e, f) == -1)
		return -1;
	out->event = sql_inserted(&l->sql);
	if (keep_try(l, try, out, f) == -1)
		return -1;
	return count_wrong(l, &party, f);
}

/* --- a right PIN
 * ------------------------------------------------------------------
 */

/*
 * Why a PIN that could be used when it was charged no longer can. *reason is
 * NULL when another program has marked the same attempt as right.
 */
static int
find_why(struct ledger *l, const struct ledger_charge *c, const char **reason,
    int64_t *attempts, struct fault *f)
{
	static const char text[] =
	    "SELECT used, attempts, EXISTS(SELECT 1 FROM verdict"
	    "  WHERE pin = ?1 AND event = ?3 AND ok = 1)"
	    " FROM pin WHERE n = ?1 AND id = ?2";
	struct sql_query q = sql_select(&l->sql, text, SQL_NUMBER(c->pin),
	    SQL_TEXT(c->pin_id), SQL_NUMBER(c->event));
	int r;

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

/* Mark the PIN as used: 1; 0 with the reason when it has been used meanwhile or
 * has expired. */
static int
use_pin(struct ledger *l, const struct ledger_charge *c, const char **reason,
    int64_t *attempts, struct fault *f)
{
	static const char text[] =
	    "UPDATE pin SET used = 1"
	    " WHERE n = ? AND id = ? AND used = 0 AND expires > ?"
	    " RETURNING attempts";

	if (sql_get(&l->sql, f, attempts, -1, text, SQL_NUMBER(c->pin),
		SQL_TEXT(c->pin_id), SQL_NUMBER(l->now_s)) == -1)
		return -1;
	return *attempts != -1 ? 1 : find_why(l, c, reason, attempts, f);
}

/* Rows of the same customer and second are equal: any of them can go. */
static int
take_back_wrong(struct ledger *l, const struct ledger_party *p,
    const struct ledger_charge *c, struct fault *f)
{
	static const char text[] =
	    "DELETE FROM wrong WHERE rowid ="
	    " (SELECT max(rowid) FROM wrong WHERE customer = ? AND at = ?)";

	return sql_run(&l->sql, f, text, ledger_sql_hash(&p->customer),
	    SQL_NUMBER(c->at_s));
}

/* Correct the charge in the history, and no longer count it: once only, as two
 * programs may mark the same attempt. */
static int
settle_charge(struct ledger *l, const struct ledger_party *p,
    const struct ledger_charge *c, const char *reason, struct fault *f)
{
	static const char text[] =
	    "UPDATE history SET reason = ?1,"
	    " outcome = iif(?1 IS NULL, 'ok', 'refused'),"
	    " tries_left = iif(?1 IS NULL, NULL, tries_left)"
	    " WHERE n = ?2 AND pin = ?3 AND outcome = 'wrong'";

	if (sql_run(&l->sql, f, text, SQL_TEXT(reason), SQL_NUMBER(c->event),
		SQL_NUMBER(c->pin)) == -1)
		return -1;
	return sql_changed(&l->sql) ? take_back_wrong(l, p, c, f) : 0;
}

int
ledger_mark(struct ledger *l, const struct seal_binding *b,
    const struct ledger_charge *charge, const char **reason, long *attempts,
    struct fault *f)
{
	static const char again[] =
	    "UPDATE history SET reason = ifnull(?1, 'ok') WHERE n = ?2";
	static const char verdict[] =
	    "UPDATE verdict SET ok = 1 WHERE pin = ? AND event = ?";
	/* A right PIN ends a row of wrong ones. */
	static const char end_row[] =
	    "DELETE FROM subject WHERE who = ? AND revoked = 0";
	struct ledger_party party = ledger_party_of(l, b);
	enum ledger_block block;
	int64_t used_up = -1;
	int marked = 0;

	if (ledger_block_of(l, &party, &block, f) == -1)
		return -1;
	/* ledger_charge() may have disabled the number: that is undone here. */
	*reason = block == LEDGER_REVOKED ? REASON_LOCKED : NULL;
	if (*reason == NULL)
		marked = use_pin(l, charge, reason, &used_up, f);
	if (marked == -1 ||
	    settle_charge(l, &party, charge, *reason, f) == -1 ||
	    (charge->again != 0 &&
		sql_run(&l->sql, f, again, SQL_TEXT(*reason),
		    SQL_NUMBER(charge->again)) == -1))
		return -1;
	if (*reason == NULL)
		*attempts = (long)used_up;
	if (marked == 0)
		return 0;
	return sql_run(&l->sql, f, verdict, SQL_NUMBER(charge->pin),
		   SQL_NUMBER(charge->event)) == -1
	    ? -1
	    : sql_run(&l->sql, f, end_row, ledger_sql_hash(&party.number));
}
