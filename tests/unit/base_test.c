#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/arena.h"
#include "common/base/status.h"
#include "tests/unit/check.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>

/* --- buf -------------------------------------------------------------------
 */

static void
buf_grows_to_its_limit(void)
{
	struct buf b = BUF_INIT(1000);
	struct fault f = FAULT_INIT;
	char text[1001];
	size_t i;

	memset(text, 'x', sizeof text);
	CHECK_TEXT(buf_text(&b), "");
	for (i = 0; i < 1000; i++)
		CHECK(buf_append_char(&b, (char)('a' + i % 26), &f) == 0);
	CHECK(b.len == 1000 && b.data[1000] == '\0' && b.data[999] == 'l');
	/* Refused, and as it was. */
	CHECK(buf_append_char(&b, 'x', &f) == -1);
	CHECK(f.status == STATUS_DATA);
	CHECK_TEXT(f.message, "longer than 1000 bytes");
	fault_clear(&f);
	CHECK(buf_append(&b, text, sizeof text, &f) == -1);
	fault_clear(&f);
	CHECK(buf_append(&b, text, SIZE_MAX, &f) == -1);
	fault_clear(&f);
	CHECK(buf_printf(&b, &f, "%d", 1) == -1);
	CHECK(b.len == 1000 && b.data[0] == 'a' && b.data[999] == 'l');
	fault_clear(&f);
	CHECK(buf_append(&b, "", 0, &f) == 0);
	buf_release(&b);
	CHECK(b.data == NULL && b.len == 0);
	CHECK(buf_append_text(&b, "again", &f) == 0);
	CHECK_TEXT(buf_text(&b), "again");
	buf_release(&b);
	buf_release(&b);
}

static void
buf_takes_any_bytes(void)
{
	struct buf b = BUF_INIT(100);
	struct fault f = FAULT_INIT;

	CHECK(buf_append(&b, "a\0b", 3, &f) == 0);
	CHECK(b.len == 3 && memcmp(b.data, "a\0b", 4) == 0);
	CHECK(buf_printf(&b, &f, "%s%d", "c", 7) == 0);
	CHECK(b.len == 5 && memcmp(b.data, "a\0bc7", 6) == 0);
	buf_release(&b);
}

static void
buf_forgets(void)
{
	struct buf b = BUF_INIT(100);
	struct fault f = FAULT_INIT;

	buf_consume(&b, 3);
	CHECK(buf_append_text(&b, "secret4711", &f) == 0);
	buf_consume(&b, 0);
	CHECK_TEXT(buf_text(&b), "secret4711");
	buf_consume(&b, 6);
	CHECK_TEXT(buf_text(&b), "4711");
	/* Nothing of it stays behind the end. */
	CHECK(memcmp(b.data + 4, "\0\0\0\0\0\0", 6) == 0);
	buf_consume(&b, 100);
	CHECK(b.len == 0 && memcmp(b.data, "\0\0\0\0\0", 5) == 0);
	CHECK(buf_append_text(&b, "4711", &f) == 0);
	buf_clear(&b);
	CHECK(b.len == 0 && memcmp(b.data, "\0\0\0\0", 4) == 0);
	buf_release(&b);
}

static void
buf_reserves(void)
{
	struct buf b = BUF_INIT(100);
	struct fault f = FAULT_INIT;

	CHECK(buf_reserve(&b, 100, &f) == 0);
	CHECK(b.len == 0 && b.size > 100);
	memset(b.data, 'x', 100);
	CHECK(buf_reserve(&b, 101, &f) == -1);
	CHECK(f.status == STATUS_DATA);
	buf_release(&b);
}

