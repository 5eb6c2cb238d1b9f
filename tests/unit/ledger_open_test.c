#include "common/text/json.h"
#include "tests/unit/ledger_fixture.h"

#include <errno.h>
#include <fcntl.h>

static void
a_new_one(void)
{
	char id[UUID_SIZE];
	struct stat st;
	struct book b;

	book_begin(&b);
	CHECK(strlen(ledger_id(b.ledger)) == UUID_SIZE - 1);
	memcpy(id, ledger_id(b.ledger), sizeof id);
	CHECK(stat("ledger.db", &st) == 0 && (st.st_mode & 0777) == 0600);
	book_end(&b);
	/* It stays the same one, and another is another. */
	CHECK(book_try(&b, "ledger.db", true) == 0);
	CHECK_TEXT(ledger_id(b.ledger), id);
	ledger_close(b.ledger);
	CHECK(book_try(&b, "other.db", true) == 0);
	CHECK(strcmp(ledger_id(b.ledger), id) != 0);
	book_end(&b);
}

/* Only who may make one makes one. */
static void
none_and_an_empty_one(void)
{
	struct book b;

	book_begin(&b);
	ledger_close(b.ledger);
	book_remove();
	book_refused(&b, "ledger.db", false, STATUS_CONFIG, "no ledger");
	CHECK(access("ledger.db", F_OK) == -1);
	book_refused(&b, "none/ledger.db", true, STATUS_CONFIG, "none/");
	scratch_text("ledger.db", "");
	book_refused(&b, "ledger.db", false, STATUS_CONFIG, "nothing in it");
	book_refused(&b, "ledger.db", true, STATUS_OK, NULL);
	book_refused(&b, "ledger.db", false, STATUS_OK, NULL);
	CHECK(mkdir("directory", 0700) == 0);
	book_refused(&b, "directory", true, STATUS_CONFIG, "directory");
}

static void
something_else(void)
{
	static const char text[] = "This is no database, but long enough to be "
				   "looked at as if it were one by somebody: "
				   "it has more than a hundred bytes.";
	struct book b;

	book_begin(&b);
	ledger_close(b.ledger);
	book_remove();
	scratch_text("ledger.db", text);
	book_refused(&b, "ledger.db", true, STATUS_CONFIG, "not a ledger");
	CHECK_TEXT(scratch_read("ledger.db"), text);
	/* Somebody else's tables. */
	scratch_text("ledger.db", "");
	(void)book_sql("ledger.db", "CREATE TABLE customers(n)");
	book_refused(&b, "ledger.db", true, STATUS_CONFIG, "not a ledger");
	CHECK(book_sql("ledger.db", "SELECT count(*) FROM sqlite_schema") == 1);
	/* Of the next version of ours, or of one that there cannot be. */
	book_begin(&b);
	ledger_close(b.ledger);
	(void)book_sql("ledger.db", "PRAGMA user_version = 99");
	book_refused(&b, "ledger.db", true, STATUS_CONFIG, "later version");
	(void)book_sql("ledger.db", "PRAGMA user_version = -1");
	book_refused(&b, "ledger.db", true, STATUS_CONFIG, "version");
}

static int
sends_to_ann(struct book *b)
{
	struct ledger_pin p;
	int r;

	book_at(b, NOW);
	r = ledger_find_send(b->ledger, &ann, &p, &b->f);
	ledger_rollback(b->ledger);
	return r;
}

/* A new key in front: what was counted still counts, and then alone it does. */
static void
another_key_in_front(void)
{
	struct ledger_pin p = {.id = "p", .request = "p", .sealed = "s"};
	char id[UUID_SIZE];
	struct book b;

	book_begin(&b);
	memcpy(id, ledger_id(b.ledger), sizeof id);
	book_at(&b, NOW);
	CHECK(ledger_intend(b.ledger, &ann, &p, &b.f) == 0);
	book_commit(&b);
	CHECK(sends_to_ann(&b) == 1);
	ledger_close(b.ledger);
	/* With another key alone it does not open, and says which it wants. */
	b.ring = test_keyring(b.keys, 2, 0);
	book_refused(&b, "ledger.db", true, STATUS_CONFIG, "00000001");
	b.ring = test_keyring(b.keys, 2, 1);
	CHECK(book_try(&b, "ledger.db", true) == 0);
	CHECK_TEXT(ledger_id(b.ledger), id);
	CHECK(sends_to_ann(&b) == 1);
	ledger_close(b.ledger);
	b.ring = test_keyring(b.keys, 2, 0);
	CHECK(book_try(&b, "ledger.db", false) == 0);
	CHECK(sends_to_ann(&b) == 1);
	ledger_close(b.ledger);
	b.ring = test_keyring(b.keys, 1, 0);
	book_refused(&b, "ledger.db", true, STATUS_CONFIG, "00000002");
	/* The right name on the wrong key. */
	(void)snprintf(b.keys[0].id, KEY_ID_SIZE, "00000002");
	book_refused(&b, "ledger.db", true, STATUS_IO, "damaged");
}

