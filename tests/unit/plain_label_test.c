#include "common/base/plain.h"

#include "common/base/cdefs.h"
#include "tests/unit/check.h"

#define EIGHT                                                                  \
	"\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"                     \
	"12 \xf0\x9f\x98\x80"

static const struct {
	const char *text;
	bool wanted;
} cases[] = {
    {"INC-4711", true},
    {"a", true},
    {" ", true},
    {"\"\\/", true},
    {"~", true},
    {"", false},
    {"a\tb", false},
    {"a\n", false},
    {"\x1b[m", false},
    {"\x1f", false},
    {"\x7f", false},
    /* The ends of each length, and what lies outside of them. */
    {"\xc2\xa0", true},		/* U+00A0 */
    {"\xc2\x9f", false},	/* U+009F, C1 */
    {"\xc2\x80", false},	/* U+0080, C1 */
    {"\xc1\xbf", false},	/* overlong */
    {"\xc0\x80", false},	/* overlong NUL */
    {"\xdf\xbf", true},		/* U+07FF */
    {"\xe0\xa0\x80", true},	/* U+0800 */
    {"\xe0\x9f\xbf", false},	/* overlong */
    {"\xed\x9f\xbf", true},	/* U+D7FF */
    {"\xed\xa0\x80", false},	/* surrogate */
    {"\xed\xbf\xbf", false},	/* surrogate */
    {"\xee\x80\x80", true},	/* U+E000 */
    {"\xef\xbf\xbd", true},	/* U+FFFD */
    {"\xf0\x90\x80\x80", true}, /* U+10000 */
    {"\xf0\x8f\xbf\xbf", false},
    {"\xf4\x8f\xbf\xbd", true}, /* U+10FFFD */
    {"\xf4\x90\x80\x80", false},
    {"\xf5\x80\x80\x80", false},
    {"\xff", false},
    {"\x80", false},
    /* Cut off, and begun anew. */
    {"\xc3", false},
    {"\xe2\x82", false},
    {"\xf0\x9f\x98", false},
    {"\xc3z", false},
    {"\xe2\x82\xc3\xa9", false},
    /* They end a line for some readers. */
    {"\xe2\x80\xa8", false},
    {"\xe2\x80\xa9", false},
    {"\xe2\x80\xa7", true},
    /* They hide, or turn the order round. */
    {"\xe2\x80\xae", false},	 /* U+202E */
    {"\xe2\x81\xa6", false},	 /* U+2066 */
    {"\xe2\x80\x8b", false},	 /* U+200B */
    {"\xc2\xad", false},	 /* U+00AD */
    {"\xef\xbf\xbf", false},	 /* U+FFFF */
    {"\xf3\xa0\x81\x81", false}, /* U+E0041 */
    /* Characters count, not bytes. */
    {EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT, true},
    {EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT "x", false},
};

static void
labels(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		if (plain_is_label(cases[i].text) == cases[i].wanted)
			continue;
		printf("# case %zu\n", i);
		CHECK(plain_is_label(cases[i].text) == cases[i].wanted);
	}
}

int
main(void)
{
	RUN(labels);
	return check_done();
}
