#include "common/text/json_framer.h"

#include "common/text/json.h"

#include <string.h>

enum expect {
	EXPECT_OBJECT,	     /* the opening brace of all */
	EXPECT_VALUE,	     /* after a colon, or a comma in an array */
	EXPECT_VALUE_OR_END, /* after '[' */
	EXPECT_KEY,	     /* after a comma in an object */
	EXPECT_KEY_OR_END,   /* after '{' */
	EXPECT_COLON,	     /* after a key */
	EXPECT_COMMA_OR_END, /* after a value */
};

void
framer_start(struct framer *f)
{
	memset(f, 0, sizeof *f);
	f->expect = EXPECT_OBJECT;
}

static enum framer_result
bad(struct framer *f, const char *problem)
{
	f->problem = problem;
	return FRAMER_BAD;
}

/* Inside a string; returns with pos behind its end, or at the data's end. */
static enum framer_result
scan_string(struct framer *f, const char *data, size_t len)
{
	unsigned char c;

	for (; f->pos < len; f->pos++) {
		c = (unsigned char)data[f->pos];
		if (c < 0x20)
			return bad(f,
			    c == '\n' ? "a string is not closed on its line"
				      : "control character in a string");
		if (f->in_escape) {
			f->in_escape = false;
		} else if (c == '\\') {
			f->in_escape = true;
		} else if (c == '"') {
			f->pos++;
			f->in_string = false;
			f->expect =
			    f->in_key ? EXPECT_COLON : EXPECT_COMMA_OR_END;
			return FRAMER_DONE;
		}
	}
	return FRAMER_MORE;
}

static enum framer_result
open_level(struct framer *f, bool array)
{
	if (f->depth == FRAMER_MAX_DEPTH)
		return bad(f, "nested deeper than 64 levels");
	if (array)
		f->arrays |= UINT64_C(1) << f->depth;
	else
		f->arrays &= ~(UINT64_C(1) << f->depth);
	f->depth++;
	f->expect = array ? EXPECT_VALUE_OR_END : EXPECT_KEY_OR_END;
	return FRAMER_MORE;
}

static bool
in_array(const struct framer *f)
{
	return (f->arrays >> (f->depth - 1) & 1) == 1;
}

static enum framer_result
close_level(struct framer *f, bool array)
{
	if (f->depth == 0 || in_array(f) != array ||
	    (f->expect != EXPECT_COMMA_OR_END &&
		f->expect != (array ? EXPECT_VALUE_OR_END : EXPECT_KEY_OR_END)))
		return bad(f, "closing bracket in the wrong place");
	f->depth--;
	f->expect = EXPECT_COMMA_OR_END;
	return f->depth == 0 ? FRAMER_DONE : FRAMER_MORE;
}

static bool
value_is_expected(const struct framer *f)
{
	return f->expect == EXPECT_VALUE || f->expect == EXPECT_VALUE_OR_END;
}

static bool
is_scalar_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

static enum framer_result
begin_string(struct framer *f)
{
	f->in_key = f->expect == EXPECT_KEY || f->expect == EXPECT_KEY_OR_END;
	if (!f->in_key && !value_is_expected(f))
		return bad(f, "a string in the wrong place");
	f->in_string = true;
	return FRAMER_MORE;
}

static enum framer_result
no_brace(struct framer *f, char c)
{
	const char *what = json_encoding((unsigned char)c);

	return bad(f, what == NULL ? "not JSON" : what);
}

/* One byte outside of strings and scalars. */
static enum framer_result
take_char(struct framer *f, char c)
{
	switch (c) {
	case '"':
		return begin_string(f);
	case '{':
	case '[':
		if (!value_is_expected(f) &&
		    (f->expect != EXPECT_OBJECT || c != '{'))
			return bad(f, "opening bracket in the wrong place");
		return open_level(f, c == '[');
	case '}':
	case ']':
		return close_level(f, c == ']');
	case ':':
		if (f->expect != EXPECT_COLON)
			return bad(f, "colon in the wrong place");
		f->expect = EXPECT_VALUE;
		return FRAMER_MORE;
	case ',':
		if (f->expect != EXPECT_COMMA_OR_END)
			return bad(f, "comma in the wrong place");
		f->expect = in_array(f) ? EXPECT_VALUE : EXPECT_KEY;
		return FRAMER_MORE;
	default:
		if (f->expect == EXPECT_OBJECT)
			return no_brace(f, c);
		if (!is_scalar_char(c) || !value_is_expected(f))
			return bad(f, "not JSON");
		f->in_scalar = true;
		return FRAMER_MORE;
	}
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

enum framer_result
framer_scan(struct framer *f, const char *data, size_t len)
{
	enum framer_result r;

	while (f->pos < len) {
		if (f->in_string) {
			r = scan_string(f, data, len);
			if (r != FRAMER_DONE)
				return r;
			continue;
		}
		if (f->in_scalar && is_scalar_char(data[f->pos])) {
			f->pos++;
			continue;
		}
		if (f->in_scalar)
			f->expect = EXPECT_COMMA_OR_END;
		f->in_scalar = false;
		if (!is_space(data[f->pos])) {
			r = take_char(f, data[f->pos]);
			if (r == FRAMER_BAD)
				return r;
			f->pos++;
			if (r == FRAMER_DONE)
				return r;
			continue;
		}
		f->pos++;
	}
	return FRAMER_MORE;
}
