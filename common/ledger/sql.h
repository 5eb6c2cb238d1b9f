/*
 * SQLite for the ledger: statements are prepared once, values are bound,
 * results become faults.
 */
#ifndef COMMON_LEDGER_SQL_H
#define COMMON_LEDGER_SQL_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SQL_STATEMENTS_MAX = 48,
};

struct sql {
	sqlite3 *db;
	const char *path; /* for messages; borrowed */
	struct {
		const char *text;
		sqlite3_stmt *statement;
	} ready[SQL_STATEMENTS_MAX];
	size_t count;
};

/* A statement whose rows are taken. */
struct sql_query {
	struct sql *sql;
	sqlite3_stmt *statement; /* NULL: it could not be prepared */
	int code;		 /* first result that was not SQLITE_OK */
};

/*
 * Open an existing file, through pages.h. Its write-ahead log is kept until
 * sql_keep_log(). Fails with STATUS_IO, STATUS_CONFIG: no database.
 */
MUST_USE int sql_open(
    struct sql *s, const char *path, int busy_ms, struct fault *f);
void sql_close(struct sql *s);

/*
 * keep: when the last program closes the file, its log stays, as one that may
 * be foreign or damaged must. Otherwise the log is written into the file.
 */
void sql_keep_log(struct sql *s, bool keep);

/* Has the file checksums in its pages? Something has to be read before. */
bool sql_has_sums(struct sql *s);
/* Give a new file checksums, an existing one with VACUUM. */
void sql_want_sums(struct sql *s);

/*
 * What a result means: STATUS_TEMPORARY the file is busy, STATUS_CONFIG no
 * database, STATUS_IO anything else. Returns -1.
 */
int sql_fault(const struct sql *s, int code, struct fault *f);

/* Run a text of statements that give no rows. */
MUST_USE int sql_exec(struct sql *s, const char *text, struct fault *f);

/* A value for a '?' of a statement. */
struct sql_value {
	enum {
		SQL_END, /* behind the last one */
		SQL_IS_TEXT,
		SQL_IS_NUMBER,
		SQL_IS_BLOB,
	} type;
	int64_t number;	   /* of a blob: its length */
	const void *bytes; /* borrowed until sql_end(); NULL is NULL */
};

#define SQL_TEXT(t) ((struct sql_value){.type = SQL_IS_TEXT, .bytes = (t)})
#define SQL_NUMBER(n) ((struct sql_value){.type = SQL_IS_NUMBER, .number = (n)})
#define SQL_BLOB(b, len)                                                       \
	((struct sql_value){                                                   \
	    .type = SQL_IS_BLOB, .number = (int64_t)(len), .bytes = (b)})
#define SQL_NONE ((struct sql_value){.type = SQL_END})
#define SQL_VALUES(...) ((const struct sql_value[]){__VA_ARGS__, SQL_NONE})

/*
 * Begin a statement with the values for its '?', in their order; SQL_NONE: it
 * has none. text is a constant: it is known again by its address.
 */
struct sql_query sql_begin(
    struct sql *s, const char *text, const struct sql_value *values);
#define sql_select(s, text, ...) sql_begin(s, text, SQL_VALUES(__VA_ARGS__))

/* 1 there is a row, 0 there is none left, -1 failed. */
MUST_USE int sql_step(struct sql_query *q, struct fault *f);
int64_t sql_number(const struct sql_query *q, int column);
/* "" for NULL; valid until the next step. */
const char *sql_text(const struct sql_query *q, int column);
/* NULL unless it is a blob of that length. */
const void *sql_blob(const struct sql_query *q, int column, size_t len);
void sql_end(struct sql_query *q);

/* Run a statement and ignore its rows. */
MUST_USE int sql_run_with(struct sql *s, struct fault *f, const char *text,
    const struct sql_value *values);
#define sql_run(s, f, text, ...)                                               \
	sql_run_with(s, f, text, SQL_VALUES(__VA_ARGS__))

/* The number in the first row, or otherwise. */
MUST_USE int sql_get_with(struct sql *s, struct fault *f, int64_t *out,
    int64_t otherwise, const char *text, const struct sql_value *values);
#define sql_get(s, f, out, otherwise, text, ...)                               \
	sql_get_with(s, f, out, otherwise, text, SQL_VALUES(__VA_ARGS__))

/* Did the last statement that ran change a row? */
bool sql_changed(const struct sql *s);
int64_t sql_count_changed(const struct sql *s);
/* The number of the row that was inserted last. */
int64_t sql_inserted(const struct sql *s);

#endif
