/*
 * A call in lines, for scripts and tests:
 *
 *	say ACTIVITY TEXT		an announcement
 *	ask ACTIVITY TEXT		a prompt; the answer is a line on stdin
 *	end OUTCOME [TARGET]		the end of the call
 *
 * An empty line is no input; the end of stdin is a hang-up.
 */
#include "cmd/twofa-flow/channel/channel.h"

#include "common/base/buf.h"
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

static enum heard
say(struct channel *c, const struct speech *s, struct fault *f)
{
	(void)c;
	return put("say", s->activity->name, s->text, f) == -1 ? HEARD_FAILED
							       : HEARD_NOTHING;
}

static enum heard
ask(struct channel *c, const struct speech *s, char *keys, struct fault *f)
{
	(void)c;
	if (put("ask", s->activity->name, s->text, f) == -1)
		return HEARD_FAILED;
	return channel_read_line(
	    STDIN_FILENO, keys, CHANNEL_KEYS_SIZE, s->activity->seconds, f);
}

static int
end(struct channel *c, const struct ending *e, struct fault *f)
{
	(void)c;
	return put("end", e->outcome, e->to, f);
}

const struct channel_type channel_lines = {
    .name = "lines", .say = say, .ask = ask, .end = end};
