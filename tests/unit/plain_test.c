#include "common/base/buf.h"
#include "common/base/plain.h"
#include "tests/unit/check.h"

static const struct {
	const char *in, *wanted;
} texts[] = {
    {"", ""},
    {"a ~", "a ~"},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    /* One '?' for a character, one for each byte that is of none. */
    {"a\nb\x1b[2J\x7f", "a?b?[2J?"},
    {"\xc2\x9b"
     "2J",
	"?2J"},
    {"\xe2\x80\xa8-\xe2\x80\xae-\xe2\x81\xa9-\xef\xbb\xbf", "?-?-?-?"},
    {"\xf3\xa0\x80\xa0\xef\xbf\xbe", "??"},
    {"\xff\xe2\x82z\xed\xa0\x80", "???z???"},
    {"\xf0\x9f\x98", "???"},
};

static void
makes_plain(void)
{
	struct buf out = BUF_INIT(64);
	struct fault f = FAULT_INIT;
	char text[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++) {
		(void)snprintf(text, sizeof text, "%s", texts[i].in);
		plain_make(text);
		CHECK_TEXT(text, texts[i].wanted);
		plain_make(text);
		CHECK_TEXT(text, texts[i].wanted);
		buf_clear(&out);
		CHECK(buf_append_text(&out, "", &f) == 0);
		CHECK(buf_append_plain(&out, texts[i].in, &f) == 0);
		CHECK_TEXT(buf_text(&out), texts[i].wanted);
	}
	buf_release(&out);
}

static void
keeps_its_limit(void)
{
	struct buf out = BUF_INIT(2);
	struct fault f = FAULT_INIT;

	CHECK(buf_append_plain(&out, "ab", &f) == 0);
	CHECK(buf_append_plain(&out, "\n", &f) == -1);
	CHECK(f.status == STATUS_DATA);
	buf_release(&out);
}

int
main(void)
{
	RUN(makes_plain);
	RUN(keeps_its_limit);
	return check_done();
}
