/*
 * Corrections that only a person can decide.
 */
#include "common/ledger/ledger_inside.h"
#include "common/ledger/ledger_admin.h"

/* Commit the transaction, or roll it back when r is -1. */
static int
end(struct ledger *l, int r, struct fault *f)
{
	if (r == -1) {
		ledger_rollback(l);
		return -1;
	}
	return ledger_commit(l, f) == -1 ? -1 : r;
}

/* Run a statement with one value; how many rows it changed. */
static int
change(
    struct ledger *l, const char *text, struct sql_value value, struct fault *f)
{
	return sql_run(&l->sql, f, text, value) == -1
	    ? -1
	    : (int)sql_count_changed(&l->sql);
}

/* --- resolve ----------------------------------------------------------------
 */

/* Whose the request was, for the history. */
struct resolved {
	struct ledger_pin pin;
	char masked[E164_SIZE];
};

/* 1 found, 0 none, LEDGER_SEVERAL. All characters of an id are below '~'. */
static int
find_unknown(
    struct ledger *l, const char *id, struct resolved *out, struct fault *f)
{
	static const char text[] =
	    "SELECT " LEDGER_PIN_COLUMNS ", masked FROM pin"
	    " WHERE (id BETWEEN ?1 AND ?1 || '~'"
	    "   OR request BETWEEN ?1 AND ?1 || '~')"
	    " AND state IN ('intent', 'unknown') LIMIT 2";
	struct sql_query q = sql_select(&l->sql, text, SQL_TEXT(id));
	int r, more;

