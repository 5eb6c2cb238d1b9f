#include "common/text/json.h"
#include "tests/unit/check.h"
#include "tests/unit/quote.h"

#include <stdlib.h>

static const struct {
	const char *text;
	bool wanted;
} texts[] = {
    {"{}", true},
    {" [1 , 2] ", true},
    {"'x'", true},
    {"1", true},
    {"null", true},
    {"", false},
    {" ", false},
    {"{", false},
    {"{}x", false},
    {"{} {}", false},
    {"{'a':1,'a':2}", false},
    {"{'a':1,'\\u0061':2}", false},
    {"{'x':{'a':1,'a':1}}", false},
    {"{'a':1,'A':2}", true},
    {"'\\u0000'", false},
    {"{'\\u0000':1}", false},
    {"'\xff'", false},
    {"'\xc0\xaf'", false},
    {"'\xed\xa0\x80'", false},
    {"'\xf4\x90\x80\x80'", false},
    {"'\xc3'", false},
    {"'\xf0\x9f\x98\x80'", true},
    {"'\xef\xbf\xbf'", true}, /* U+FFFF */
    {"'\\ud800'", false},
    {"'\\udc00'", false},
    {"'\\udc00\\ud800'", false},
    {"'\\ud83d\\ude00'", true},
    {"\xef\xbb\xbf{}", false},
    {"NaN", false},
    {"Infinity", false},
    {"[1,]", false},
    {"{'a':1,}", false},
    {"01", false},
    {"-01", false},
    {"+1", false},
    {".5", false},
    {"1.", false},
    {"0x1", false},
    {"//c\n1", false},
    {"/*c*/1", false},
    {"'a\nb'", false},
    {"'\\x41'", false},
    {"9223372036854775807", true},
    {"9223372036854775808", true},
    {"12345678901234567890123", true},
    {"1e999", false},
    {"-1e999", false},
    {"1e-999", true},
    {"1e308", true},
    {"-0", true},
};

static void
what_is_parsed(void)
{
	struct fault f;
	json_t *value;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(texts); i++) {
		const char *text = q(texts[i].text);

		value = NULL;
		fault_clear(&f);
		r = json_parse(&value, text, strlen(text), &f);
		if ((r == 0) != texts[i].wanted)
			CHECK_TEXT(texts[i].text, "the other result");
		CHECK((value != NULL) == texts[i].wanted);
		if (r == -1) {
			CHECK(f.status == STATUS_DATA);
			CHECK(strncmp(f.message, "line ", 5) == 0);
		}
		json_decref(value);
	}
}

static void
nul_bytes_end_nothing(void)
{
	struct fault f = FAULT_INIT;
	json_t *value = NULL;

	CHECK(json_parse(&value, "1\0", 2, &f) == -1);
	fault_clear(&f);
	CHECK(json_parse(&value, "\"a\0b\"", 5, &f) == -1);
	fault_clear(&f);
	CHECK(json_parse(&value, "1\0", 1, &f) == 0);
	json_decref(value);
}

/* What is wrong may be a PIN that was keyed into the wrong place. */
static void
messages_do_not_quote(void)
{
	static const char *const table[] = {"{'PIN':'4711','PIN':'4711'}",
	    "{'PIN':4711x}", "{'PIN':'4711' '4711'}", "{'4711':1,'4711':2}",
	    "4711 4711", "'4711\\ud800'", "'4711\xff'", "[4711",
	    "'\\ud800\\u4711'", "{'near':'4711' near 4711}"};
	struct fault f;
	json_t *value;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		const char *text = q(table[i]);

		fault_clear(&f);
		CHECK(json_parse(&value, text, strlen(text), &f) == -1);
		if (strstr(f.message, "471") != NULL ||
		    strstr(f.message, "near '") != NULL)
			CHECK_TEXT(f.message, "nothing of the input");
	}
}

