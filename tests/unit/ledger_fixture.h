/*
 * A ledger in a file of the scratch directory, at a time that the test says.
 */
#ifndef TESTS_UNIT_LEDGER_FIXTURE_H
#define TESTS_UNIT_LEDGER_FIXTURE_H

#include "common/base/clock.h"
#include "common/ledger/ledger.h"
#include "common/ledger/sql.h"
#include "common/task/names.h"
#include "tests/unit/check.h"
#include "tests/unit/keys.h"
#include "tests/unit/scratch.h"

enum {
	NOW = 1790000000,
};

struct book {
	struct ledger *ledger;
	struct key keys[2];
	struct keyring ring;
	struct fault f;
};

/* Open path with the keys that book has: 0 or -1, with the fault in it. */
static inline int
book_try(struct book *b, const char *path, bool make)
{
	struct ledger_settings settings = {.file.given = path};
	int r;

	fault_clear(&b->f);
	r = ledger_open(&b->ledger, &settings, make ? LEDGER_MAKE : LEDGER_READ,
	    &b->ring, &b->f);
	CHECK((r == 0) == (b->ledger != NULL));
	return r;
}

/* It is refused so; 0: it is not. */
static inline void
book_refused(
    struct book *b, const char *path, bool make, int status, const char *part)
{
	int r = book_try(b, path, make);

	CHECK(r == (status == 0 ? 0 : -1));
	CHECK(b->f.status == status);
	if (part != NULL && strstr(b->f.message, part) == NULL)
		CHECK_TEXT(b->f.message, part);
	ledger_close(b->ledger);
	b->ledger = NULL;
}

static inline void
book_remove(void)
{
	(void)unlink("ledger.db");
	(void)unlink("ledger.db-wal");
	(void)unlink("ledger.db-shm");
	(void)unlink("ledger.db-mark");
}

/* A new one. */
static inline void
book_begin(struct book *b)
{
	memset(b, 0, sizeof *b);
	b->ring = test_keyring(b->keys, 1, 0);
	book_remove();
	CHECK(book_try(b, "ledger.db", true) == 0);
	if (b->ledger != NULL)
		ledger_set_sender(b->ledger, "file:a");
}

static inline void
book_end(struct book *b)
{
	CHECK_TEXT(b->f.message, "");
	ledger_close(b->ledger);
}

/* The clock of the ledgers under test. */
static int64_t book_now_s;

static inline int64_t
book_clock(void)
{
	return book_now_s;
}

static inline int
book_try_at(struct book *b, int64_t now_s)
{
	book_now_s = now_s;
	return ledger_begin(b->ledger, book_clock, &b->f);
}

/* A transaction at that time is open. */
static inline void
book_at(struct book *b, int64_t now_s)
{
	CHECK(book_try_at(b, now_s) == 0);
}

static inline void
book_commit(struct book *b)
{
	CHECK(ledger_commit(b->ledger, &b->f) == 0);
}

/* SQL on the file itself, behind the ledger's back: its first number. */
static inline int64_t
book_sql(const char *path, const char *text)
{
	struct fault f = FAULT_INIT;
	struct sql s = {.db = NULL};
	int64_t n = -1;

	CHECK(sql_open(&s, path, 1000, &f) == 0);
	CHECK(sql_get(&s, &f, &n, -1, text, SQL_NONE) == 0);
	sql_close(&s);
	return n;
}

static const struct seal_binding ann = {"t1", "123456", "+447700900001"};

/* The PIN number n, about to be sent. */
static inline struct ledger_pin
pin_of(int n, int64_t now_s)
{
	struct ledger_pin p = {.before = LEDGER_RETRY,
	    .requested_s = now_s,
	    .sent_s = now_s,
	    .expires_s = now_s + 600,
	    .max_attempts = 3};

	(void)snprintf(p.id, sizeof p.id, "00000000-0000-4000-8000-%012d", n);
	memcpy(p.request, p.id, sizeof p.id);
	(void)snprintf(p.sealed, sizeof p.sealed, "v1.seal.%d", n);
	(void)snprintf(p.from, sizeof p.from, "Acme");
	(void)snprintf(p.message, sizeof p.message, "Code {pin}");
	return p;
}

static inline void
intend(struct book *b, const struct seal_binding *who, struct ledger_pin *p)
{
	CHECK(ledger_intend(b->ledger, who, p, &b->f) == 0);
}

static inline void
outcome(struct book *b, const struct ledger_pin *p, enum ledger_state state)
{
	const struct ledger_outcome o = {state, "", "service-1"};

	CHECK(ledger_note_outcome(b->ledger, &ann, p, &o, &b->f) == 0);
}

static inline struct ledger_pin
found(struct book *b)
{
	struct ledger_pin p = {.state = LEDGER_INTENT};

	CHECK(ledger_find_send(b->ledger, &ann, &p, &b->f) == 1);
	return p;
}

static inline void
check_state(struct book *b, const char *request, enum ledger_state state)
{
	struct ledger_pin p = found(b);

	CHECK(p.state == state);
	CHECK_TEXT(p.request, request);
}

/* NULL: it is allowed. */
static inline int64_t
check_forbidden(struct book *b, const struct seal_binding *who,
    const struct send_limits *limits, const char *wanted)
{
	const char *reason = "?";
	int64_t again_s = -1;

	CHECK(ledger_forbids(
		  b->ledger, who, limits, &reason, &again_s, &b->f) == 0);
	CHECK_TEXT(reason, wanted);
	return again_s;
}

#endif
