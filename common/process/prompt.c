#include "common/process/prompt.h"

#include "common/base/clock.h"
#include "common/process/signal_block.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
	POLL_MS = 100, /* how often a terminal's signals are checked */
};

/* How the answer is read. */
struct reading {
	int fd;
	bool is_terminal;
	int64_t deadline_ms; /* 0: none */
};

/* A terminal that was disconnected is the end of input. */
static enum prompt_result
failed(const struct reading *r, struct fault *f)
{
	if (r->is_terminal && errno == EIO)
		return PROMPT_END;
	return (enum prompt_result)fault_errno(f, STATUS_IO, "%s",
	    r->is_terminal ? "/dev/tty" : "reading the answer");
}

/* PROMPT_LINE: it can be read. */
static enum prompt_result
wait_for_input(const struct reading *r)
{
	struct pollfd poll_fd = {r->fd, POLLIN, 0};

	while (r->is_terminal) {
		if (signal_block_pending() != SIGNAL_NONE)
			return PROMPT_END;
		if (r->deadline_ms > 0 &&
		    clock_monotonic_ms() >= r->deadline_ms)
			return PROMPT_TIMEOUT;
		if (poll(&poll_fd, 1, POLL_MS) > 0)
			break;
	}
	return PROMPT_LINE;
}

/* PROMPT_LINE: a byte. */
static enum prompt_result
read_byte(const struct reading *r, char *c, struct fault *f)
{
	enum prompt_result got;
	ssize_t n;

	do {
		got = wait_for_input(r);
		if (got != PROMPT_LINE)
			return got;
		n = read(r->fd, c, 1);
	} while (n == -1 && (errno == EINTR || errno == EAGAIN));
	if (n == -1)
		return failed(r, f);
	return n == 1 ? PROMPT_LINE : PROMPT_END;
}

/* A byte at a time: what follows the line is for the next reader. */
static enum prompt_result
read_line(const struct reading *r, char *out, size_t size, struct fault *f)
{
	enum prompt_result got;
	size_t len = 0;
	char c;

	while ((got = read_byte(r, &c, f)) == PROMPT_LINE && c != '\n') {
		if (len == size - 1) {
			got = (enum prompt_result)fault_set(f, STATUS_DATA,
			    "the answer is longer than %zu bytes", size - 1);
			break;
		}
		out[len++] = c;
	}
	/* The last line may have no line end. */
	if (got == PROMPT_END && len > 0 &&
	    !(r->is_terminal && signal_block_pending() != SIGNAL_NONE))
		got = PROMPT_LINE;
	if (got != PROMPT_LINE) {
		explicit_bzero(out, size);
		return got;
	}
	if (len > 0 && out[len - 1] == '\r')
		len--;
	out[len] = '\0';
	return PROMPT_LINE;
}

/*
 * Whoever sees the prompt may type: echoing is off by then. What was typed
 * before is no answer to a secret question.
 */
static int
show_prompt(const struct question *q, const struct termios *old)
{
	struct termios hidden = *old;

	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if ((q->secret && tcsetattr(q->fd, TCSADRAIN, &hidden) == -1) ||
	    (q->fresh && tcflush(q->fd, TCIFLUSH) == -1))
		return -1;
	return write(q->fd, q->prompt, strlen(q->prompt)) == -1 ? -1 : 0;
}

/*
 * Without blocking: ^C takes back what was typed after poll(2) has announced
 * it, and the signal is blocked. No other program has this descriptor.
 */
static enum prompt_result
read_typed(const struct question *q, const struct reading *r, struct fault *f)
{
	const int flags = fcntl(q->fd, F_GETFL);
	enum prompt_result got;

	if (flags == -1 || fcntl(q->fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return failed(r, f);
	got = read_line(r, q->out, q->size, f);
	(void)fcntl(q->fd, F_SETFL, flags);
	return got;
}

/* A signal must not leave the terminal without echo. */
static enum prompt_result
prompt_once(const struct question *q, const struct reading *r, bool *stopped,
    struct fault *f)
{
	enum prompt_result got;
	struct termios old;
	sigset_t signals;

	if (tcgetattr(q->fd, &old) == -1)
		return failed(r, f);
	signal_block_start(&signals);
	got = show_prompt(q, &old) == -1 ? failed(r, f) : read_typed(q, r, f);
	*stopped = got == PROMPT_END && signal_block_pending() == SIGNAL_STOPS;
	/* A line that was begun is discarded. */
	if (q->secret || got != PROMPT_LINE) {
		(void)tcsetattr(q->fd, TCSAFLUSH, &old);
		if (write(q->fd, "\n", 1) == -1)
			*stopped = false; /* the terminal was disconnected */
	}
	signal_block_end(&signals);
	return got;
}

enum prompt_result
prompt_terminal(const struct question *q, struct fault *f)
{
	struct reading r = {.fd = q->fd, .is_terminal = true};
	enum prompt_result got;
	bool stopped;

	if (q->seconds > 0)
		r.deadline_ms =
		    clock_monotonic_ms() + (int64_t)q->seconds * 1000;
	do {
		q->out[0] = '\0';
		stopped = false;
		got = prompt_once(q, &r, &stopped, f);
	} while (stopped); /* and continued */
	return got;
}

static int
open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool
prompt_has_terminal(void)
{
	int fd = open_terminal();

	if (fd != -1)
		(void)close(fd);
	return fd != -1;
}

int
prompt_line(char *out, size_t size, const char *prompt, bool from_stdin,
    struct fault *f)
{
	const struct reading from_input = {.fd = STDIN_FILENO};
	struct question q = {.out = out,
	    .size = size,
	    .prompt = prompt,
	    .secret = true,
	    .fresh = true};
	enum prompt_result got;

	out[0] = '\0';
	if (from_stdin && isatty(STDIN_FILENO) != 1)
		return (int)read_line(&from_input, out, size, f);
	q.fd = open_terminal();
	if (q.fd == -1)
		return fault_set(f, STATUS_IO,
		    "no terminal to ask on: name the task files and give the "
		    "PIN on stdin");
	got = prompt_terminal(&q, f);
	(void)close(q.fd);
	return (int)got;
}
