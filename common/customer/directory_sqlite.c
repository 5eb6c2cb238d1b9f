/*
 * sqlite:FILE. This file MUST
 *  1. open the database for reading only;
 *  2. give values to SQL as bound parameters only; names of tables and columns
 *     come from the administrator's setting and are quoted;
 *  3. compare what comes back with the identifier as text: a column of
 *     integers finds 12345 for '012345'.
 */
#include "common/customer/directory.h"

#include "common/base/memory.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * 6 MiB of pages instead of 2: the index of 100,000 customers fits, which
 * halves the time of a look-up, and the whole program stays under 16 MiB.
 */
#define CACHE_SIZE "PRAGMA cache_size = -6144"

struct directory_sqlite {
	const struct address *address;
	sqlite3 *db;
	sqlite3_stmt *select;
};

/* List the names that a statement with one parameter finds. How many. */
static size_t
list_names(sqlite3 *db, const char *sql, const char *about,
    char list[DIRECTORY_LIST_SIZE])
{
	sqlite3_stmt *s = NULL;
	size_t n = 0;

	list[0] = '\0';
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_bind_text(s, 1, about, -1, SQLITE_STATIC) == SQLITE_OK)
		for (; sqlite3_step(s) == SQLITE_ROW; n++)
			directory_list(
			    list, (const char *)sqlite3_column_text(s, 0));
	(void)sqlite3_finalize(s);
	return n;
}

#define NAME_OTHERS "name others with ?table=T&identifier=COLUMN&number=COLUMN"

/*
 * Say why the statement cannot be prepared. False: neither the table nor a
 * column is missing.
 */
static bool
explain(const struct directory_sqlite *d, struct fault *f)
{
	static const char tables[] =
	    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
	    " AND ?1 <> ''";
	static const char *const keys[][2] = {
	    {"identifier", DIRECTORY_IDENTIFIER}, {"number", DIRECTORY_NUMBER}};
	const char *table = address_get(d->address, "table", DIRECTORY_TABLE);
	const char *path = d->address->rest, *name;
	char there[DIRECTORY_LIST_SIZE];
	size_t i;

	if (list_names(d->db, "SELECT name FROM pragma_table_info(?1)", table,
		there) == 0) {
		if (list_names(d->db, tables, path, there) == 0)
			(void)snprintf(there, sizeof there, "none");
		(void)fault_set(f, STATUS_CONFIG,
		    "%s: no table '%s' among %s; " NAME_OTHERS, path, table,
		    there);
		return true;
	}
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		name = address_get(d->address, keys[i][0], keys[i][1]);
		if (sqlite3_table_column_metadata(d->db, NULL, table, name,
			NULL, NULL, NULL, NULL, NULL) == SQLITE_OK)
			continue;
		(void)fault_set(f, STATUS_CONFIG,
		    "%s: no column '%s' in table '%s' among %s; " NAME_OTHERS,
		    path, name, table, there);
		return true;
	}
	return false;
}

static bool
is_temporary(int code)
{
	code &= 0xff;
	return code == SQLITE_BUSY || code == SQLITE_LOCKED ||
	    code == SQLITE_NOMEM || code == SQLITE_SCHEMA ||
	    code == SQLITE_IOERR;
}

/*
 * Prepare the statement; when the database is locked, the first query tries
 * again. With the table's alias in front of it a column that does not exist is
 * an error; alone in double quotes SQLite would take it for a string.
 */
static int
prepare(struct directory_sqlite *d, struct fault *f)
{
	const char *identifier =
	    address_get(d->address, "identifier", DIRECTORY_IDENTIFIER);
	char why[DIRECTORY_DETAIL_SIZE];
	int code = SQLITE_NOMEM;
	char *sql =
	    sqlite3_mprintf("SELECT c.\"%w\", c.\"%w\" FROM \"%w\" AS c "
			    "WHERE c.\"%w\" = ?1",
		identifier, address_get(d->address, "number", DIRECTORY_NUMBER),
		address_get(d->address, "table", DIRECTORY_TABLE), identifier);

	if (sql != NULL)
		code = sqlite3_prepare_v3(d->db, sql, -1,
		    SQLITE_PREPARE_PERSISTENT, &d->select, NULL);
	sqlite3_free(sql);
	if (code == SQLITE_OK || is_temporary(code))
		return 0;
	(void)snprintf(why, sizeof why, "%s", sqlite3_errmsg(d->db));
	if (code != SQLITE_ERROR || !explain(d, f))
		(void)fault_set(
		    f, STATUS_CONFIG, "%s: %s", d->address->rest, why);
	return -1;
}

