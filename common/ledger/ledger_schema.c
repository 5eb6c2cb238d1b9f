/*
 * The tables, and the upgrade from earlier versions.
 */
#include "common/file/dir.h"
#include "common/ledger/ledger_inside.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Step n upgrades version n to n + 1; a released step is never changed.
 *
 * pin: one row for each task, customer and number, with the latest request.
 * Its n grows with time, so that what belongs together is written together.
 * request: every request that may have been accepted; limits count them. wish:
 * the Resend that it was made for. pin.repeats: the sender of the latest
 * request accepts each request only once.
 * wrong: wrong PINs by customer; subject: those in a row by number, and what
 * was revoked. verdict: answers that may have to be repeated, with the time and
 * the line of the history of their charge. history: events of a PIN refer to
 * it, others have hashes of their own.
 *
 * commits: their number, for the mark. jumped: the time before the clock went
 * far ahead at once; 0: it did not.
 */
static const char *const steps[] = {
    "CREATE TABLE meta("
    "  one INTEGER PRIMARY KEY CHECK(one = 1),"
    "  id TEXT NOT NULL, key_id TEXT NOT NULL, key BLOB NOT NULL,"
    "  clock INTEGER NOT NULL) STRICT;"
    "CREATE TABLE pin("
    "  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    "  party BLOB NOT NULL UNIQUE,"
    "  task BLOB NOT NULL, customer BLOB NOT NULL, number BLOB NOT NULL, "
    "masked TEXT NOT NULL,"
    "  request TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK(state IN"
    "    ('intent', 'sent', 'rejected', 'retry', 'unknown')),"
    "  before TEXT NOT NULL,"
    "  requested INTEGER NOT NULL, sent INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL, max_attempts INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL DEFAULT 0 CHECK(attempts >= 0),"
    "  used INTEGER NOT NULL DEFAULT 0 CHECK(used IN (0, 1)),"
    "  sender BLOB NOT NULL, sealed TEXT NOT NULL,"
    "  sender_from TEXT NOT NULL, message TEXT NOT NULL) STRICT;"
    "CREATE INDEX pin_task ON pin(task);"
    "CREATE INDEX pin_customer ON pin(customer);"
    "CREATE INDEX pin_number ON pin(number);"
    "CREATE TABLE request("
    "  id TEXT PRIMARY KEY, at INTEGER NOT NULL, customer BLOB NOT NULL,"
    "  number BLOB NOT NULL, country TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX request_customer ON request(customer, at);"
    "CREATE INDEX request_number ON request(number, at);"
    "CREATE INDEX request_country ON request(country, at);"
    "CREATE INDEX request_at ON request(at);"
    "CREATE TABLE wrong(customer BLOB NOT NULL, at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX wrong_customer ON wrong(customer, at);"
    "CREATE TABLE subject("
    "  who BLOB PRIMARY KEY, wrong INTEGER NOT NULL DEFAULT 0,"
    "  revoked INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;"
    "CREATE TABLE verdict("
    "  pin INTEGER NOT NULL, entry TEXT NOT NULL, keyed BLOB NOT NULL,"
    "  ok INTEGER NOT NULL CHECK(ok IN (0, 1)),"
    "  PRIMARY KEY(pin, entry, keyed)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE history("
    "  n INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    "  pin INTEGER, pin_id TEXT, task BLOB, customer BLOB, number BLOB,"
    "  masked TEXT,"
    "  what TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT,"
    "  provider TEXT, tries_left INTEGER, who TEXT, ref TEXT) STRICT;"
    "CREATE INDEX history_pin ON history(pin) WHERE pin IS NOT NULL;"
    "CREATE INDEX history_task ON history(task) WHERE task IS NOT NULL;"
    "CREATE INDEX history_customer ON history(customer)"
    "  WHERE customer IS NOT NULL;"
    "CREATE INDEX history_number ON history(number)"
    "  WHERE number IS NOT NULL;",

    "ALTER TABLE request ADD COLUMN wish BLOB;"
    "CREATE INDEX request_wish ON request(wish) WHERE wish IS NOT NULL;"
    "ALTER TABLE pin ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0"
    "  CHECK(repeats IN (0, 1));"
    /* ok = 0: wrong, or charged and not yet compared. */
    "ALTER TABLE verdict ADD COLUMN at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE verdict ADD COLUMN event INTEGER NOT NULL DEFAULT 0;",

    ("ALTER TABLE meta ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE meta ADD COLUMN jumped INTEGER NOT NULL DEFAULT 0;"),
};
enum {
	WITH_SUMS = 3, /* from this version on there are checksums in pages */
};

static int
get_version(struct ledger *l, int64_t *version, struct fault *f)
{

	return sql_get(&l->sql, f, version, 0, "PRAGMA user_version", SQL_NONE);
}

static int
set_version(struct ledger *l, size_t version, struct fault *f)
{
	char text[40];

	(void)sqlite3_snprintf(
	    sizeof text, text, "PRAGMA user_version = %d", (int)version);
	return sql_exec(&l->sql, text, f);
}

