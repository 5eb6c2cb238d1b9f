/*
 * Putting right in the ledger what only a person can.
 */
#include "common/ledger/ledger_inside.h"
#include "common/ledger/tend.h"

enum {
	LIMIT_MAX_S = 7 * 86400, /* the longest period of a limit */
};

/* End a transaction: what was done counts, or nothing does. */
static int
end(struct ledger *l, int r, struct fault *f)
{
	if (r == -1) {
		ledger_rollback(l);
		return -1;
	}
	return ledger_commit(l, f) == -1 ? -1 : r;
}

static int
run_with(struct ledger *l, const char *text, const struct ledger_hash *h,
    struct fault *f)
{
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_hash(&q, h);
	return sql_run(&q, f);
}

static int
run_since(struct ledger *l, const char *text, int64_t at_s, int64_t *changed,
    struct fault *f)
{
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_number(&q, at_s);
	if (sql_run(&q, f) == -1)
		return -1;
	*changed += sql_count_changed(&l->sql);
	return 0;
}

/* --- resolve ----------------------------------------------------------------
 */

/* Whose the request was, for the history. */
struct resolved {
	struct ledger_pin pin;
	char masked[E164_SIZE];
};

static int
find_unknown(
    struct ledger *l, const char *id, struct resolved *out, struct fault *f)
{
	static const char text[] =
	    "SELECT " LEDGER_PIN_COLUMNS ", masked FROM pin"
	    " WHERE (id = ?1 OR request = ?1)"
	    " AND state IN ('intent', 'unknown')";
	struct sql_query q = sql_prepare(&l->sql, text);
	int r;

	sql_put_text(&q, id);
	r = sql_step(&q, f);
	if (r == 1) {
		ledger_pin_read(l, &q, &out->pin);
		(void)sqlite3_snprintf(
		    sizeof out->masked, out->masked, "%s", sql_text(&q, 15));
	}
	sql_end(&q);
	return r;
}

static int
set_resolved(
    struct ledger *l, const struct resolved *u, bool sent, struct fault *f)
{
	static const char was_sent[] =
	    "UPDATE pin SET state = 'sent' WHERE id = ?";
	/* The first request failed: a new one may follow. A later one did:
	 * things are as they were before it. */
	static const char failed[] = TAKE_BACK " WHERE id = ?";
	static const char forget[] = "DELETE FROM request WHERE id = ?";
	struct sql_query q = sql_prepare(&l->sql, sent ? was_sent : failed);

	sql_put_text(&q, u->pin.id);
	if (sql_run(&q, f) == -1)
		return -1;
	if (sent)
		return 0;
	q = sql_prepare(&l->sql, forget);
	sql_put_text(&q, u->pin.request);
	return sql_run(&q, f);
}

int
ledger_resolve(struct ledger *l, const char *id, bool sent, ledger_clock *now_s,
    struct fault *f)
{
	struct ledger_event e = {.what = "resolve",
	    .outcome = sent ? "sent" : "failed",
	    .tries_left = -1};
	struct resolved u;
	int r;

	if (ledger_begin(l, now_s, f) == -1)
		return -1;
	r = find_unknown(l, id, &u, f);
	if (r == 1) {
		e.pin = &u.pin;
		e.masked = u.masked;
		if (set_resolved(l, &u, sent, f) == -1 ||
		    ledger_note(l, &e, f) == -1)
			r = -1;
	}
	return end(l, r, f);
}

/* --- revoke and unlock ------------------------------------------------------
 */

static int
note_about(struct ledger *l, const char *subject, const char *what,
    const char *reason, struct fault *f)
{
	bool is_number = subject[0] == '+';
	struct ledger_hash h = ledger_hash(
	    l, is_number ? LEDGER_OF_NUMBER : LEDGER_OF_CUSTOMER, subject);
	struct ledger_event e = {.customer = is_number ? NULL : &h,
	    .number = is_number ? &h : NULL,
	    .what = what,
	    .outcome = "done",
	    .reason = reason,
	    .tries_left = -1};
	char masked[E164_SIZE];

	e164_mask(masked, subject);
	if (is_number)
		e.masked = masked;
	return ledger_note(l, &e, f);
}

int
ledger_revoke(struct ledger *l, const char *subject, const char *reason,
    ledger_clock *now_s, struct fault *f)
{
	static const char text[] =
	    "INSERT INTO subject(who, revoked) VALUES(?, 1)"
	    " ON CONFLICT(who) DO UPDATE SET revoked = 1";
	struct ledger_hash h = ledger_hash(l,
	    subject[0] == '+' ? LEDGER_OF_NUMBER : LEDGER_OF_CUSTOMER, subject);
	int r;

	if (ledger_begin(l, now_s, f) == -1)
		return -1;
	r = run_with(l, text, &h, f);
	if (r == 0)
		r = note_about(l, subject, "revoke", reason, f);
	return end(l, r, f);
}

