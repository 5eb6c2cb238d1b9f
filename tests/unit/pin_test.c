#include "common/base/cdefs.h"
#include "common/task/e164.h"
#include "common/task/pin.h"
#include "common/task/uuid.h"
#include "tests/unit/check.h"

#include <math.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	CELLS = 9000, /* PINs of four digits */
	DRAWS = 1000000,
};

/*
 * The chi-square statistic of DRAWS draws has CELLS - 1 degrees of freedom. By
 * Wilson and Hilferty its cube root is nearly normal; six and a half standard
 * deviations are passed, on both sides together, less often than once in 10^10
 * runs.
 */
#define DEVIATIONS 6.5

static bool
chi_square_is_even(const unsigned count[CELLS])
{
	const double wanted = (double)DRAWS / CELLS, k = CELLS - 1;
	const double v = 2.0 / (9.0 * k);
	double sum = 0, d, z;
	size_t i;

	for (i = 0; i < CELLS; i++) {
		d = count[i] - wanted;
		sum += d * d / wanted;
	}
	z = (cbrt(sum / k) - (1.0 - v)) / sqrt(v);
	printf("# chi-square %.0f, %.2f deviations\n", sum, z);
	return fabs(z) < DEVIATIONS;
}

static void
every_pin_is_equally_likely(void)
{
	static unsigned count[CELLS];
	struct fault f = FAULT_INIT;
	char pin[PIN_SIZE];
	unsigned long n;
	int i;

	for (i = 0; i < DRAWS; i++) {
		CHECK(pin_draw(pin, 4, &f) == 0);
		n = strtoul(pin, NULL, 10);
		if (strlen(pin) != 4 || n < 1000 || n > 9999) {
			CHECK_TEXT(pin, "1000 to 9999");
			return;
		}
		count[n - 1000]++;
	}
	CHECK(chi_square_is_even(count));
	/* The published use case never draws it. */
	CHECK(count[8999] > 0 && count[0] > 0);
}

/* Even enough for the generators below, and repeatable: splitmix64. */
static uint32_t
even(uint32_t bound)
{
	static uint64_t state = 4711;
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % bound);
}

/* The same check must find what is wrong with these. */
static void
the_check_finds_a_bias(void)
{
	static unsigned count[CELLS];
	uint32_t i;

	for (i = 0; i < DRAWS; i++)
		count[even(CELLS)]++;
	CHECK(chi_square_is_even(count));
	memset(count, 0, sizeof count);
	for (i = 0; i < DRAWS; i++) /* a modulus of 16 bits */
		count[even(65536) % CELLS]++;
	CHECK(!chi_square_is_even(count));
	memset(count, 0, sizeof count);
	for (i = 0; i < DRAWS; i++) /* one last digit a little often */
		count[even(CELLS) / 10 * 10 + even(11) % 10]++;
	CHECK(!chi_square_is_even(count));
	memset(count, 0, sizeof count);
	for (i = 0; i < DRAWS; i++) /* too even: a counter */
		count[i % CELLS]++;
	CHECK(!chi_square_is_even(count));
}

static void
pins_of_every_length(void)
{
	struct fault f = FAULT_INIT;
	unsigned digits, i, place, seen[10][10] = {{0}};
	char pin[PIN_SIZE];

	for (digits = PIN_MIN_DIGITS; digits <= PIN_MAX_DIGITS; digits++) {
		memset(seen, 0, sizeof seen);
		for (i = 0; i < 4000; i++) {
			memset(pin, 'x', sizeof pin);
			CHECK(pin_draw(pin, digits, &f) == 0);
			for (place = 0; place < PIN_SIZE; place++)
				if (place < digits && pin[place] >= '0' &&
				    pin[place] <= '9')
					seen[place][pin[place] - '0']++;
				else
					CHECK(place >= digits &&
					    pin[place] == '\0');
		}
		/* Each digit in each place, and no 0 in the first. */
		CHECK(seen[0][0] == 0);
		for (i = 1; i < 10; i++)
			CHECK(seen[0][i] > 200);
		for (place = 1; place < digits; place++)
			for (i = 0; i < 10; i++)
				CHECK(seen[place][i] > 200 &&
				    seen[place][i] < 600);
	}
	for (i = 0; i < 20; i++) {
		if (i >= PIN_MIN_DIGITS && i <= PIN_MAX_DIGITS)
			continue;
		memset(pin, 'x', sizeof pin);
		fault_clear(&f);
		CHECK(pin_draw(pin, i, &f) == -1);
		CHECK(f.status == STATUS_CONFIG);
		CHECK(memcmp(pin, "\0\0\0\0\0\0\0\0\0\0\0", PIN_SIZE) == 0);
	}
}

