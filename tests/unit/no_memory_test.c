/*
 * Where SQLite gets no memory there is no answer: neither "no such customer"
 * nor "nothing was sent". Each of its allocations is made to fail in turn.
 */
#include "common/customer/directory.h"
#include "tests/unit/ledger_fixture.h"

#include <sqlite3.h>

static sqlite3_mem_methods real;
static unsigned long until; /* that many work, then one fails; 0: all work */
static bool has_failed;

static bool
fails_now(void)
{
	if (until == 0 || --until > 0)
		return false;
	has_failed = true;
	return true;
}

static void *
make(int size)
{
	return fails_now() ? NULL : real.xMalloc(size);
}

static void *
grow(void *old, int size)
{
	return fails_now() ? NULL : real.xRealloc(old, size);
}

/* Before anything uses SQLite. */
static void
take_over(void)
{
	sqlite3_mem_methods ours;

	CHECK(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) == SQLITE_OK);
	ours = real;
	ours.xMalloc = make;
	ours.xRealloc = grow;
	CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK);
	CHECK(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK);
}

/* A column of integers takes memory where one of texts takes none. */
static void
look_up_in(const char *table)
{
	const struct request_settings settings = {1, 1000};
	struct directory_query q = {.customer = "123456"};
	struct directory *d = NULL;
	struct fault f = FAULT_INIT;
	unsigned long n;

	scratch_text("crm.db", "");
	(void)book_sql("crm.db", table);
	(void)book_sql(
	    "crm.db", "INSERT INTO Customers VALUES(123456, '+447700900001')");
	for (n = 1, has_failed = true; has_failed; n++) {
		CHECK(directory_open(&d, "sqlite:crm.db", &settings, &f) == 0);
		has_failed = false;
		until = n;
		CHECK(directory_find(d, &q, 1, &f) == 0);
		until = 0;
		CHECK(q.outcome == DIRECTORY_FOUND ||
		    (has_failed && q.outcome == DIRECTORY_TEMPORARY));
		if (q.outcome == DIRECTORY_FOUND)
			CHECK_TEXT(q.number, "+447700900001");
		directory_close(d);
	}
	CHECK(n > 3);
}

static void
a_look_up(void)
{
	look_up_in("CREATE TABLE Customers(Number TEXT, SMSNumber TEXT)");
	look_up_in("CREATE TABLE Customers(Number INTEGER, SMSNumber TEXT)");
}

static void
what_was_sent(void)
{
	struct ledger_pin p = pin_of(1, NOW), q;
	struct book b;
	unsigned long n;
	int r;

	book_begin(&b);
	book_at(&b, NOW);
	intend(&b, &ann, &p);
	book_commit(&b);
	for (n = 1, has_failed = true; has_failed; n++) {
		ledger_close(b.ledger);
		CHECK(book_try(&b, "ledger.db", true) == 0);
		book_at(&b, NOW);
		has_failed = false;
		until = n;
		r = ledger_find_send(b.ledger, &ann, &q, &b.f);
		until = 0;
		CHECK(r == 1 || (has_failed && r == -1));
		if (r == 1) {
			CHECK_TEXT(q.sealed, p.sealed);
			CHECK_TEXT(q.id, p.id);
			CHECK(q.state == LEDGER_INTENT);
		}
		ledger_rollback(b.ledger);
	}
	CHECK(n > 3);
	fault_clear(&b.f);
	book_end(&b);
}

int
main(void)
{
	take_over();
	scratch_begin();
	RUN(a_look_up);
	RUN(what_was_sent);
	return check_done();
}
