#include "common/process/child_talk.h"

#include "common/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum {
	READ_SIZE = 65536,
	LOOK_MS = 100, /* how often a child that says nothing is looked at */
};

/* More of the input; what it does not want is left. */
static void
feed(struct child *c, const char **input, size_t *len)
{
	ssize_t n = write(c->to, *input, *len);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n == -1)
		*len = 0;
	else {
		*input += n;
		*len -= (size_t)n;
	}
}

/* 1: something came or may come, 0: its output is closed. */
static int
hear(struct child *c, struct buf *out, struct fault *f)
{
	char *data;
	ssize_t n;
	int r = -1;

	/* A buf leaves nothing behind; a task may hold a PIN. */
	struct buf piece = BUF_INIT(READ_SIZE);

	if (buf_reserve(&piece, READ_SIZE, f) == -1)
		return -1;
	data = piece.data;
	n = read(c->from, data, READ_SIZE);
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		r = 1;
	else if (n == -1)
		(void)fault_errno(f, STATUS_IO, "reading from a program");
	else if (n == 0)
		r = 0;
	else {
		piece.len = (size_t)n;
		r = buf_append(out, data, (size_t)n, f) == -1 ? -1 : 1;
	}
	buf_release(&piece);
	return r;
}

int
child_poll(
    struct child *c, bool to_write, int64_t deadline_ms, struct pollfd fds[2])
{
	int64_t left_ms;
	bool ended;
	int ready;

	for (;;) {
		fds[0] = (struct pollfd){c->from, POLLIN, 0};
		fds[1] = (struct pollfd){to_write ? c->to : -1, POLLOUT, 0};
		left_ms = deadline_ms - clock_monotonic_ms();
		if (left_ms <= 0)
			return -1;
		/* What it said before its end is in the pipe by then. */
		ended = child_has_ended(c);
		ready = poll(fds, 2,
		    ended		    ? 0
			: left_ms < LOOK_MS ? (int)left_ms
					    : LOOK_MS);
		if (ready > 0 && (!ended || fds[0].revents != 0))
			return 1;
		if (ended)
			return 0;
	}
}

int
child_talk(struct child *c, const char *input, size_t len, struct buf *out,
    int64_t deadline_ms, struct fault *f)
{
	struct pollfd fds[2];
	int r = 1;

	while (r == 1) {
		if (len == 0)
			child_end_input(c);
		r = child_poll(c, len > 0, deadline_ms, fds);
		if (r == -1)
			return 0;
		if (r == 1 && fds[1].revents != 0)
			feed(c, &input, &len);
		if (r == 1 && fds[0].revents != 0)
			r = hear(c, out, f);
	}
	return r == 0 ? 1 : -1;
}
