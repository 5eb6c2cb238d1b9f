#include "cmd/twofa-flow/channel/line.h"

#include "common/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
	LOOK_MS = 200, /* how often a hang-up is looked for */
};

/* Can it be read? HEARD_KEYS: yes. */
static enum heard
wait_for(int fd, int64_t deadline_ms)
{
	struct pollfd p = {fd, POLLIN, 0};
	int64_t left_ms;

	for (;;) {
		if (channel_hung_up())
			return HEARD_HANG_UP;
		left_ms = deadline_ms == 0 ? LOOK_MS
					   : deadline_ms - clock_monotonic_ms();
		if (left_ms <= 0)
			return HEARD_NOTHING;
		if (poll(&p, 1, left_ms > LOOK_MS ? LOOK_MS : (int)left_ms) > 0)
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
line_read(int fd, char *out, size_t size, unsigned seconds, struct fault *f)
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
			len = size; /* and it stays so */
	}
	if (heard != HEARD_KEYS)
		len = 0;
	if (len > 0 && len < size && out[len - 1] == '\r')
		len--;
	if (len < size)
		explicit_bzero(out + len, size - len);
	else
		(void)line_no_answer(out);
	return heard;
}

enum heard
line_no_answer(char *keys)
{
	keys[0] = '?';
	keys[1] = '\0';
	return HEARD_KEYS;
}