static void
entries(void)
{
	static const struct {
		const char *entry, *wanted;
	} table[] = {
	    {"4711", "4711"},
	    {"0000", "0000"},
	    {"1234567890", "1234567890"},
	    {"47 11", "4711"},
	    {" 4 7-1\t1 ", "4711"},
	    {"--4711--", "4711"},
	    {"4711#", "4711"},
	    {"4711 #", "4711"},
	    {"4711# \t", "4711"},
	    {"", NULL},
	    {" ", NULL},
	    {"#", NULL},
	    {"471", NULL},
	    {"12345678901", NULL},
	    {"0000000000004711", NULL},
	    {"#4711", NULL},
	    {"4711##", NULL},
	    {"4711#1", NULL},
	    {"47#11", NULL},
	    {"4711*", NULL},
	    {"+4711", NULL},
	    {"4711.0", NULL},
	    {"4711\n", NULL},
	    {"4711\r", NULL},
	    {"4711x", NULL},
	    {"\xd9\xa4\xd9\xa7\xd9\xa1\xd9\xa1", NULL},
	    {"4711\xc2\xa0", NULL},
	};
	char pin[PIN_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		memset(pin, 'x', sizeof pin);
		CHECK(pin_parse(pin, table[i].entry) ==
		    (table[i].wanted != NULL));
		if (table[i].wanted != NULL)
			CHECK_TEXT(pin, table[i].wanted);
		CHECK(pin[PIN_SIZE - 1] == '\0');
	}
}

static void
comparing(void)
{
	char a[PIN_SIZE] = "", b[PIN_SIZE] = "";
	size_t i;

	CHECK(pin_parse(a, "4711") && pin_parse(b, "4-7-1-1"));
	CHECK(pin_matches(a, b));
	for (i = 0; i < PIN_SIZE; i++) {
		b[i] ^= 1;
		CHECK(!pin_matches(a, b));
		b[i] ^= 1;
	}
	CHECK(pin_parse(a, "0471") && pin_parse(b, "04710"));
	CHECK(!pin_matches(a, b));
}

static void
telephone_numbers(void)
{
	static const struct {
		const char *number;
		bool valid;
		const char *masked;
	} table[] = {
	    {"+447700900001", true, "+**********01"},
	    {"+1234567", true, "+*****67"},
	    {"+123456789012345", true, "+*************45"},
	    {"+123456", false, "(no number)"},
	    {"+1234567890123456", false, "(no number)"},
	    {"447700900001", false, "(no number)"},
	    {"00447700900001", false, "(no number)"},
	    {"07700900001", false, "(no number)"},
	    {"+0447700900001", false, "(no number)"},
	    {"+44 7700 900001", false, "(no number)"},
	    {"+44-7700-900001", false, "(no number)"},
	    {"+44(0)7700900001", false, "(no number)"},
	    {" +447700900001", false, "(no number)"},
	    {"+447700900001 ", false, "(no number)"},
	    {"+447700900001\n", false, "(no number)"},
	    {"+447700900001x", false, "(no number)"},
	    {"++447700900001", false, "(no number)"},
	    {"tel:+447700900001", false, "(no number)"},
	    {"+\xd9\xa4\xd9\xa4\xd9\xa7\xd9\xa7\xd9\xa0\xd9\xa0\xd9\xa9", false,
		"(no number)"},
	    {"+", false, "(no number)"},
	    {"", false, "(no number)"},
	};
	char masked[E164_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		if (e164_is_valid(table[i].number) != table[i].valid)
			CHECK_TEXT(table[i].number, "the other one");
		e164_mask(masked, table[i].number);
		CHECK_TEXT(masked, table[i].masked);
	}
}

static void
uuids(void)
{
	static const char form[] = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
	char uuid[UUID_SIZE], before[UUID_SIZE] = "";
	struct fault f = FAULT_INIT;
	size_t i, j;

	for (i = 0; i < 1000; i++) {
		CHECK(uuid_draw(uuid, &f) == 0);
		CHECK(strlen(uuid) == strlen(form));
		for (j = 0; form[j] != '\0'; j++)
			CHECK(form[j] == 'x'
				? strchr("0123456789abcdef", uuid[j]) != NULL
				: form[j] == 'y'
				? strchr("89ab", uuid[j]) != NULL
				: uuid[j] == form[j]);
		CHECK(strcmp(uuid, before) != 0);
		memcpy(before, uuid, sizeof before);
	}
}

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	RUN(every_pin_is_equally_likely);
	RUN(the_check_finds_a_bias);
	RUN(pins_of_every_length);
	RUN(entries);
	RUN(comparing);
	RUN(telephone_numbers);
	RUN(uuids);
	return check_done();
}
