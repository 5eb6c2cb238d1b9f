#include "common/ledger/sql.h"

#include "common/ledger/pages.h"

#include <errno.h>
#include <string.h>

int
sql_fault(const struct sql *s, int code, struct fault *f)
{
	const char *why =
	    s->db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(s->db);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fault_set(f, STATUS_TEMPORARY,
		    "%s: in use by another program: try again", s->path);
	case SQLITE_NOTADB:
		return fault_set(f, STATUS_CONFIG, "%s: not a ledger", s->path);
	case SQLITE_CORRUPT:
		return fault_set(f, STATUS_IO,
		    "%s: damaged: %s: see BACKUP in twofa-ledger(1)", s->path,
		    why);
	case SQLITE_IOERR:
		if (code == SQLITE_IOERR_DATA)
			return fault_set(f, STATUS_IO,
			    "%s: damaged: a page is not as it was written: see "
			    "BACKUP in twofa-ledger(1)",
			    s->path);
		errno = s->db == NULL ? 0 : sqlite3_system_errno(s->db);
		if (errno != 0)
			return fault_errno(
			    f, STATUS_IO, "%s: %s", s->path, why);
		return fault_set(f, STATUS_IO, "%s: %s", s->path, why);
	default:
		return fault_set(f, STATUS_IO, "%s: %s", s->path, why);
	}
}

int
sql_open(struct sql *s, const char *path, int busy_ms, struct fault *f)
{
	int code;

	s->path = path;
	code = sqlite3_open_v2(path, &s->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	    pages_vfs());
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(s->db, busy_ms);
	if (code == SQLITE_OK)
		code = sqlite3_db_config(
		    s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_db_config(
		    s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (code == SQLITE_OK)
		return 0;
	(void)sql_fault(s, code, f);
	sql_close(s);
	return -1;
}

void
sql_keep_log(struct sql *s, bool keep)
{
	(void)sqlite3_db_config(
	    s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, NULL);
}

/* Set the bytes reserved in each page, or for -1 ask for them. */
static int
exchange_reserve(struct sql *s, int bytes)
{
	if (sqlite3_file_control(
		s->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes) != SQLITE_OK)
		return -1;
	return bytes;
}

bool
sql_has_sums(struct sql *s)
{
	return exchange_reserve(s, -1) == PAGES_SUM_BYTES;
}

void
sql_want_sums(struct sql *s)
{
	(void)exchange_reserve(s, PAGES_SUM_BYTES);
}

void
sql_close(struct sql *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		(void)sqlite3_finalize(s->ready[i].statement);
	s->count = 0;
	(void)sqlite3_close(s->db);
	s->db = NULL;
}

int
sql_exec(struct sql *s, const char *text, struct fault *f)
{
	int code = sqlite3_exec(s->db, text, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : sql_fault(s, code, f);
}

static struct sql_query
prepare(struct sql *s, const char *text)
{
	struct sql_query q = {.sql = s};
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->ready[i].text == text) {
			q.statement = s->ready[i].statement;
			return q;
		}
	if (s->count == SQL_STATEMENTS_MAX) {
		q.code = SQLITE_TOOBIG;
		return q;
	}
	q.code = sqlite3_prepare_v3(
	    s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &q.statement, NULL);
	if (q.code == SQLITE_OK) {
		s->ready[s->count].text = text;
		s->ready[s->count++].statement = q.statement;
	}
	return q;
}

static int
bind(sqlite3_stmt *statement, int at, const struct sql_value *value)
{
	switch (value->type) {
	case SQL_IS_NUMBER:
		return sqlite3_bind_int64(statement, at, value->number);
	case SQL_IS_BLOB:
		return sqlite3_bind_blob64(statement, at, value->bytes,
		    (sqlite3_uint64)value->number, SQLITE_STATIC);
	case SQL_IS_TEXT:
	case SQL_END:
		break;
	}
	return sqlite3_bind_text(
	    statement, at, value->bytes, -1, SQLITE_STATIC);
}

struct sql_query
sql_begin(struct sql *s, const char *text, const struct sql_value *values)
{
	struct sql_query q = prepare(s, text);
	int i;

	for (i = 0; q.code == SQLITE_OK && values[i].type != SQL_END; i++)
		q.code = bind(q.statement, i + 1, &values[i]);
	return q;
}

int
sql_step(struct sql_query *q, struct fault *f)
{
	int code = q->code == SQLITE_OK ? sqlite3_step(q->statement) : q->code;

	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	return sql_fault(q->sql, code, f);
}

int64_t
sql_number(const struct sql_query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

const char *
sql_text(const struct sql_query *q, int column)
{
	const char *text =
	    (const char *)sqlite3_column_text(q->statement, column);

	return text == NULL ? "" : text;
}

const void *
sql_blob(const struct sql_query *q, int column, size_t len)
{
	const void *bytes = sqlite3_column_blob(q->statement, column);

	return sqlite3_column_bytes(q->statement, column) == (int)len ? bytes
								      : NULL;
}

void
sql_end(struct sql_query *q)
{
	if (q->statement == NULL)
		return;
	(void)sqlite3_reset(q->statement);
	(void)sqlite3_clear_bindings(q->statement);
}

int
sql_run_with(struct sql *s, struct fault *f, const char *text,
    const struct sql_value *values)
{
	struct sql_query q = sql_begin(s, text, values);
	int r;

	do
		r = sql_step(&q, f);
	while (r == 1);
	sql_end(&q);
	return r;
}

int
sql_get_with(struct sql *s, struct fault *f, int64_t *out, int64_t otherwise,
    const char *text, const struct sql_value *values)
{
	struct sql_query q = sql_begin(s, text, values);
	int r = sql_step(&q, f);

	if (r != -1)
		*out = r == 1 ? sql_number(&q, 0) : otherwise;
	sql_end(&q);
	return r == -1 ? -1 : 0;
}

int64_t
sql_count_changed(const struct sql *s)
{
	return sqlite3_changes(s->db);
}

int64_t
sql_inserted(const struct sql *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

bool
sql_changed(const struct sql *s)
{
	return sql_count_changed(s) > 0;
}