static void
sqlite_directory_close(void *state)
{
	struct directory_sqlite *d = state;

	(void)sqlite3_finalize(d->select);
	(void)sqlite3_close(d->db);
	free(d);
}

static int
open_fault(const struct directory_sqlite *d, int code, struct fault *f)
{
	const char *path = d->address->rest;

	if ((code & 0xff) == SQLITE_NOMEM)
		return fault_set(f, STATUS_IO, "%s: out of memory", path);
	errno = sqlite3_system_errno(d->db);
	return errno == 0
	    ? fault_set(f, STATUS_CONFIG, "%s: %s", path, sqlite3_errmsg(d->db))
	    : fault_errno(f, STATUS_CONFIG, "%s", path);
}

static int
sqlite_directory_open(void **state, const struct address *address,
    const struct request_settings *settings, struct fault *f)
{
	struct directory_sqlite *d = memory_new(1, sizeof *d);
	int code;

	d->address = address;
	code = sqlite3_open_v2(d->address->rest, &d->db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK) {
		(void)open_fault(d, code, f);
		goto fail;
	}
	(void)sqlite3_busy_timeout(d->db, (int)settings->time_allowed_ms);
	(void)sqlite3_exec(d->db, CACHE_SIZE, NULL, NULL, NULL);
	if (prepare(d, f) == -1)
		goto fail;
	*state = d;
	return 0;
fail:
	sqlite_directory_close(d);
	return -1;
}

/* The column as text, or NULL when it is NULL or has a NUL byte in it. */
static const char *
column_text(sqlite3_stmt *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	if (text == NULL ||
	    strlen(text) != (size_t)sqlite3_column_bytes(s, column))
		return NULL;
	return text;
}

static void
find_one(struct directory_sqlite *d, struct directory_query *q)
{
	const char *identifier, *number;
	int code;

	code = sqlite3_bind_text(d->select, 1, q->customer, -1, SQLITE_STATIC);
	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(d->select);
		if (code != SQLITE_ROW)
			break;
		identifier = column_text(d->select, 0);
		if (identifier == NULL || strcmp(identifier, q->customer) != 0)
			continue;
		number = column_text(d->select, 1);
		directory_match(q, number == NULL ? "" : number);
		if (q->outcome == DIRECTORY_NOT_UNIQUE)
			code = SQLITE_DONE;
	}
	/* SQLite may say "corrupt" of a file that is being written. */
	if (code != SQLITE_DONE)
		directory_fail(q,
		    is_temporary(code) || (code & 0xff) == SQLITE_CORRUPT
			? DIRECTORY_TEMPORARY
			: DIRECTORY_PERMANENT,
		    sqlite3_errmsg(d->db));
	(void)sqlite3_reset(d->select);
}

static int
sqlite_directory_find(
    void *state, struct directory_query *q, size_t n, struct fault *f)
{
	struct directory_sqlite *d = state;
	size_t i;

	if (d->select == NULL && prepare(d, f) == -1)
		return -1;
	if (d->select == NULL) {
		for (i = 0; i < n; i++)
			directory_fail(
			    &q[i], DIRECTORY_TEMPORARY, sqlite3_errmsg(d->db));
		return 0;
	}
	/*
	 * One transaction for all: locking and unlocking costs more than a
	 * look-up. If it cannot begin, each look-up fails for the same reason.
	 */
	(void)sqlite3_exec(d->db, "BEGIN", NULL, NULL, NULL);
	for (i = 0; i < n; i++)
		find_one(d, &q[i]);
	(void)sqlite3_exec(d->db, "COMMIT", NULL, NULL, NULL);
	return 0;
}

static const char *const parameters[] = {"table", "identifier", "number", NULL};

const struct directory_backend directory_sqlite = {
    .scheme = "sqlite",
    .parameters = parameters,
    .open = sqlite_directory_open,
    .find = sqlite_directory_find,
    .close = sqlite_directory_close,
};
