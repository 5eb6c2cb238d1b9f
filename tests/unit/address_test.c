#include "common/text/address.h"
#include "common/process/child.h"
#include "cmd/twofa-sendpin/template.h"
#include "tests/unit/check.h"

static const char *const known[] = {"a", "bc", NULL};

static void
addresses(void)
{
	static const struct {
		const char *text, *scheme, *rest; /* NULL: refused */
	} table[] = {
	    {"csv:FILE", "csv", "FILE"},
	    {"csv:", "csv", ""},
	    {"file:/a:b", "file", "/a:b"},
	    {"x-1:a?b=c", "x-1", "a?b=c"},
	    {"acs:file:/etc/x?region=y", "acs", "file:/etc/x?region=y"},
	    {"", NULL, NULL},
	    {":", NULL, NULL},
	    {":x", NULL, NULL},
	    {"csv", NULL, NULL},
	    {"CSV:x", NULL, NULL},
	    {"Csv:x", NULL, NULL},
	    {"1x:y", NULL, NULL},
	    {"-x:y", NULL, NULL},
	    {"x_y:z", NULL, NULL},
	    {"x y:z", NULL, NULL},
	    {" x:y", NULL, NULL},
	    {"../x:y", NULL, NULL},
	    {"x/y:z", NULL, NULL},
	    {"\xc3\xa9:z", NULL, NULL},
	};
	struct address a;
	struct fault f;
	char text[ADDRESS_MAX + 2];
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		memset(&a, 'x', sizeof a);
		r = address_parse(&a, table[i].text, &f);
		CHECK((r == 0) == (table[i].scheme != NULL));
		if (r == 0) {
			CHECK_TEXT(a.scheme, table[i].scheme);
			CHECK_TEXT(a.rest, table[i].rest);
			CHECK(a.parameter_count == 0);
		} else {
			CHECK(f.status == STATUS_CONFIG);
			CHECK(a.text[0] == 'x');
		}
	}
	memset(text, 'x', sizeof text);
	text[1] = ':';
	text[ADDRESS_MAX] = '\0';
	CHECK(address_parse(&a, text, &f) == 0);
	text[ADDRESS_MAX] = 'x';
	text[ADDRESS_MAX + 1] = '\0';
	fault_clear(&f);
	CHECK(address_parse(&a, text, &f) == -1);
}

static void
parameters(void)
{
	static const struct {
		const char *text, *rest, *a, *bc; /* rest NULL: refused */
	} table[] = {
	    {"x:r", "r", NULL, NULL},
	    {"x:r?a=1", "r", "1", NULL},
	    {"x:r?a=1&bc=2", "r", "1", "2"},
	    {"x:r?bc=&a=", "r", "", ""},
	    {"x:?a=b=c", "", "b=c", NULL},
	    {"x:r?a=%41%6a+%20%26", "r", "Aj+ &", NULL},
	    {"x:r?a=%C3%A9", "r", "\xc3\xa9", NULL},
	    {"x:%41?a=1", "%41", "1", NULL},
	    {"x:r?a=1?", "r", "1?", NULL},
	    {"x:r?", NULL, NULL, NULL},
	    {"x:r?a", NULL, NULL, NULL},
	    {"x:r?a=1&", NULL, NULL, NULL},
	    {"x:r?&a=1", NULL, NULL, NULL},
	    {"x:r?A=1", NULL, NULL, NULL},
	    {"x:r?=1", NULL, NULL, NULL},
	    {"x:r?d=1", NULL, NULL, NULL},
	    {"x:r?a=1&a=1", NULL, NULL, NULL},
	    {"x:r?a=%", NULL, NULL, NULL},
	    {"x:r?a=%4", NULL, NULL, NULL},
	    {"x:r?a=%4g", NULL, NULL, NULL},
	    {"x:r?a=%4\x11", NULL, NULL, NULL},
	    {"x:r?a=%\x14\x11", NULL, NULL, NULL},
	    {"x:r?a=%4!", NULL, NULL, NULL},
	    {"x:r?a=%00", NULL, NULL, NULL},
	    {"x:r?a=%-1", NULL, NULL, NULL},
	};
	struct address a;
	struct fault f;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		CHECK(address_parse(&a, table[i].text, &f) == 0);
		r = address_parse_parameters(&a, known, &f);
		if ((r == 0) != (table[i].rest != NULL))
			CHECK_TEXT(table[i].text, "the other result");
		if (r == -1) {
			CHECK(f.status == STATUS_CONFIG);
			continue;
		}
		CHECK_TEXT(a.rest, table[i].rest);
		CHECK_TEXT(address_get(&a, "a", NULL), table[i].a);
		CHECK_TEXT(address_get(&a, "bc", NULL), table[i].bc);
		CHECK_TEXT(address_get(&a, "d", "standard"), "standard");
	}
}