static void
arena_keeps_until_it_is_reset(void)
{
	struct arena p = ARENA_INIT;
	const char *kept[200];
	char text[20000], wanted[16];
	int i, round;

	memset(text, 'x', sizeof text);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 200; i++) {
			(void)snprintf(wanted, sizeof wanted, "n%d", i);
			kept[i] = i % 10 == 9
			    ? arena_copy(&p, text, sizeof text - 1)
			    : arena_copy(&p, wanted, strlen(wanted));
			CHECK(kept[i] != NULL);
		}
		for (i = 0; i < 200; i++) {
			(void)snprintf(wanted, sizeof wanted, "n%d", i);
			if (i % 10 == 9)
				CHECK(strlen(kept[i]) == sizeof text - 1);
			else
				CHECK_TEXT(kept[i], wanted);
		}
		CHECK_TEXT(arena_copy(&p, "abc", 2), "ab");
		CHECK_TEXT(arena_copy(&p, "", 0), "");
		arena_reset(&p);
	}
	arena_release(&p);
	CHECK_TEXT(arena_copy(&p, "again", 5), "again");
	arena_release(&p);
	arena_release(&p);
}

/* --- number ----------------------------------------------------------------
 */

static void
numbers(void)
{
	static const struct {
		const char *text;
		long wanted; /* of 1 to 100; -1: refused */
	} table[] = {{"1", 1}, {"100", 100}, {"007", 7}, {"0", -1}, {"101", -1},
	    {"", -1}, {" 1", -1}, {"1 ", -1}, {"+1", -1}, {"-1", -1},
	    {"1.0", -1}, {"0x1", -1}, {"1e1", -1}, {"1s", -1},
	    {"18446744073709551617", -1}, {"1000000000000000001", -1},
	    {"000000000000000001", 1}, {"\xd9\xa1", -1}, {"one", -1}};
	unsigned long n;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		n = 4711;
		CHECK(number_parse(&n, table[i].text, 1, 100) ==
		    (table[i].wanted != -1));
		if (n !=
		    (table[i].wanted == -1 ? 4711UL
					   : (unsigned long)table[i].wanted))
			CHECK_TEXT(table[i].text, "its value");
	}
	CHECK(number_parse(&n, "0", 0, 0) && n == 0);
	CHECK(number_parse(&n, "999999999999999999", 0, (unsigned long)-1) &&
	    n == 999999999999999999UL);
}

static void
durations(void)
{
	static const struct {
		const char *text;
		long wanted; /* of 1 s to 1 d; -1: refused */
	} table[] = {{"1", 1}, {"90", 90}, {"90s", 90}, {"2m", 120},
	    {"1h", 3600}, {"1d", 86400}, {"24h", 86400}, {"1440m", 86400},
	    {"86400", 86400}, {"0", -1}, {"0s", -1}, {"2d", -1}, {"86401", -1},
	    {"25h", -1}, {"", -1}, {"s", -1}, {"m", -1}, {"1S", -1}, {"1M", -1},
	    {"1w", -1}, {"1ms", -1}, {"1m30s", -1}, {"1 m", -1}, {" 1m", -1},
	    {"-1m", -1}, {"1.5m", -1}, {"999999999999999999d", -1},
	    {"300000000000000000m", -1}};
	unsigned long n;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		n = 4711;
		CHECK(duration_parse(&n, table[i].text, 1, 86400) ==
		    (table[i].wanted != -1));
		if (n !=
		    (table[i].wanted == -1 ? 4711UL
					   : (unsigned long)table[i].wanted))
			CHECK_TEXT(table[i].text, "its value");
	}
}

static void
rates(void)
{
	static const struct {
		const char *text;
		unsigned long count, period_s; /* 0: refused */
	} table[] = {{"200/1m", 200, 60}, {"1/1", 1, 1},
	    {"100000/7d", 100000, 604800}, {"5/10m", 5, 600}, {"0/1m", 0, 0},
	    {"100001/1m", 0, 0}, {"1/8d", 0, 0}, {"1/0", 0, 0}, {"1/", 0, 0},
	    {"/1m", 0, 0}, {"1", 0, 0}, {"", 0, 0}, {"1/1m/1m", 0, 0},
	    {" 1/1m", 0, 0}, {"1 /1m", 0, 0}, {"-1/1m", 0, 0}, {"2/s", 2, 1},
	    {"200/m", 200, 60}, {"5/h", 5, 3600}, {"5/d", 5, 86400},
	    {"5/w", 0, 0}, {"5/ms", 0, 0}, {"5/sm", 0, 0}};
	struct rate r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		r = (struct rate){47, 11};
		CHECK(rate_parse(&r, table[i].text) == (table[i].count != 0));
		if (r.count != (table[i].count == 0 ? 47 : table[i].count) ||
		    r.period_s !=
			(table[i].count == 0 ? 11 : table[i].period_s))
			CHECK_TEXT(table[i].text, "its value");
	}
}

