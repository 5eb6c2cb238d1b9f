#include "common/io/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

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

static int
read_hidden(int fd, char *out, size_t size, const char *prompt, struct fault *f)
{
	struct termios old, hidden;
	int r;

	if (tcgetattr(fd, &old) == -1)
		return fault_errno(f, STATUS_IO, "/dev/tty");
	hidden = old;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if (write(fd, prompt, strlen(prompt)) == -1 ||
	    tcsetattr(fd, TCSAFLUSH, &hidden) == -1)
		return fault_errno(f, STATUS_IO, "/dev/tty");
	r = read_line(fd, out, size, f);
	(void)tcsetattr(fd, TCSAFLUSH, &old);
	if (write(fd, "\n", 1) == -1 && r != -1)
		return fault_errno(f, STATUS_IO, "/dev/tty");
	return r;
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
		return fault_set(f, STATUS_USAGE,
		    "no terminal to ask on: name the task files and give the "
		    "PIN on stdin");
	r = read_hidden(fd, out, size, prompt, f);
	(void)close(fd);
	return r;
}
