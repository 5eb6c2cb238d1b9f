#include "common/net/requests.h"

#include "common/base/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	LINE_MAX_LEN = 65536, /* bytes of a request */
	OUTPUT_HIGH = 65536,  /* bytes of unread answers; stdin waits */
	OUTPUT_MAX = 1 << 23, /* and those of what was open then */
	REQUESTS_MAX = 1024,  /* requests; then stdin waits */
	READ_SIZE = 16384,
	IDLE_MS = 60000,
	WATCHDOG_GRACE_MS = 2000,
};

/*
 * Ends a process that hangs. A library may block forever although it has a time
 * limit: libcurl 7.88 does when fcntl(2) fails on its socket. The
 * parent takes what a dead driver had open for unknown, so nothing is lost.
 */

/* No message and no flush: either may block again. */
static void
strike(int signal_number)
{
	(void)signal_number;
	_exit(STATUS_TEMPORARY);
}

static int
watchdog_start(struct fault *f)
{
	struct sigaction action;
	sigset_t only;

	memset(&action, 0, sizeof action);
	action.sa_handler = strike;
	(void)sigemptyset(&action.sa_mask);
	/* A parent may have left the signal blocked. */
	(void)sigemptyset(&only);
	(void)sigaddset(&only, SIGALRM);
	if (sigaction(SIGALRM, &action, NULL) == -1 ||
	    sigprocmask(SIG_UNBLOCK, &only, NULL) == -1)
		return fault_errno(f, STATUS_IO, "watchdog");
	return 0;
}

/* End the process WATCHDOG_GRACE_MS after deadline_ms; 0: never. */
static void
watchdog_set(int64_t deadline_ms)
{
	struct itimerval timer;
	int64_t wait_ms;

	memset(&timer, 0, sizeof timer);
	if (deadline_ms != 0) {
		wait_ms =
		    deadline_ms + WATCHDOG_GRACE_MS - clock_monotonic_ms();
		if (wait_ms < 1)
			wait_ms = 1;
		timer.it_value.tv_sec = (time_t)(wait_ms / 1000);
		timer.it_value.tv_usec = (suseconds_t)(wait_ms % 1000) * 1000;
	}
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

/* --- lines ------------------------------------------------------------------
 */

struct loop {
	struct requests requests;
	struct buf in, out;
	bool has_ended;	      /* nothing more will be read */
	struct fault refusal; /* why, if it was a malformed line */
};

/*
 * The next line, without its end; false: it has not come yet. The last one of
 * the stream may lack its end.
 */
static bool
next_line(const struct loop *l, size_t *len, size_t *used)
{
	const char *end;

	if (l->in.len == 0)
		return false;
	end = memchr(l->in.data, '\n', l->in.len);
	*len = end == NULL ? l->in.len : (size_t)(end - l->in.data);
	*used = *len + (end == NULL ? 0 : 1);
	return end != NULL || l->has_ended || l->in.len > LINE_MAX_LEN;
}

static bool
may_take(const struct loop *l)
{
	return l->requests.open < REQUESTS_MAX && l->out.len < OUTPUT_HIGH;
}

/* Nothing is read behind a malformed line. */
static void
take_lines(struct loop *l)
{
	struct fault *f = &l->refusal;
	size_t len, used;
	int r;

	while (may_take(l) && next_line(l, &len, &used)) {
		r = len <= LINE_MAX_LEN
		    ? requests_take(&l->requests, l->in.data, len, f)
		    : fault_set(f, STATUS_DATA,
			  "a request is longer than %d bytes", LINE_MAX_LEN);
		if (r == -1) {
			l->has_ended = true;
			used = l->in.len;
		}
		buf_consume(&l->in, used);
	}
}

static int
read_some(struct loop *l, struct fault *f)
{
	ssize_t n;

	if (buf_reserve(&l->in, READ_SIZE, f) == -1)
		return -1;
	n = read(STDIN_FILENO, l->in.data + l->in.len, READ_SIZE);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1)
		return fault_errno(f, STATUS_IO, "standard input");
	if (n == 0)
		l->has_ended = true;
	l->in.len += (size_t)n;
	l->in.data[l->in.len] = '\0';
	return 0;
}

/* A pipe that polls as writable takes PIPE_BUF bytes without blocking. */
static int
write_some(struct loop *l, struct fault *f)
{
	size_t len = l->out.len < PIPE_BUF ? l->out.len : PIPE_BUF;
	ssize_t n = write(STDOUT_FILENO, l->out.data, len);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1)
		return fault_errno(f, STATUS_IO, "standard output");
	buf_consume(&l->out, (size_t)n);
	return 0;
}

static int
wait_ms(int64_t due_ms)
{
	int64_t left;

	if (due_ms == INT64_MAX)
		return IDLE_MS;
	left = due_ms - clock_monotonic_ms();
	return left < 0 ? 0 : left < IDLE_MS ? (int)left : IDLE_MS;
}

static int
wait_and_move(struct loop *l, int64_t due_ms, struct fault *f)
{
	struct pollfd fds[2], *in = NULL, *out = NULL;
	unsigned n = 0;

	/* While a line waits in the buffer nothing is read. */
	if (!l->has_ended && may_take(l)) {
		in = &fds[n++];
		*in = (struct pollfd){STDIN_FILENO, POLLIN, 0};
	}
	if (l->out.len > 0) {
		out = &fds[n++];
		*out = (struct pollfd){STDOUT_FILENO, POLLOUT, 0};
	}
	if (http_wait(l->requests.http, fds, n, wait_ms(due_ms), f) == -1)
		return -1;
	if (out != NULL && out->revents != 0 && write_some(l, f) == -1)
		return -1;
	if (in != NULL && in->revents != 0 && read_some(l, f) == -1)
		return -1;
	return 0;
}

static int
run(struct loop *l, struct fault *f)
{
	int64_t due_ms, deadline_ms;

	for (;;) {
		take_lines(l);
		requests_times(&l->requests, &due_ms, &deadline_ms);
		watchdog_set(deadline_ms);
		if (requests_work(&l->requests, &l->out, f) == -1)
			return -1;
		if (l->has_ended && l->requests.open == 0 && l->in.len == 0 &&
		    l->out.len == 0)
			return 0;
		requests_times(&l->requests, &due_ms, &deadline_ms);
		if (wait_and_move(l, due_ms, f) == -1)
			return -1;
	}
}

int
serve(const struct request_type *type, void *driver, struct http *http,
    struct fault *f)
{
	struct loop l = {.in = BUF_INIT(LINE_MAX_LEN + 1 + READ_SIZE),
	    .out = BUF_INIT(OUTPUT_MAX),
	    .refusal = FAULT_INIT};
	int r = -1;

	requests_init(&l.requests, type, driver, http);
	if (watchdog_start(f) == 0 &&
	    buf_printf(&l.out, f, "%s\n", type->hello) == 0)
		r = run(&l, f);
	/* Closing what is left may hang as well. */
	watchdog_set(clock_monotonic_ms());
	if (r == 0 && l.refusal.status != STATUS_OK)
		r = fault_set(f, l.refusal.status, "%s", l.refusal.message);
	http_free(http);
	requests_release(&l.requests);
	buf_release(&l.in);
	buf_release(&l.out);
	return r;
}
