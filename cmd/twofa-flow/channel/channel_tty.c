/*
 * A call on the terminal: the caller's keys are typed, and a line is done with
 * Enter. What may not be seen is not echoed.
 */
#include "cmd/twofa-flow/channel/channel.h"

#include "common/base/buf.h"
#include "cmd/twofa-flow/channel/line.h"
#include "common/process/prompt.h"
#include "common/file/file.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

enum {
	LINE_SIZE = 1 << 17,
};

/* self is the descriptor of the terminal, and 1. */
static int
descriptor(const void *self)
{
	return (int)((intptr_t)self - 1);
}

static int
tty_open(void **self, const char **language, struct fault *f)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	(void)language;
	if (fd == -1)
		return fault_set(f, STATUS_USAGE,
		    "no terminal to ask on: -F lines asks on standard output");
	*self = (void *)((intptr_t)fd + 1);
	return 0;
}

static int
tty_accept(void *self, struct fault *f)
{
	(void)self;
	(void)f;
	return 0;
}

/* A terminal that cannot be written is gone. */
static enum heard
put(const void *self, const char *text, struct fault *f)
{
	struct buf line = BUF_INIT(LINE_SIZE);
	struct fault gone = FAULT_INIT;
	enum heard heard = HEARD_FAILED;

	if (buf_printf(&line, f, "%s\n", text) == 0)
		heard = file_write_all(descriptor(self), "/dev/tty", line.data,
			    line.len, &gone) == 0
		    ? HEARD_NOTHING
		    : HEARD_HANG_UP;
	buf_release(&line);
	return heard;
}

static enum heard
tty_say(void *self, const struct speech *s, struct fault *f)
{
	return put(self, s->text, f);
}

static enum heard
tty_ask(void *self, const struct speech *s, char *keys, struct fault *f)
{
	const struct question q = {.fd = descriptor(self),
	    .out = keys,
	    .size = CHANNEL_KEYS_SIZE,
	    .prompt = "> ",
	    .secret = s->secret,
	    .fresh = s->fresh || s->secret,
	    .seconds = s->activity->seconds};
	enum heard heard = tty_say(self, s, f);

	if (heard != HEARD_NOTHING)
		return heard;
	switch (prompt_terminal(&q, f)) {
	case PROMPT_LINE:
		return HEARD_KEYS;
	case PROMPT_TIMEOUT:
		return HEARD_NOTHING;
	case PROMPT_END:
		return HEARD_HANG_UP;
	case PROMPT_FAILED:
	default:
		if (f->status != STATUS_DATA)
			return HEARD_FAILED;
		/* A line that is too long is no answer. */
		fault_clear(f);
		return line_no_answer(keys);
	}
}

static int
tty_end(void *self, const struct ending *e, struct fault *f)
{
	struct buf line = BUF_INIT(LINE_SIZE);
	int r = -1;

	if (buf_printf(&line, f, "The call is %s%s%s.", e->outcome,
		e->to[0] == '\0' ? "" : ": ", e->to) == 0)
		r = put(self, line.data, f) == HEARD_FAILED ? -1 : 0;
	buf_release(&line);
	return r;
}

static void
tty_close(void *self)
{
	if (self != NULL)
		(void)close(descriptor(self));
}

const struct face face_tty = {
    "tty", NULL, tty_open, tty_accept, tty_say, tty_ask, tty_end, tty_close};
