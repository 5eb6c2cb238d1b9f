#include "cmd/twofa-flow/workflow/layout.h"

#include "cmd/twofa-flow/workflow/builtin.h"
#include "tests/unit/check.h"

#define FIFTY "12345678901234567890123456789012345678901234567890"

static const struct {
	const char *json, *wanted;
} cases[] = {
    {"1", "1\n"},
    {"\"{\\\"[,: \\\\\"", "\"{\\\"[,: \\\\\"\n"},
    {"[ 1,\n2 ]", "[\n  1,\n  2\n]\n"},
    {"{\"a\":10,\"b\":1.50e1}", "{\n  \"a\": 10,\n  \"b\": 1.50e1\n}\n"},
    {"{\"a\":{\"b\":{\"c\":true,\"d\":[null,{\"e\":0}]},\"f\":-1}}",
	"{\n  \"a\": {\n    \"b\": {\"c\": true, \"d\": [null, {\"e\": 0}]},\n"
	"    \"f\": -1\n  }\n}\n"},
    /* The text with the comma behind it ends in column 80. */
    {"{\"a\":{\"b\":{\"type\":1,\"x\":\"" FIFTY "1\",\"y\":2}}}",
	"{\n  \"a\": {\n    \"b\": {\"type\": 1, \"x\": \"" FIFTY "1\",\n"
	"      \"y\": 2}\n  }\n}\n"},
    {"{\"a\":{\"b\":{\"type\":1,\"x\":\"" FIFTY "12\",\"y\":2}}}",
	"{\n  \"a\": {\n    \"b\": {\"type\": 1,\n      \"x\": \"" FIFTY
	"12\", \"y\": 2}\n  }\n}\n"},
};

static void
lays_out(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT(1000);
		struct fault f = FAULT_INIT;

		CHECK(layout_append(cases[i].json, &out, &f) == 0);
		CHECK_TEXT(buf_text(&out), cases[i].wanted);
		buf_release(&out);
	}
}

static void
is_the_same_once_more(void)
{
	size_t i;

	for (i = 0; i < builtin_count; i++) {
		struct buf once = BUF_INIT(100000), twice = BUF_INIT(100000);
		struct fault f = FAULT_INIT;

		CHECK(layout_append(builtins[i].json, &once, &f) == 0);
		CHECK(layout_append(buf_text(&once), &twice, &f) == 0);
		CHECK_TEXT(buf_text(&twice), buf_text(&once));
		buf_release(&once);
		buf_release(&twice);
	}
}

/* All but white space between the values is the same. */
static void
keeps_what_is_said(void)
{
	const char *a, *b;
	bool inside;
	size_t i;

	for (i = 0; i < builtin_count; i++) {
		struct buf out = BUF_INIT(100000);
		struct fault f = FAULT_INIT;

		CHECK(layout_append(builtins[i].json, &out, &f) == 0);
		a = builtins[i].json;
		b = buf_text(&out);
		for (inside = false; *a != '\0' && *a == *b; a++, b++) {
			/* No string of them has a quote in it. */
			inside ^= *a == '"';
			if (!inside) {
				a += strspn(a + 1, " \n");
				b += strspn(b + 1, " \n");
			}
		}
		CHECK_TEXT(a, b);
		buf_release(&out);
	}
}

static void
fails_without_room(void)
{
	size_t max;

	for (max = 0; max < strlen(cases[5].wanted); max++) {
		struct buf out = BUF_INIT(max);
		struct fault f = FAULT_INIT;

		CHECK(layout_append(cases[5].json, &out, &f) == -1);
		CHECK(f.status == STATUS_DATA);
		buf_release(&out);
	}
}

int
main(void)
{
	RUN(lays_out);
	RUN(is_the_same_once_more);
	RUN(keeps_what_is_said);
	RUN(fails_without_room);
	return check_done();
}