static void
limits_are_read(void)
{
	static const struct {
		const char *text;
		size_t count;
		struct rate rates[LIMIT_MAX_RATES];
	} table[] = {
	    {"none", 0, {{0, 0}}},
	    {"5/10m", 1, {{5, 600}}},
	    {"5/10m,10/1d", 2, {{5, 600}, {10, 86400}}},
	    {"10/1d,5/10m", 2, {{10, 86400}, {5, 600}}},
	    {"1/1,2/2,3/3s,100000/7d", 4,
		{{1, 1}, {2, 2}, {3, 3}, {100000, 604800}}},
	    {"000000000000000005/000000000000000010m", 1, {{5, 600}}},
	};
	struct limit limit;
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		memset(&limit, 0x47, sizeof limit);
		CHECK(limit_parse(&limit, table[i].text));
		CHECK(limit.count == table[i].count);
		for (j = 0; j < table[i].count; j++)
			CHECK(limit.rates[j].count == table[i].rates[j].count &&
			    limit.rates[j].period_s ==
				table[i].rates[j].period_s);
	}
}

static void
limits_are_refused(void)
{
	static const char *const table[] = {"", ",", "5/10m,", ",5/10m",
	    "5/10m,,10/1d", "5/10m, 10/1d", "5/10m 10/1d", " 5/10m", "5/10m ",
	    "5", "5/", "/10m", "0/10m", "5/0m", "100001/1m", "5/8d", "-5/10m",
	    "5/10m,none", "none,5/10m", "None", "none ", "no", "unlimited",
	    "5/10m;10/1d", "1/1,2/2,3/3,4/4,5/5",
	    "0000000000000000005/000000000000000010m",
	    "000000000000000005/0000000000000000000000000000000000000010m"};
	struct limit limit = {.count = 3}, before = limit;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		if (limit_parse(&limit, table[i]))
			CHECK_TEXT(table[i], "refused");
		CHECK(memcmp(&limit, &before, sizeof limit) == 0);
	}
}

static void
digits(void)
{
	CHECK(is_digits("0") && is_digits("0123456789"));
	CHECK(!is_digits("") && !is_digits(" 1") && !is_digits("1a"));
	CHECK(!is_digits("-1") && !is_digits("\xef\xbc\x91"));
}

static void
plurals(void)
{
	CHECK_TEXT(number_plural(0), "s");
	CHECK_TEXT(number_plural(1), "");
	CHECK_TEXT(number_plural(2), "s");
	CHECK_TEXT(number_plural(UINT64_MAX), "s");
}

/* --- status, fault, clock --------------------------------------------------
 */

static void
the_worse_status(void)
{
	static const int order[] = {70, 74, 78, 77, 75, 69, 65, 64, 1, 0};
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(order); i++)
		for (j = 0; j < ARRAY_LEN(order); j++)
			CHECK(status_worse(order[i], order[j]) ==
			    order[i < j ? i : j]);
	CHECK(status_worse(0, 2) == 70 && status_worse(-1, 1) == 70);
}