static int
unlock(struct ledger *l, const char *subject, struct fault *f)
{
	static const char revoked[] =
	    "UPDATE subject SET revoked = 0, wrong = 0 WHERE who = ?";
	static const char numbers_of[] =
	    "UPDATE subject SET wrong = 0 WHERE who IN"
	    " (SELECT number FROM pin WHERE customer = ?)";
	static const char of_customer[] =
	    "DELETE FROM wrong WHERE customer = ?";
	static const char customers_of[] =
	    "DELETE FROM wrong WHERE customer IN"
	    " (SELECT customer FROM pin WHERE number = ?)";
	bool is_number = subject[0] == '+';
	struct ledger_hash h = ledger_hash(
	    l, is_number ? LEDGER_OF_NUMBER : LEDGER_OF_CUSTOMER, subject);

	if (run_with(l, revoked, &h, f) == -1)
		return -1;
	if (is_number)
		return run_with(l, customers_of, &h, f);
	if (run_with(l, of_customer, &h, f) == -1)
		return -1;
	return run_with(l, numbers_of, &h, f);
}

int
ledger_unlock(struct ledger *l, const char *subject, const char *reason,
    ledger_clock *now_s, struct fault *f)
{
	int r;

	if (ledger_begin(l, now_s, f) == -1)
		return -1;
	r = unlock(l, subject, f);
	if (r == 0)
		r = note_about(l, subject, "unlock", reason, f);
	return end(l, r, f);
}

/* --- purge ------------------------------------------------------------------
 */

static int
purge(struct ledger *l, int64_t keep_s, int64_t *gone, struct fault *f)
{
	static const char verdicts[] =
	    "DELETE FROM verdict WHERE pin IN"
	    " (SELECT n FROM pin WHERE expires <= ?)";
	static const char *const old[] = {
	    "DELETE FROM pin WHERE expires <= ?",
	    "DELETE FROM history WHERE at <= ?",
	};
	static const char *const counted[] = {
	    "DELETE FROM request WHERE at <= ?",
	    "DELETE FROM wrong WHERE at <= ?",
	};
	int64_t counted_s = keep_s > LIMIT_MAX_S ? keep_s : LIMIT_MAX_S;
	size_t i;
	int r;

	r = run_since(l, verdicts, l->now_s - keep_s, gone, f);
	for (i = 0; i < ARRAY_LEN(old) && r == 0; i++)
		r = run_since(l, old[i], l->now_s - keep_s, gone, f);
	for (i = 0; i < ARRAY_LEN(counted) && r == 0; i++)
		r = run_since(l, counted[i], l->now_s - counted_s, gone, f);
	return r;
}

int
ledger_purge(struct ledger *l, int64_t keep_s, ledger_clock *now_s,
    int64_t *gone, struct fault *f)
{
	struct ledger_event e = {
	    .what = "purge", .outcome = "done", .tries_left = -1};
	int r;

	*gone = 0;
	if (ledger_begin(l, now_s, f) == -1)
		return -1;
	r = purge(l, keep_s, gone, f);
	if (r == 0 && *gone > 0)
		r = ledger_note(l, &e, f);
	return end(l, r, f);
}

/* --- clock ------------------------------------------------------------------
 */

static int
set_clock(struct ledger *l, int64_t now_s, struct fault *f)
{
	static const char *const later[] = {
	    "UPDATE meta SET clock = ?",
	    "UPDATE pin SET expires = ?1 WHERE sent > ?1 AND expires > ?1",
	    "UPDATE pin SET requested = min(requested, ?1),"
	    " sent = min(sent, ?1 - 1) WHERE requested > ?1 OR sent > ?1",
	    "UPDATE request SET at = ?1 WHERE at > ?1",
	    "UPDATE wrong SET at = ?1 WHERE at > ?1",
	};
	struct ledger_event e = {
	    .what = "clock", .outcome = "reset", .tries_left = -1};
	int64_t changed = 0;
	size_t i;

	l->now_s = now_s;
	for (i = 0; i < ARRAY_LEN(later); i++)
		if (run_since(l, later[i], now_s, &changed, f) == -1)
			return -1;
	return ledger_note(l, &e, f);
}

int
ledger_reset_clock(
    struct ledger *l, int64_t now_s, int64_t *was_s, struct fault *f)
{
	struct sql_query q = sql_prepare(&l->sql, "SELECT clock FROM meta");
	int r;

	if (l->who[0] == '\0')
		login_name(l->who);
	if (sql_exec(&l->sql, "BEGIN IMMEDIATE", f) == -1)
		return -1;
	l->in_transaction = true;
	r = sql_get(&q, was_s, 0, f);
	if (r == 0)
		r = set_clock(l, now_s, f);
	return end(l, r, f);
}
