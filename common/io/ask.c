#include "common/io/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

/* Wait for input; false: a signal came first, and is delivered afterwards. */
static bool
wait_for_input(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};

	do {
		if (signal_is_pending())
			return false;
	} while (poll(&p, 1, POLL_MS) <= 0);
	return true;
}

static int
read_hidden(int fd, char *out, size_t size, const char *prompt, struct fault *f)
{
	struct termios old, hidden;
	sigset_t signals;
	int r = 0;

	if (tcgetattr(fd, &old) == -1)
		return fault_errno(f, STATUS_IO, "/dev/tty");
	hidden = old;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	block_signals(&signals);
	if (write(fd, prompt, strlen(prompt)) == -1 ||
	    tcsetattr(fd, TCSAFLUSH, &hidden) == -1)
		r = fault_errno(f, STATUS_IO, "/dev/tty");
	else if (wait_for_input(fd))
		r = read_line(fd, out, size, f);
	(void)tcsetattr(fd, TCSAFLUSH, &old);
	if (write(fd, "\n", 1) == -1 && r != -1)
		r = fault_errno(f, STATUS_IO, "/dev/tty");
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

int
ask_line(char *out, size_t size, const char *prompt, bool from_stdin,
    struct fault *f)
{
	int fd, r;

	out[0] = '\0';
	if (from_stdin && isatty(STDIN_FILENO) != 1)
		return read_line(STDIN_FILENO, out, size, f);
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return fault_set(f, STATUS_IO,
		    "no terminal to ask on: name the task files and give the "
		    "PIN on stdin");
	r = read_hidden(fd, out, size, prompt, f);
	(void)close(fd);
	return r;
}
