#include "cmd/twofa-flow/channel/channel.h"

#include "common/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
	POLL_MS = 200, /* how often a hang-up is looked for */
};

static volatile sig_atomic_t hung_up;

const struct channel_type *
channel_find(const char *name)
{
	static const struct channel_type *const types[] = {
	    &channel_tty, &channel_lines, &channel_agi};
	size_t i;

	for (i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i]->name, name) == 0)
			return types[i];
	return NULL;
}

void
channel_close(struct channel *c)
{
	if (c->terminal != -1)
		(void)close(c->terminal);
	c->terminal = -1;
}

static void
note_hang_up(int number)
{
	(void)number;
	hung_up = 1;
}

void
channel_catch_hang_up(bool agent)
{
	/* Without SA_RESTART: a blocked read returns. */
	struct sigaction action = {.sa_handler = note_hang_up};

	(void)sigaction(SIGHUP, &action, NULL);
	if (!agent)
		return;
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

void
channel_hang_up(void)
{
	hung_up = 1;
}

bool
channel_hung_up(void)
{
	return hung_up != 0;
}

/* HEARD_KEYS: fd can be read. */
static enum heard
wait_for(int fd, int64_t deadline_ms)
{
	struct pollfd p = {fd, POLLIN, 0};
	int64_t left_ms;

	for (;;) {
		if (channel_hung_up())
			return HEARD_HANG_UP;
		left_ms = deadline_ms == 0 ? POLL_MS
					   : deadline_ms - clock_monotonic_ms();
		if (left_ms <= 0)
			return HEARD_NOTHING;
		if (poll(&p, 1, left_ms > POLL_MS ? POLL_MS : (int)left_ms) > 0)
			return HEARD_KEYS;
	}
}

static enum heard
read_byte(int fd, char *c, int64_t deadline_ms, struct fault *f)
{
	enum heard heard;
	ssize_t n;

	do {
		heard = wait_for(fd, deadline_ms);
		if (heard != HEARD_KEYS)
			return heard;
		n = read(fd, c, 1);
	} while (n == -1 && (errno == EINTR || errno == EAGAIN));
	if (n == -1 && errno != EIO)
		return (enum heard)fault_errno(
		    f, STATUS_IO, "reading from the caller");
	/* EIO: the terminal is gone. */
	return n == 1 ? HEARD_KEYS : HEARD_HANG_UP;
}

enum heard
channel_read_line(
    int fd, char *out, size_t size, unsigned seconds, struct fault *f)
{
	int64_t deadline_ms =
	    seconds > 0 ? clock_monotonic_ms() + (int64_t)seconds * 1000 : 0;
	enum heard heard;
	size_t len = 0;
	char c;

	while ((heard = read_byte(fd, &c, deadline_ms, f)) == HEARD_KEYS &&
	    c != '\n') {
		if (len < size - 1 && c != '\0')
			out[len++] = c;
		else
			len = size; /* too long, whatever follows */
	}
	if (heard != HEARD_KEYS)
		len = 0;
	if (len > 0 && len < size && out[len - 1] == '\r')
		len--;
	if (len < size)
		explicit_bzero(out + len, size - len);
	else
		(void)channel_invalid_keys(out);
	return heard;
}

enum heard
channel_invalid_keys(char *keys)
{
	keys[0] = '?';
	keys[1] = '\0';
	return HEARD_KEYS;
}