static void
words(void)
{
	static const struct {
		const char *text;
		int n; /* -1: refused */
		const char *joined;
	} table[] = {{"", -1, ""}, {"  \t ", -1, ""}, {"a", -1, ""},
	    {"a ./b", -1, ""}, {"/a", 1, "/a|"}, {" ./b  c\td ", 3, "./b|c|d|"},
	    {"'/a b' \"c", 3, "'/a|b'|\"c|"},
	    {"/1 2 3 4 5 6 7 \t", 7, "/1|2|3|4|5|6|7|"},
	    {"/1 2 3 4 5 6 7 8", -1, ""}};
	char text[64], joined[64], *argv[8];
	struct fault f;
	size_t i;
	int n, j;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		(void)snprintf(text, sizeof text, "%s", table[i].text);
		n = child_split(text, argv, 8, &f);
		CHECK(n == table[i].n);
		CHECK(n == -1 ? f.status == STATUS_CONFIG : argv[n] == NULL);
		joined[0] = '\0';
		for (j = 0; j < n; j++)
			(void)snprintf(joined + strlen(joined),
			    sizeof joined - strlen(joined), "%s|", argv[j]);
		CHECK_TEXT(joined, table[i].joined);
	}
}

static void
templates(void)
{
	static const struct {
		const char *text, *wanted; /* NULL: refused */
	} table[] = {
	    {"{pin}", "4711"},
	    {"Your PIN code is: {pin}", "Your PIN code is: 4711"},
	    {"{pin} lives {minutes} min, {minutes}!", "4711 lives 9 min, 9!"},
	    {"\xc3\xa9{pin}\n\"\\%s",
		"\xc3\xa9"
		"4711\n\"\\%s"},
	    {"", NULL},
	    {"no place", NULL},
	    {"{minutes}", NULL},
	    {"{pin}{pin}", NULL},
	    {"{pin", NULL},
	    {"pin}", NULL},
	    {"{pin}}", NULL},
	    {"{{pin}}", NULL},
	    {"{PIN}", NULL},
	    {"{pin} {name}", NULL},
	    {"{pin} {}", NULL},
	    {"{ pin }", NULL},
	    {"{pin} {minutes", NULL},
	    {"{pin}\xff", NULL},
	};
	struct buf out = BUF_INIT(TEMPLATE_MAX_BYTES);
	struct fault f;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		buf_clear(&out);
		r = template_check(table[i].text, 4, 600, &f);
		if ((r == 0) != (table[i].wanted != NULL))
			CHECK_TEXT(table[i].text, "the other result");
		if (r == -1) {
			CHECK(f.status == STATUS_CONFIG);
			CHECK(strncmp(f.message, "message: ", 9) == 0);
			continue;
		}
		CHECK(template_fill(&out, table[i].text, "4711", 599, &f) == 0);
		CHECK_TEXT(buf_text(&out), table[i].wanted);
	}
	buf_release(&out);
}

static void
minutes(void)
{
	static const struct {
		unsigned long ttl_s;
		const char *wanted;
	} table[] = {{1, "4711 1"}, {59, "4711 1"}, {60, "4711 1"},
	    {119, "4711 1"}, {120, "4711 2"}, {600, "4711 10"}};
	struct buf out = BUF_INIT(TEMPLATE_MAX_BYTES);
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		buf_clear(&out);
		CHECK(template_fill(&out, "{pin} {minutes}", "4711",
			  table[i].ttl_s, &f) == 0);
		CHECK_TEXT(buf_text(&out), table[i].wanted);
	}
	buf_release(&out);
	/* It promises no more than there is. */
	CHECK(template_check("{pin} {minutes}", 4, 60, &f) == 0);
	CHECK(template_check("{pin}", 4, 1, &f) == 0);
	CHECK(template_check("{pin} {minutes}", 4, 59, &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(f.message,
	    "message: {minutes}: pin_ttl is 59 seconds, less than a minute: "
	    "write seconds");
}

/* 2048 characters of the text as it goes out, whatever their bytes are. */
static void
long_templates(void)
{
	static const char *const letters[] = {
	    "x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
	char text[3 * TEMPLATE_MAX_BYTES];
	struct fault f;
	size_t i, n, len, left, digits;

	for (i = 0; i < ARRAY_LEN(letters); i++)
		for (n = 2047; n <= 2049; n++) {
			digits = i % 2 == 0 ? 4 : 10;
			len = (size_t)snprintf(text, sizeof text, "{pin}");
			for (left = n - digits; left > 0; left--)
				len += (size_t)snprintf(text + len,
				    sizeof text - len, "%s", letters[i]);
			fault_clear(&f);
			CHECK(template_check(text, (unsigned)digits, 600, &f) ==
			    (n <= 2048 ? 0 : -1));
		}
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text, "{pin}", 5);
	fault_clear(&f);
	CHECK(template_check(text, 4, 600, &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
}

int
main(void)
{
	RUN(addresses);
	RUN(parameters);
	RUN(words);
	RUN(templates);
	RUN(minutes);
	RUN(long_templates);
	return check_done();
}
