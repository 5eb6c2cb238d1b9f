#include "common/io/ask.h"

#include "common/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
	POLL_MS = 100, /* how often a signal is looked for at the prompt */
};

/* A byte at a time: what stands behind the line is the next reader's. */
static int
read_line(int fd, char *out, size_t size, struct fault *f)
{
	size_t len = 0;
	ssize_t n;
	char c;

	for (;;) {
		n = read(fd, &c, 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return fault_errno(f, STATUS_IO, "reading the answer");
		if (n == 0 || c == '\n')
			break;
		if (len == size - 1)
			return fault_set(f, STATUS_DATA,
			    "the answer is longer than %zu bytes", size - 1);
		out[len++] = c;
	}
	if (len > 0 && out[len - 1] == '\r')
		len--;
	out[len] = '\0';
	return n == 0 && len == 0 ? 0 : 1;
}

/* A signal at the prompt must not leave the terminal without echo. */
static void
block_signals(sigset_t *old)
{
	static const int numbers[] = {
	    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		(void)sigaddset(&set, numbers[i]);
	(void)sigprocmask(SIG_BLOCK, &set, old);
}

static bool
signal_is_pending(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	    (sigismember(&pending, SIGINT) == 1 ||
		sigismember(&pending, SIGTERM) == 1 ||
		sigismember(&pending, SIGHUP) == 1 ||
		sigismember(&pending, SIGQUIT) == 1 ||
		sigismember(&pending, SIGTSTP) == 1);
}

/* Wait for input. ASK_END: a signal came first, and is delivered afterwards. */
static enum ask_result
wait_for_input(int fd, unsigned seconds)
{
	struct pollfd p = {fd, POLLIN, 0};
	int64_t deadline_ms = clock_monotonic_ms() + (int64_t)seconds * 1000;

	do {
		if (signal_is_pending())
			return ASK_END;
		if (seconds > 0 && clock_monotonic_ms() >= deadline_ms)
			return ASK_TIMEOUT;
	} while (poll(&p, 1, POLL_MS) <= 0);
	return ASK_LINE;
}

/* What was typed ahead is not an answer to something secret. */
static int
show_prompt(int fd, const char *prompt, bool secret, const struct termios *old,
    struct fault *f)
{
	struct termios hidden = *old;

	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if (write(fd, prompt, strlen(prompt)) == -1 ||
	    (secret && tcsetattr(fd, TCSAFLUSH, &hidden) == -1))
		return fault_errno(f, STATUS_IO, "/dev/tty");
	return 0;
}

static enum ask_result
ask_on(int fd, char *out, size_t size, const char *prompt, bool secret,
    unsigned seconds, struct fault *f)
{
	enum ask_result r = ASK_FAILED;
	struct termios old;
	sigset_t signals;

	if (tcgetattr(fd, &old) == -1)
		return (enum ask_result)fault_errno(f, STATUS_IO, "/dev/tty");
	block_signals(&signals);
	if (show_prompt(fd, prompt, secret, &old, f) == 0)
		r = wait_for_input(fd, seconds);
	if (r == ASK_LINE)
		r = (enum ask_result)read_line(fd, out, size, f);
	if (secret || r != ASK_LINE) {
		(void)tcsetattr(fd, TCSAFLUSH, &old);
		if (write(fd, "\n", 1) == -1 && r != ASK_FAILED)
			r = (enum ask_result)fault_errno(
			    f, STATUS_IO, "/dev/tty");
	}
	(void)sigprocmask(SIG_SETMASK, &signals, NULL);
	return r;
}

bool
ask_has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd != -1)
		(void)close(fd);
	return fd != -1;
}

enum ask_result
ask_terminal(char *out, size_t size, const char *prompt, bool secret,
    unsigned seconds, struct fault *f)
{
	enum ask_result r;
	int fd;

	out[0] = '\0';
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return (enum ask_result)fault_set(f, STATUS_IO,
		    "no terminal to ask on: name the task files and give the "
		    "PIN on stdin");
	r = ask_on(fd, out, size, prompt, secret, seconds, f);
	(void)close(fd);
	return r;
}

int
ask_line(char *out, size_t size, const char *prompt, bool from_stdin,
    struct fault *f)
{
	out[0] = '\0';
	if (from_stdin && isatty(STDIN_FILENO) != 1)
		return read_line(STDIN_FILENO, out, size, f);
	return (int)ask_terminal(out, size, prompt, true, 0, f);
}