/*
 * Another program's database has tables but no version of ours. The tables are
 * counted first: a ledger that is made meanwhile gets both at once.
 */
static int
get_own_version(struct ledger *l, int64_t *version, struct fault *f)
{
	int64_t tables;

	if (sql_get(&l->sql, f, &tables, 0,
		"SELECT count(*) FROM sqlite_schema", SQL_NONE) == -1 ||
	    get_version(l, version, f) == -1)
		return -1;
	return *version != 0 || tables == 0
	    ? 0
	    : fault_set(f, STATUS_CONFIG, "%s: not a ledger", l->path);
}

/* In a transaction: another program may have upgraded it already. */
static int
take_steps(
    struct ledger *l, size_t to, const struct keyring *keys, struct fault *f)
{
	int64_t version;
	size_t v;

	if (get_own_version(l, &version, f) == -1)
		return -1;
	if (version >= (int64_t)to)
		return 0;
	for (v = (size_t)version; v < to; v++)
		if (sql_exec(&l->sql, steps[v], f) == -1 ||
		    (v == 0 && ledger_meta_make(l, keys, f) == -1))
			return -1;
	return set_version(l, v, f);
}

static int
upgrade(
    struct ledger *l, size_t to, const struct keyring *keys, struct fault *f)
{
	if (sql_exec(&l->sql, "BEGIN IMMEDIATE", f) == -1)
		return -1;
	if (take_steps(l, to, keys, f) == 0 &&
	    sql_exec(&l->sql, "COMMIT", f) == 0)
		return 0;
	(void)sqlite3_exec(l->sql.db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

/* A new ledger would not know what was sent before. */
static int
fault_gone(const struct ledger *l, struct fault *f)
{
	return fault_set(f, STATUS_CONFIG,
	    "%s: it is gone: put it back, see BACKUP in twofa-ledger(1); or "
	    "for a new one remove %s" MARK_SUFFIX,
	    l->path, l->path);
}

int
ledger_schema_check_there(const struct ledger *l, struct fault *f)
{
	struct fault none = FAULT_INIT;
	struct mark mark = MARK_INIT;
	struct mark_text text = {"", 0};
	struct stat st;

	/* First, as another program may be making both. */
	if (mark_open(&mark, l->path, false, &none) == 0)
		text = mark_read(&mark);
	mark_close(&mark);
	if (text.id[0] == '\0')
		return 0;
	if (stat(l->path, &st) == -1)
		return errno == ENOENT ? fault_gone(l, f) : 0;
	return S_ISREG(st.st_mode) && st.st_size == 0 ? fault_gone(l, f) : 0;
}

/* The tables may have been in a log that is lost. */
static int
check_no_mark(struct ledger *l, struct fault *f)
{
	int64_t version;

	if (mark_read(&l->mark).id[0] == '\0')
		return 0;
	/* Another program may have made both meanwhile. */
	if (get_version(l, &version, f) == -1)
		return -1;
	return version != 0 ? 0 : fault_gone(l, f);
}

int
ledger_schema_check(struct ledger *l, bool make, struct fault *f)
{
	int64_t version;

	if (get_own_version(l, &version, f) == -1)
		return -1;
	if (version < 0 || version > (int64_t)ARRAY_LEN(steps))
		return fault_set(f, STATUS_CONFIG,
		    "%s: made by a later version of twofa", l->path);
	if (version >= WITH_SUMS && !sql_has_sums(&l->sql))
		return fault_set(f, STATUS_IO,
		    "%s: damaged: its pages have no checksums: see BACKUP in "
		    "twofa-ledger(1)",
		    l->path);
	if (version < WITH_SUMS)
		sql_want_sums(&l->sql);
	if (version > 0)
		return 0;
	return make
	    ? check_no_mark(l, f)
	    : fault_set(f, STATUS_CONFIG,
		  "%s: nothing in it: twofa-sendpin makes the ledger", l->path);
}

int
ledger_schema(struct ledger *l, const struct keyring *keys, struct fault *f)
{
	int64_t version;

	if (get_version(l, &version, f) == -1)
		return -1;
	if (version > 0)
		return version < (int64_t)ARRAY_LEN(steps);
	/* Before the first commit: the name survives a power cut. */
	return dir_sync(l->path, f) == -1
	    ? -1
	    : upgrade(l, ARRAY_LEN(steps), keys, f);
}

/* VACUUM rewrites the file. The version is raised before, so that programs of
 * the earlier version write nothing if this is interrupted; it is then
 * repeated. */
int
ledger_schema_renew(
    struct ledger *l, const struct keyring *keys, struct fault *f)
{
	int64_t version;

	if (get_version(l, &version, f) == -1)
		return -1;
	if (version < WITH_SUMS &&
	    (upgrade(l, WITH_SUMS - 1, keys, f) == -1 ||
		sql_exec(&l->sql, "VACUUM", f) == -1))
		return -1;
	return upgrade(l, ARRAY_LEN(steps), keys, f);
}