	r = sql_step(&q, f);
	if (r == 1) {
		ledger_pin_read(l, &q, &out->pin);
		(void)sqlite3_snprintf(sizeof out->masked, out->masked, "%s",
		    sql_text(&q, LEDGER_PIN_COLUMN_COUNT));
		more = sql_step(&q, f);
		r = more == 1 ? LEDGER_SEVERAL : more == -1 ? -1 : 1;
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
	/* After a first request a new one may follow; a later one restores the
	 * state before it. */
	static const char failed[] = TAKE_BACK " WHERE id = ?";
	static const char forget[] = "DELETE FROM request WHERE id = ?";

	if (sql_run(&l->sql, f, sent ? was_sent : failed,
		SQL_TEXT(u->pin.id)) == -1)
		return -1;
	return sent ? 0 : sql_run(&l->sql, f, forget, SQL_TEXT(u->pin.request));
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

/* What is done about a number or about a customer. */
struct measure {
	const char *what;
	const char *of_number[3], *of_customer[3];
};

#define REVOKE                                                                 \
	"INSERT INTO subject(who, revoked) VALUES(?, 1)"                       \
	" ON CONFLICT(who) DO UPDATE SET revoked = 1"

static const struct measure revoke = {
    .what = "revoke", .of_number = {REVOKE}, .of_customer = {REVOKE}};

static const struct measure unlock = {.what = "unlock",
    .of_number = {"UPDATE subject SET revoked = 0, wrong = 0"
		  " WHERE who = ? AND (revoked = 1 OR wrong > 0)",
	"DELETE FROM wrong WHERE customer IN"
	" (SELECT customer FROM pin WHERE number = ?)"},
    .of_customer = {
	"UPDATE subject SET revoked = 0 WHERE who = ? AND revoked = 1",
	"DELETE FROM wrong WHERE customer = ?",
	"UPDATE subject SET wrong = 0 WHERE wrong > 0 AND who IN"
	" (SELECT number FROM pin WHERE customer = ?)"}};

/* 1 done, 0 it changed nothing. */
static int
take(struct ledger *l, const struct measure *m, const char *subject,
    const char *reason, ledger_clock *now_s, struct fault *f)
{
	const bool is_number = subject[0] == '+';
	const char *const *texts = is_number ? m->of_number : m->of_customer;
	const struct ledger_hash h = ledger_hash_of(
	    l, is_number ? LEDGER_OF_NUMBER : LEDGER_OF_CUSTOMER, subject);
	char masked[E164_SIZE];
	const struct ledger_event e = {.customer = is_number ? NULL : &h,
	    .number = is_number ? &h : NULL,
	    .masked = is_number ? masked : NULL,
	    .what = m->what,
	    .outcome = "done",
	    .reason = reason,
	    .tries_left = -1};
	int i, r = 0, changed = 0;

	e164_mask(masked, subject);
	if (ledger_begin(l, now_s, f) == -1)
		return -1;
	for (i = 0; i < 3 && texts[i] != NULL && r != -1; i++) {
		r = change(l, texts[i], ledger_sql_hash(&h), f);
		changed += r;
	}
	if (r != -1 && changed > 0)
		r = ledger_note(l, &e, f);
	return end(l, r == -1 ? -1 : changed > 0, f);
}

int
ledger_revoke(struct ledger *l, const char *subject, const char *reason,
    ledger_clock *now_s, struct fault *f)
{
	return take(l, &revoke, subject, reason, now_s, f) == -1 ? -1 : 0;
}

int
ledger_unlock(struct ledger *l, const char *subject, const char *reason,
    ledger_clock *now_s, struct fault *f)
{
	return take(l, &unlock, subject, reason, now_s, f);
}

/* --- purge ------------------------------------------------------------------
 */

#define SOME " LIMIT 2000)"

enum {
	NEEDED_S = RATE_MAX_PERIOD_S + LEDGER_JUMP_S,
};

/* A PIN is kept as long as its history, since its n is used again. */
#define IS_OLD                                                                 \
	" expires <= ?1 AND NOT EXISTS"                                        \
	" (SELECT 1 FROM history WHERE history.pin = pin.n)"

/* What is deleted, in this order. */
static const struct {
	const char *delete;
	/* Limits or repeats depend on it: it stays for the longest period of a
	 * limit, and for as far as the clock may be ahead. */
	bool is_needed;
} old[] = {
    {"DELETE FROM history WHERE n IN"
     " (SELECT n FROM history WHERE at <= ? ORDER BY n" SOME,
	false},
    {"DELETE FROM verdict WHERE (pin, entry, keyed) IN"
     " (SELECT pin, entry, keyed FROM verdict WHERE EXISTS"
     " (SELECT 1 FROM pin WHERE n = verdict.pin AND" IS_OLD ")" SOME,
	true},
    {"DELETE FROM pin WHERE n IN"
     " (SELECT n FROM pin WHERE" IS_OLD " ORDER BY n" SOME,
	true},
    {"DELETE FROM request WHERE id IN"
     " (SELECT id FROM request WHERE at <= ?" SOME,
	true},
    {"DELETE FROM wrong WHERE rowid IN"
     " (SELECT rowid FROM wrong WHERE at <= ?" SOME,
	true},
};

/* Some rows, in a transaction of its own; how many were deleted. */
static int
purge_some(struct ledger *l, size_t which, int64_t keep_s, ledger_clock *now_s,
    struct fault *f)
{
	int r;

	if (old[which].is_needed && keep_s < NEEDED_S)
		keep_s = NEEDED_S;
	if (ledger_begin(l, now_s, f) == -1)
		return -1;
	r = ledger_meta_check_jump(l, f);
	if (r == 0)
		r = change(
		    l, old[which].delete, SQL_NUMBER(l->now_s - keep_s), f);
	return end(l, r, f);
}

static int
note_purge(struct ledger *l, ledger_clock *now_s, struct fault *f)
{
	const struct ledger_event e = {
	    .what = "purge", .outcome = "done", .tries_left = -1};

	if (ledger_begin(l, now_s, f) == -1)
		return -1;
	return end(l, ledger_note(l, &e, f), f);
}

int
ledger_purge(struct ledger *l, int64_t keep_s, ledger_clock *now_s,
    int64_t *gone, struct fault *f)
{
	size_t i;
	int r;

	*gone = 0;
	for (i = 0; i < ARRAY_LEN(old); i++)
		do {
			r = purge_some(l, i, keep_s, now_s, f);
			if (r == -1)
				return -1;
			*gone += r;
		} while (r > 0);
	return *gone == 0 ? 0 : note_purge(l, now_s, f);
}

/* --- clock ------------------------------------------------------------------
 */

static int
set_clock(struct ledger *l, int64_t now_s, struct fault *f)
{
	static const char *const later[] = {
	    "UPDATE meta SET clock = ?, jumped = 0",
	    "UPDATE pin SET expires = ?1 WHERE sent > ?1 AND expires > ?1",
	    ("UPDATE pin SET requested = min(requested, ?1),"
	     " sent = min(sent, ?1 - 1) WHERE requested > ?1 OR sent > ?1"),
	    "UPDATE request SET at = ?1 WHERE at > ?1",
	    "UPDATE wrong SET at = ?1 WHERE at > ?1",
	};
	struct ledger_event e = {
	    .what = "clock", .outcome = "reset", .tries_left = -1};
	size_t i;

	l->now_s = now_s;
	for (i = 0; i < ARRAY_LEN(later); i++)
		if (change(l, later[i], SQL_NUMBER(now_s), f) == -1)
			return -1;
	return ledger_note(l, &e, f);
}

int
ledger_reset_clock(
    struct ledger *l, int64_t now_s, int64_t *was_s, struct fault *f)
{
	/* Without a clock: ledger_now_s() is the latest time it has seen. */
	if (ledger_begin(l, NULL, f) == -1)
		return -1;
	*was_s = ledger_now_s(l);
	return end(l, set_clock(l, now_s, f), f);
}