static void
the_first_fault_wins(void)
{
	struct fault f = FAULT_INIT;
	char longer[FAULT_SIZE * 2];

	CHECK(fault_set(&f, STATUS_IO, "one %d", 1) == -1);
	CHECK(fault_set(&f, STATUS_BUG, "two") == -1);
	CHECK(f.status == STATUS_IO);
	CHECK_TEXT(f.message, "one 1");
	fault_prefix(&f, "%s:%d", "file", 7);
	CHECK_TEXT(f.message, "file:7: one 1");
	fault_clear(&f);
	fault_prefix(&f, "nothing");
	CHECK_TEXT(f.message, "");
	CHECK(f.status == STATUS_OK);
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	CHECK(fault_set(&f, STATUS_DATA, "%s", longer) == -1);
	CHECK(strlen(f.message) == FAULT_SIZE - 1);
	fault_prefix(&f, "%s", longer);
	CHECK(strlen(f.message) == FAULT_SIZE - 1);
	/* A file name cannot steer a terminal. */
	fault_clear(&f);
	CHECK(fault_set(&f, STATUS_DATA, "a\nb\x1b[31m\x7f") == -1);
	CHECK_TEXT(f.message, "a?b?[31m?");
}

static void
a_failing_system_is_no_wrong_setting(void)
{
	static const struct {
		int e, status, wanted;
	} rows[] = {
	    {ENOENT, STATUS_CONFIG, STATUS_CONFIG},
	    {EACCES, STATUS_CONFIG, STATUS_CONFIG},
	    {EIO, STATUS_CONFIG, STATUS_IO},
	    {EMFILE, STATUS_CONFIG, STATUS_IO},
	    {ENOMEM, STATUS_CONFIG, STATUS_IO},
	    {ENOSPC, STATUS_CONFIG, STATUS_IO},
	    {EIO, STATUS_TEMPORARY, STATUS_TEMPORARY},
	};
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		errno = rows[i].e;
		CHECK(fault_errno(&f, rows[i].status, "key") == -1);
		CHECK(f.status == rows[i].wanted);
		fault_clear(&f);
	}
}

static void
times_are_written(void)
{
	static const struct {
		int64_t time_s;
		const char *rfc3339, *rfc1123;
	} table[] = {
	    {0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
	    {1790000000, "2026-09-21T14:13:20Z",
		"Mon, 21 Sep 2026 14:13:20 GMT"},
	    {951782399, "2000-02-28T23:59:59Z",
		"Mon, 28 Feb 2000 23:59:59 GMT"},
	    {951782400, "2000-02-29T00:00:00Z",
		"Tue, 29 Feb 2000 00:00:00 GMT"},
	    {2147483648, "2038-01-19T03:14:08Z",
		"Tue, 19 Jan 2038 03:14:08 GMT"},
	    {4102444799, "2099-12-31T23:59:59Z",
		"Thu, 31 Dec 2099 23:59:59 GMT"},
	};
	char text[CLOCK_TEXT_SIZE];
	size_t i;

	/* Whatever place and language are set. */
	(void)setenv("TZ", "Asia/Kolkata", 1);
	(void)setlocale(LC_ALL, "de_DE.UTF-8");
	for (i = 0; i < ARRAY_LEN(table); i++) {
		clock_rfc3339(text, table[i].time_s);
		CHECK_TEXT(text, table[i].rfc3339);
		clock_rfc1123(text, table[i].time_s);
		CHECK_TEXT(text, table[i].rfc1123);
	}
	/* No time makes it write beyond its room. */
	clock_rfc3339(text, INT64_MAX);
	clock_rfc1123(text, INT64_MAX);
	clock_rfc1123(text, INT64_MIN);
}

static void
the_monotonic_clock(void)
{
	int64_t before = clock_monotonic_ms();

	clock_sleep_until_ms(before - 1000);
	clock_sleep_until_ms(before + 20);
	CHECK(clock_monotonic_ms() >= before + 20);
}

int
main(void)
{
	RUN(buf_grows_to_its_limit);
	RUN(buf_takes_any_bytes);
	RUN(buf_forgets);
	RUN(buf_reserves);
	RUN(arena_keeps_until_it_is_reset);
	RUN(numbers);
	RUN(durations);
	RUN(rates);
	RUN(limits_are_read);
	RUN(limits_are_refused);
	RUN(digits);
	RUN(plurals);
	RUN(the_worse_status);
	RUN(the_first_fault_wins);
	RUN(a_failing_system_is_no_wrong_setting);
	RUN(times_are_written);
	RUN(the_monotonic_clock);
	return check_done();
}
