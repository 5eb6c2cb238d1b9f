#include "common/base/cdefs.h"
#include "common/text/json_framer.h"
#include "common/text/json_slice.h"
#include "tests/unit/check.h"
#include "tests/unit/quote.h"

#include <stdlib.h>

/* All of text at once. */
static enum framer_result
scan(struct framer *f, const char *text, size_t len)
{
	framer_start(f);
	return framer_scan(f, text, len);
}

/* A byte more in each call, until there is a result. */
static enum framer_result
scan_bytes(struct framer *f, const char *text, size_t len)
{
	enum framer_result r = FRAMER_MORE;
	size_t n;

	framer_start(f);
	for (n = 1; n <= len && r == FRAMER_MORE; n++)
		r = framer_scan(f, text, n);
	return r;
}

static void
check_both(const char *text, enum framer_result wanted, size_t pos)
{
	struct framer all = {0}, bytes = {0};
	enum framer_result r = scan(&all, text, strlen(text));

	if (r != wanted || all.pos != pos ||
	    scan_bytes(&bytes, text, strlen(text)) != wanted ||
	    bytes.pos != pos) {
		printf("# result %d at %zu\n", r, all.pos);
		CHECK_TEXT(text, "another result");
	}
	if (r == FRAMER_BAD) {
		CHECK(all.problem != NULL);
		CHECK_TEXT(bytes.problem, all.problem);
	}
}

static void
whole_objects(void)
{
	static const char *const table[] = {"{}", "{ }", "{'a':1}",
	    "{ 'a' : 1 , 'b' : [ ] }", "{'a':[1,2,{'b':[[],{}]}]}", "{'a':'}'}",
	    "{'a':'\\\"}'}", "{'a':'\\\\'}", "{'}':1}",
	    "{'a':true,'b':null,'c':-1.5e+7}", "{'a':\n\t\r 1}", "{'':''}",
	    "{'a':[{},{}],'b':{'c':{}}}", "{'\\u0061':'\\n'}"};
	struct framer f;
	char text[256];
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		(void)snprintf(text, sizeof text, "%s", q(table[i]));
		len = strlen(text);
		check_both(text, FRAMER_DONE, len);
		/* What stands behind it is not looked at. */
		(void)strncat(text, "}x{", 4);
		check_both(text, FRAMER_DONE, len);
		/* Each part of it wants more. */
		text[len] = '\0';
		while (--len > 0) {
			text[len] = '\0';
			CHECK(scan(&f, text, len) == FRAMER_MORE);
			CHECK(f.pos == len);
		}
	}
}

static const struct {
	const char *text;
	size_t pos;
} broken[] = {
    {"x", 0},
    {"[", 0},
    {"'", 0},
    {"1", 0},
    {"}", 0},
    {":", 0},
    {",", 0},
    {"{x", 1},
    {"{1", 1},
    {"{{", 1},
    {"{[", 1},
    {"{:", 1},
    {"{,", 1},
    {"{]", 1},
    {"{'a'}", 4},
    {"{'a','", 4},
    {"{'a' 'b'", 5},
    {"{'a'1", 4},
    {"{'a'{", 4},
    {"{'a'[", 4},
    {"{'a'::", 5},
    {"{'a':,", 5},
    {"{'a':}", 5},
    {"{'a':]", 5},
    {"{'a':1 2", 7},
    {"{'a':1'b'", 6},
    {"{'a':1{", 6},
    {"{'a':1[", 6},
    {"{'a':1:", 6},
    {"{'a':1]", 6},
    {"{'a':1,}", 7},
    {"{'a':1,,", 7},
    {"{'a':1,1", 7},
    {"{'a':1,{", 7},
    {"{'a':1,:", 7},
    {"{'a':'b''", 8},
    {"{'a':{}{", 7},
    {"{'a':[}", 6},
    {"{'a':[,", 6},
    {"{'a':[:", 6},
    {"{'a':[1,]", 8},
    {"{'a':[1 1", 8},
    {"{'a':[1:", 7},
    {"{'a':[1}", 7},
    {"{'a':['b':", 9},
    {"{'a':[[]}", 8},
    {"{'a':/", 5},
    {"{'a':1/", 6},
    {"{#", 1},
    {"{\x01", 1},
    {"{\x80", 1},
    {"{'a\n", 3},
    {"{'a\t", 3},
    {"{'a':'\x1f", 6},
    {"{'a':'\\\n", 7},
    {"{'a':'b\n'}", 7},
    {"\xef\xbb\xbf{}", 0},
};