static void
who_else_can_get_at_it(void)
{
	static const struct {
		mode_t file, dir;
		int status;
	} table[] = {
	    {0600, 0700, STATUS_OK},
	    {0640, 0755, STATUS_OK},
	    {0644, 0700, STATUS_PERMISSION},
	    {0604, 0700, STATUS_PERMISSION},
	    {0620, 0700, STATUS_PERMISSION},
	    {0602, 0700, STATUS_PERMISSION},
	    {0600, 0770, STATUS_PERMISSION},
	    {0600, 0702, STATUS_PERMISSION},
	    {0600, 01777, STATUS_PERMISSION},
	};
	struct book b;
	size_t i;

	book_begin(&b);
	ledger_close(b.ledger);
	CHECK(mkdir("place", 0700) == 0);
	book_refused(&b, "place/ledger.db", true, STATUS_OK, NULL);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		CHECK(chmod("place/ledger.db", table[i].file) == 0);
		CHECK(chmod("place", table[i].dir) == 0);
		book_refused(&b, "place/ledger.db", true, table[i].status,
		    table[i].status == STATUS_OK ? NULL : "place/ledger.db");
	}
	CHECK(chmod("place", 0700) == 0);
	CHECK(chmod("place/ledger.db", 0600) == 0);
	CHECK(symlink("place/ledger.db", "link") == 0);
	book_refused(&b, "link", true, STATUS_PERMISSION, "symbolic link");
	book_refused(&b, "link", false, STATUS_PERMISSION, "symbolic link");
	if (geteuid() == 0) {
		CHECK(chown("place/ledger.db", 65534, 65534) == 0);
		book_refused(&b, "place/ledger.db", true, STATUS_PERMISSION,
		    "belongs to another user");
	}
}

/* Whatever the mask is, it can be used, and by nobody else. */
static void
any_umask(void)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	struct stat st;
	struct book b;
	size_t i;

	for (i = 0; i < ARRAY_LEN(masks); i++) {
		mode_t before = umask(masks[i]);

		book_begin(&b);
		book_end(&b);
		(void)umask(before);
		CHECK(stat("ledger.db", &st) == 0);
		CHECK((st.st_mode & 0777) == 0600);
	}
}

static void
the_clock(void)
{
	static const struct {
		int64_t at_s, now_s; /* now_s 0: refused */
	} table[] = {
	    {NOW, NOW},
	    {NOW - CLOCK_SLACK_S, NOW},
	    {NOW - CLOCK_SLACK_S - 1, 0},
	    {NOW - 1000000, 0},
	    {0, 0},
	    {NOW + 10, NOW + 10},
	    {NOW + 5, NOW + 10},
	    {NOW + 4, 0},
	    {NOW + 100000, NOW + 100000},
	};
	struct book b;
	size_t i;
	int r;

	book_begin(&b);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		r = book_try_at(&b, table[i].at_s);
		CHECK(r == (table[i].now_s == 0 ? -1 : 0));
		if (r == 0) {
			CHECK(ledger_now_s(b.ledger) == table[i].now_s);
			book_commit(&b);
			continue;
		}
		CHECK(b.f.status == STATUS_TEMPORARY);
		CHECK(strstr(b.f.message, "clock was set back") != NULL);
		fault_clear(&b.f);
	}
	/* A time that was not committed was not seen. */
	book_at(&b, NOW + 200000);
	ledger_rollback(b.ledger);
	book_at(&b, NOW + 100000);
	book_end(&b);
}

/* Another program holds it: waited for, and then said. */
static void
in_use(void)
{
	struct book b, other;
	int64_t before_ms;

	book_begin(&b);
	memset(&other, 0, sizeof other);
	other.ring = test_keyring(other.keys, 1, 0);
	CHECK(book_try(&other, "ledger.db", false) == 0);
	book_at(&other, NOW);
	before_ms = clock_monotonic_ms();
	CHECK(book_try_at(&b, NOW) == -1);
	CHECK(clock_monotonic_ms() - before_ms >= LEDGER_BUSY_MS - 500);
	CHECK(b.f.status == STATUS_TEMPORARY);
	CHECK(strstr(b.f.message, "in use by another program") != NULL);
	fault_clear(&b.f);
	book_commit(&other);
	book_at(&b, NOW);
	book_end(&b);
	book_end(&other);
}

int
main(void)
{
	scratch_begin();
	json_wipe_freed();
	RUN(a_new_one);
	RUN(none_and_an_empty_one);
	RUN(something_else);
	RUN(another_key_in_front);
	RUN(who_else_can_get_at_it);
	RUN(any_umask);
	RUN(the_clock);
	RUN(in_use);
	return check_done();
}
