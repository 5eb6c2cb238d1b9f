#include "common/file/stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
	READ_SIZE = 65536,
};

void
stream_open(struct stream *s, int fd, const char *name)
{
	memset(s, 0, sizeof *s);
	s->fd = fd;
	s->name = name;
	s->line = 1;
	s->in.max = FRAMER_MAX_LEN + 2 * READ_SIZE;
}

void
stream_release(struct stream *s)
{
	buf_release(&s->in);
}

static unsigned long
count_lines(const char *data, size_t len)
{
	const char *p = data, *end = data + len;
	unsigned long n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

/* Move on behind what the last call returned. */
static void
consume(struct stream *s)
{
	if (s->len == 0)
		return;
	s->line += count_lines(s->text, s->len);
	s->start += s->len;
	s->text = NULL;
	s->len = 0;
}

static enum stream_result
give(struct stream *s, enum stream_result result, size_t len)
{
	s->text = s->in.data + s->start;
	s->len = len;
	return result;
}

static bool
input_is_ready(const struct stream *s)
{
	struct pollfd p = {s->fd, POLLIN, 0};

	return poll(&p, 1, 0) != 0;
}

/* 1: more bytes or the end, 0: would block, -1: failed. */
static int
read_more(struct stream *s, bool may_block, struct fault *f)
{
	ssize_t n;

	if (!may_block && !input_is_ready(s))
		return 0;
	if (s->start > 0)
		buf_consume(&s->in, s->start);
	s->start = 0;
	if (buf_reserve(&s->in, READ_SIZE, f) == -1)
		return -1;
	do
		n = read(s->fd, s->in.data + s->in.len, READ_SIZE);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return fault_errno(f, STATUS_IO, "%s", s->name);
	s->in.len += (size_t)n;
	s->ended = n == 0;
	return 1;
}

/*
 * Skip the malformed object at start: everything up to the next line that
 * begins with a brace.
 */
static enum stream_result
skip(struct stream *s, enum stream_result result)
{
	const char *data = s->in.data;
	size_t i;

	for (i = s->start; i < s->in.len; i++) {
		if (s->at_line_start && data[i] == '{') {
			s->skipping = false;
			break;
		}
		s->at_line_start = data[i] == '\n';
	}
	s->framing = false;
	return give(s, result, i - s->start);
}

static enum stream_result
malformed(struct stream *s, size_t where, const char *problem, struct fault *f)
{
	unsigned long line =
	    s->line + count_lines(s->in.data + s->start, where);

	(void)fault_set(f, STATUS_DATA, "%s:%lu: malformed task: %s", s->name,
	    line, problem);
	s->skipping = true;
	s->at_line_start = false;
	return skip(s, STREAM_MALFORMED);
}

static void
skip_blanks(struct stream *s)
{
	char c;

	for (; s->start < s->in.len; s->start++) {
		c = s->in.data[s->start];
		if (c == '\n')
			s->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

/* Look into the bytes that were read; STREAM_WAIT: too few. */
static enum stream_result
look(struct stream *s, struct fault *f)
{
	size_t len;

	if (s->skipping && s->start < s->in.len)
		return skip(s, STREAM_SKIPPED);
	if (!s->framing)
		skip_blanks(s);
	len = s->in.len - s->start;
	if (len == 0)
		return s->ended ? STREAM_END : STREAM_WAIT;
	if (!s->framing)
		framer_start(&s->framer);
	s->framing = true;
	switch (framer_scan(&s->framer, s->in.data + s->start, len)) {
	case FRAMER_BAD:
		return malformed(s, s->framer.pos, s->framer.problem, f);
	case FRAMER_MORE:
		if (s->framer.pos > FRAMER_MAX_LEN)
			break;
		if (s->ended)
			return malformed(
			    s, len, "the input ends inside of it", f);
		return STREAM_WAIT;
	case FRAMER_DONE:
		if (s->framer.pos > FRAMER_MAX_LEN)
			break;
		s->framing = false;
		return give(s, STREAM_OBJECT, s->framer.pos);
	}
	return malformed(s, 0, "longer than 1 MiB", f);
}

enum stream_result
stream_next(struct stream *s, bool may_block, struct fault *f)
{
	enum stream_result result;
	int got;

	consume(s);
	for (;;) {
		result = look(s, f);
		if (result != STREAM_WAIT)
			return result;
		got = read_more(s, may_block, f);
		if (got != 1)
			return got == 0 ? STREAM_WAIT : STREAM_FAILED;
	}
}