static void
broken_structure(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(broken); i++)
		check_both(q(broken[i].text), FRAMER_BAD, broken[i].pos);
}

static void
nul_bytes(void)
{
	struct framer f;

	CHECK(scan(&f, "{\0}", 3) == FRAMER_BAD && f.pos == 1);
	CHECK(scan(&f, "{\"\0\"", 4) == FRAMER_BAD && f.pos == 2);
	CHECK(scan(&f, "\0", 1) == FRAMER_BAD && f.pos == 0);
	CHECK(scan(&f, "{\"\\\0\"", 5) == FRAMER_BAD && f.pos == 3);
}

static void
depth(void)
{
	struct framer f;
	char text[600];
	int n, i, kind;
	size_t len;

	for (kind = 0; kind < 2; kind++)
		for (n = 63; n <= 66; n++) {
			/* The outer object is the first level. */
			(void)snprintf(text, sizeof text, "{\"a\":");
			for (i = 1; i < n; i++)
				(void)strncat(text,
				    kind == 0	     ? "["
					: i + 1 == n ? "{"
						     : "{\"\":",
				    8);
			for (i = 1; i < n; i++)
				(void)strncat(text, kind == 0 ? "]" : "}", 2);
			(void)strncat(text, "}", 2);
			len = strlen(text);
			CHECK(scan(&f, text, len) ==
			    (n <= 64 ? FRAMER_DONE : FRAMER_BAD));
			if (n > 64)
				CHECK_TEXT(
				    f.problem, "nested deeper than 64 levels");
		}
}

/* --- span ------------------------------------------------------------------
 */

static void
compact_text(void)
{
	static const struct {
		const char *text, *wanted;
	} table[] = {
	    {"{}", "{}"},
	    {" { } ", "{}"},
	    {"\r\n\t{\n'a b' :\t[ 1 , ' \\' ' ] }", "{'a b':[1,' \\' ']}"},
	    {"{'a':'\\\\' , 'b':1.0}", "{'a':'\\\\','b':1.0}"},
	    {"{'\\u0020' : ''}", "{'\\u0020':''}"},
	};
	char out[256];
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		const char *text = q(table[i].text);

		len = slice_compact(out, text, strlen(text));
		out[len] = '\0';
		CHECK_TEXT(out, q(table[i].wanted));
	}
}

static void
walking(void)
{
	static const struct {
		const char *text, *wanted; /* key=value; */
	} table[] = {
	    {"{}", ""},
	    {"[]", ""},
	    {"{'a':1}", "'a'=1;"},
	    {"{'a':{'b':[1,2]},'c':'x,}'}", "'a'={'b':[1,2]};'c'='x,}';"},
	    {"{'a\\'b':'c\\\\','d':[]}", "'a\\'b'='c\\\\';'d'=[];"},
	    {"[1,[2,{'a':3}],'b']", "=1;=[2,{'a':3}];='b';"},
	    {"['a','b']", "='a';='b';"},
	    {"[{},{'a':1}]", "={};={'a':1};"},
	    {"{'':null,'x':true}", "''=null;'x'=true;"},
	};
	struct slice_walk w;
	struct slice key, value;
	char out[256];
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		const char *text = q(table[i].text);

		n = 0;
		slice_walk_start(&w, (struct slice){0, strlen(text)});
		while (slice_walk_next(&w, text, &key, &value))
			n += (size_t)snprintf(out + n, sizeof out - n,
			    "%.*s=%.*s;", (int)(key.end - key.start),
			    text + key.start, (int)(value.end - value.start),
			    text + value.start);
		out[n] = '\0';
		CHECK_TEXT(out, q(table[i].wanted));
	}
}

int
main(void)
{
	RUN(whole_objects);
	RUN(broken_structure);
	RUN(nul_bytes);
	RUN(depth);
	RUN(compact_text);
	RUN(walking);
	return check_done();
}
