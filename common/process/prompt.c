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
	POLL_MS = 100, /* how often a signal is looked for at the prompt */
};

static const char no_terminal[] =
    "no terminal to ask on: name the task files and give the PIN on stdin";

/* How long there is for a line; a terminal can also go away. */
struct patience {
	bool is_terminal;
	int64_t deadline_ms; /* 0: for ever */
};

static bool
has_signal(void)
{
	return signal_block_has_end() || signal_block_has_stop();
}

/* On a terminal held signals are looked for. ASK_LINE: it can be read. */
static enum prompt_result
wait_for_input(int fd, const struct patience *p)
{
	struct pollfd poll_fd = {fd, POLLIN, 0};

	while (p->is_terminal) {
		if (has_signal())
			return PROMPT_END;
		if (p->deadline_ms > 0 &&
		    clock_monotonic_ms() >= p->deadline_ms)
			return PROMPT_TIMEOUT;
		if (poll(&poll_fd, 1, POLL_MS) > 0)
			break;
	}
	return PROMPT_LINE;
}

/* ASK_LINE: a byte; ASK_END: the end of input. */
static enum prompt_result
read_byte(int fd, char *c, const struct patience *p, struct fault *f)
{
	enum prompt_result r;
	ssize_t n;

	do {
		r = wait_for_input(fd, p);
		if (r != PROMPT_LINE)
			return r;
		n = read(fd, c, 1);
	} while (n == -1 && (errno == EINTR || errno == EAGAIN));
	/* A terminal that is gone. */
	if (n == -1 && p->is_terminal && errno == EIO)
		return PROMPT_END;
	if (n == -1)
		return (enum prompt_result)fault_errno(
		    f, STATUS_IO, "reading the answer");
	return n == 1 ? PROMPT_LINE : PROMPT_END;
}

/* A byte at a time: what stands behind the line is the next reader's. */
static enum prompt_result
read_line(
    int fd, char *out, size_t size, const struct patience *p, struct fault *f)
{
	enum prompt_result r;
	size_t len = 0;
	char c;

	while ((r = read_byte(fd, &c, p, f)) == PROMPT_LINE && c != '\n') {
		if (len == size - 1)
			return (enum prompt_result)fault_set(f, STATUS_DATA,
			    "the answer is longer than %zu bytes", size - 1);
		out[len++] = c;
	}
	/* The last line has no end. */
	if (r == PROMPT_END && len > 0 && !(p->is_terminal && has_signal()))
		r = PROMPT_LINE;
	if (r != PROMPT_LINE) {
		explicit_bzero(out, size);
		return r;
	}
	if (len > 0 && out[len - 1] == '\r')
		len--;
	out[len] = '\0';
	return PROMPT_LINE;
}

/*
 * First it is hidden, then asked for: whoever sees the prompt can type. What
 * was typed ahead is not an answer to something secret.
 */
static int
show_prompt(
    const struct question *q, const struct termios *old, struct fault *f)
{
	struct termios hidden = *old;

	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if ((q->secret && tcsetattr(q->fd, TCSADRAIN, &hidden) == -1) ||
	    (q->fresh && tcflush(q->fd, TCIFLUSH) == -1) ||
	    write(q->fd, q->prompt, strlen(q->prompt)) == -1)
		return fault_errno(f, STATUS_IO, "/dev/tty");
	return 0;
}

/* The terminal as it was; a line that was begun is forgotten. */
static void
restore(int fd, const struct termios *old)
{
	(void)tcsetattr(fd, TCSAFLUSH, old);
	if (write(fd, "\n", 1) == -1)
		return; /* it is gone */
}

/*
 * ^C takes back what is typed, also what poll(2) has promised: a read that
 * waits would not end, because signals are held. The descriptor is ours alone.
 */
static enum prompt_result
read_typed(const struct question *q, const struct patience *p, struct fault *f)
{
	const int flags = fcntl(q->fd, F_GETFL);
	enum prompt_result r;

	if (flags == -1 || fcntl(q->fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return (enum prompt_result)fault_errno(
		    f, STATUS_IO, "/dev/tty");
	r = read_line(q->fd, q->out, q->size, p, f);
	(void)fcntl(q->fd, F_SETFL, flags);
	return r;
}

/* A signal at the prompt must not leave the terminal without echo. */
static enum prompt_result
prompt_once(const struct question *q, const struct patience *p, bool *stopped,
    struct fault *f)
{
	enum prompt_result r = PROMPT_FAILED;
	struct termios old;
	sigset_t signals;

	if (tcgetattr(q->fd, &old) == -1) {
		if (errno == EIO)
			return PROMPT_END;
		return (enum prompt_result)fault_errno(
		    f, STATUS_IO, "/dev/tty");
	}
	signal_block_start(&signals);
	if (show_prompt(q, &old, f) == 0)
		r = read_typed(q, p, f);
	else if (errno == EIO) {
		fault_clear(f);
		r = PROMPT_END;
	}
	*stopped = r == PROMPT_END && signal_block_has_stop() &&
	    !signal_block_has_end();
	if (q->secret || r != PROMPT_LINE)
		restore(q->fd, &old);
	signal_block_end(&signals);
	return r;
}

bool
prompt_has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd != -1)
		(void)close(fd);
	return fd != -1;
}

enum prompt_result
prompt_terminal(const struct question *q, struct fault *f)
{
	struct patience p = {.is_terminal = true};
	enum prompt_result r;
	bool stopped;

	if (q->seconds > 0)
		p.deadline_ms =
		    clock_monotonic_ms() + (int64_t)q->seconds * 1000;
	do {
		q->out[0] = '\0';
		stopped = false;
		r = prompt_once(q, &p, &stopped, f);
	} while (
	    stopped); /* and goes on now: nobody sees the prompt any more */
	return r;
}

int
prompt_line(char *out, size_t size, const char *prompt, bool from_stdin,
    struct fault *f)
{
	static const struct patience endless = {.is_terminal = false};
	struct question q = {.out = out,
	    .size = size,
	    .prompt = prompt,
	    .secret = true,
	    .fresh = true};
	enum prompt_result r;

	out[0] = '\0';
	if (from_stdin && isatty(STDIN_FILENO) != 1)
		return (int)read_line(STDIN_FILENO, out, size, &endless, f);
	q.fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (q.fd == -1)
		return fault_set(f, STATUS_IO, "%s", no_terminal);
	r = prompt_terminal(&q, f);
	(void)close(q.fd);
	return (int)r;
}