/* Whole, and what is wrong rather than nothing. */
static void
messages_say_what_is_wrong(void)
{
	static const struct {
		const char *text, *wanted;
	} table[] = {
	    {"", "unexpected token near end of file"},
	    {"{", "string or '}' expected near end of file"},
	    {"['a'", "']' expected near end of file"},
	    {"{'a':1 'b':2}", "'}' expected"},
	    {"['a' 2]", "']' expected"},
	    {"{'a' 1}", "':' expected"},
	    {"{'a':1,}", "string or '}' expected"},
	    {"{'a':1}x", "end of file expected"},
	    {"{'a':nul}", "invalid token"},
	    {"{'a':'x", "premature end of input"},
	    {"{'a':'\\ud800\\u0031'}", "invalid Unicode"},
	    {"{'a':1,'a':2}", "duplicate object key"},
	    {"{'a':'\\u0000'}", "U+0000 is not allowed"},
	    {"\xef\xbb\xbf{}",
		"not JSON: a byte order mark, perhaps: save it as UTF-8 "
		"without one"},
	    {"\xff\xfe{", "not JSON: UTF-16, perhaps: save it as UTF-8"},
	    {"\xfe\xff", "not JSON: UTF-16, perhaps: save it as UTF-8"},
	};
	struct fault f;
	char wanted[100];
	json_t *value;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		const char *text = q(table[i].text);

		fault_clear(&f);
		CHECK(json_parse(&value, text, strlen(text), &f) == -1);
		(void)snprintf(
		    wanted, sizeof wanted, "line 1: %s", table[i].wanted);
		CHECK_TEXT(f.message, wanted);
	}
}

static void
what_is_written(void)
{
	static const struct {
		const char *text, *wanted; /* NULL: refused */
	} table[] = {
	    {"", "\"\""},
	    {"plain ASCII ~!", "\"plain ASCII ~!\""},
	    {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
	    {"\n\t\r\b\f\x01\x1f", "\"\\n\\t\\r\\b\\f\\u0001\\u001F\""},
	    {"\x7f", "\"\x7f\""},
	    {"\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
	    {"\xff", NULL},
	    {"ok\xc3", NULL},
	    {"\xed\xa0\x80", NULL},
	};
	struct buf out = BUF_INIT(100);
	struct fault f;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		buf_clear(&out);
		CHECK(buf_append_char(&out, '>', &f) == 0);
		json_add_string(table[i].text, &out);
		r = buf_check(&out, &f);
		CHECK((r == 0) == (table[i].wanted != NULL));
		CHECK(r == 0 || f.status == STATUS_DATA);
		CHECK_TEXT(out.data + 1,
		    table[i].wanted == NULL ? "" : table[i].wanted);
	}
	buf_release(&out);
}

static void
a_full_buf_is_left_as_it_was(void)
{
	struct buf out = BUF_INIT(10);
	struct fault f = FAULT_INIT;
	json_t *value = json_string("\xc3\xa9 longer than ten bytes");

	CHECK(buf_append_text(&out, "12345", &f) == 0);
	CHECK(json_write(value, &out, &f) == -1);
	CHECK(out.len == 5 && memcmp(out.data, "12345", 5) == 0);
	json_decref(value);
	buf_release(&out);
}

static void
members(void)
{
	struct fault f = FAULT_INIT;
	json_t *value = NULL;
	const char *text = q("{'a':'x','b':1,'c':null}");

	CHECK(json_parse(&value, text, strlen(text), &f) == 0);
	CHECK_TEXT(json_member_text(value, "a"), "x");
	CHECK_TEXT(json_member_text(value, "b"), NULL);
	CHECK_TEXT(json_member_text(value, "c"), NULL);
	CHECK_TEXT(json_member_text(value, "d"), NULL);
	CHECK_TEXT(json_member_text(NULL, "d"), NULL);
	json_decref(value);
}

int
main(void)
{
	json_wipe_freed();
	RUN(what_is_parsed);
	RUN(nul_bytes_end_nothing);
	RUN(messages_do_not_quote);
	RUN(messages_say_what_is_wrong);
	RUN(what_is_written);
	RUN(a_full_buf_is_left_as_it_was);
	RUN(members);
	return check_done();
}
