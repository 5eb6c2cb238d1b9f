/*
 * Verifying, before the PIN is compared: find and charge.
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
	struct ledger_hash keyed;
	int r;

	if (!is_kept(try))
		return 0;
	q = sql_prepare(&l->sql, text);
	put_try(l, &q, try, &keyed);
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
	struct sql_query q;
	struct ledger_hash keyed;

	if (!is_kept(try))
		return 0;
	q = sql_prepare(&l->sql, text);
	put_try(l, &q, try, &keyed);
	sql_put_number(&q, c->at_s);
	sql_put_number(&q, c->event);
	return sql_run(&q, f);
}

/* Use up an attempt; how many are left. */
static int
use_attempt(struct ledger *l, const struct ledger_charge *c, int64_t *left,
    struct fault *f)
{
	static const char text[] =
	    "UPDATE pin SET attempts = attempts + 1 WHERE n = ? AND id = ?"
	    " RETURNING max(max_attempts - attempts, 0)";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_number(&q, c->pin);
	sql_put_text(&q, c->pin_id);
	if (sql_get(&q, left, -1, f) == -1)
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
	struct sql_query q = sql_prepare(&l->sql, of_customer);

	sql_put_hash(&q, &p->customer);
	sql_put_number(&q, l->now_s);
	if (sql_run(&q, f) == -1)
		return -1;
	q = sql_prepare(&l->sql, of_number);
	sql_put_hash(&q, &p->number);
	return sql_run(&q, f);
}

int
ledger_charge(struct ledger *l, const struct seal_binding *b,
    const struct ledger_try *try, struct ledger_charge *out, struct fault *f)
{
	struct ledger_party party;
	struct ledger_event e;
	int64_t left = 0;

	begin_charge(out, try->pin);
	out->at_s = l->now_s;
	ledger_hash_party(l, &party, b);
	e = ledger_event_of(&party, try->pin, "verify", "wrong");
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
