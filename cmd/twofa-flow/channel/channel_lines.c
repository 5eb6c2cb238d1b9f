/*
 * A call in lines, for scripts and expect-like tests:
 *
 *	say ACTIVITY TEXT		an announcement
 *	ask ACTIVITY TEXT		a prompt; the answer is a line on stdin
 *	end OUTCOME [TARGET]		the end of the call
 *
 * An empty line is no input; the end of stdin is a hang-up.
 */
#include "cmd/twofa-flow/channel/channel.h"

#include "common/base/buf.h"
#include "cmd/twofa-flow/channel/line.h"
#include "cmd/twofa-flow/workflow/wording.h"
#include "common/file/file.h"

#include <unistd.h>

enum {
	LINE_SIZE = WORDING_MAX + 256, /* a word and a name before it */
};

static int
put(const char *word, const char *name, const char *text, struct fault *f)
{
	struct buf line = BUF_INIT(LINE_SIZE);
	int r = -1;

	if (buf_printf(&line, f, "%s %s%s%s\n", word, name,
		text[0] == '\0' ? "" : " ", text) == 0)
		r = file_write_all(
		    STDOUT_FILENO, "standard output", line.data, line.len, f);
	buf_release(&line);
	return r;
}

static int
lines_open(void **self, const char **language, struct fault *f)
{
	(void)self;
	(void)language;
	(void)f;
	return 0;
}

static int
lines_accept(void *self, struct fault *f)
{
	(void)self;
	(void)f;
	return 0;
}

static enum heard
lines_say(void *self, const struct speech *s, struct fault *f)
{
	(void)self;
	return put("say", s->activity->name, s->text, f) == -1 ? HEARD_FAILED
							       : HEARD_NOTHING;
}

static enum heard
lines_ask(void *self, const struct speech *s, char *keys, struct fault *f)
{
	(void)self;
	if (put("ask", s->activity->name, s->text, f) == -1)
		return HEARD_FAILED;
	return line_read(
	    STDIN_FILENO, keys, CHANNEL_KEYS_SIZE, s->activity->seconds, f);
}

static int
lines_end(void *self, const struct ending *e, struct fault *f)
{
	(void)self;
	return put("end", e->outcome, e->to, f);
}

static void
lines_close(void *self)
{
	(void)self;
}

const struct face face_lines = {"lines", NULL, lines_open, lines_accept,
    lines_say, lines_ask, lines_end, lines_close};
