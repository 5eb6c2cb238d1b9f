#include "cmd/twofa-sendpin/sms/outbox.h"

#include "common/base/clock.h"
#include "common/file/dir.h"
#include "common/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	LOCK_STEP_MS = 10,
};

static int
check_outbox(struct outbox *o, struct fault *f)
{
	const char *path = o->address.rest;
	struct stat st;

	if (fstat(o->fd, &st) == -1)
		return fault_errno(f, STATUS_CONFIG, "%s", path);
	o->regular = S_ISREG(st.st_mode);
	if (!o->regular && !S_ISCHR(st.st_mode))
		return fault_set(f, STATUS_CONFIG, "%s: not a file", path);
	return o->regular ? file_check(o->fd, path, FILE_SECRET, f) : 0;
}

/* flags: O_CREAT, or 0 to leave a file that does not exist for later. */
static int
open_outbox(struct outbox *o, int flags, struct fault *f)
{
	const char *path = o->address.rest;

	if (path[0] == '\0')
		return fault_set(f, STATUS_CONFIG, "file: give file:OUTBOX");
	o->fd = open(path,
	    flags | O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0600);
	if (o->fd != -1) {
		if (check_outbox(o, f) == -1)
			return -1;
		/* One that is made later may have any id in it. */
		if (flags == 0 && o->regular)
			o->known = lseek(o->fd, 0, SEEK_END);
		return 0;
	}
	if (errno != ENOENT || flags != 0)
		return fault_errno(f, STATUS_CONFIG, "%s", path);
	o->regular = true;
	return 0;
}

int
outbox_open(struct outbox *o, struct fault *f)
{
	return open_outbox(o, 0, f);
}

/* Is it still the file of that name? */
static bool
is_current(const struct outbox *o)
{
	struct stat named, opened;

	return stat(o->address.rest, &named) == 0 &&
	    fstat(o->fd, &opened) == 0 && named.st_dev == opened.st_dev &&
	    named.st_ino == opened.st_ino;
}

/* Open what has the name now, or make it: its name outlives a power cut. */
static int
open_current(struct outbox *o, struct fault *f)
{
	if (o->fd != -1 && is_current(o))
		return 0;
	if (o->fd != -1) {
		o->moved = true;
		(void)close(o->fd);
		o->fd = -1;
	}
	o->known = 0;
	if (open_outbox(o, O_CREAT, f) == -1)
		return -1;
	return dir_sync(o->address.rest, f);
}

/* When the file was made; a number is used again. Not through libc, which may
 * have another clock in front of it. 0: the system does not say. */
static int64_t
birth_ns(int fd)
{
#if defined(STATX_BTIME) && defined(SYS_statx)
	struct statx st;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BTIME, &st) == 0 &&
	    (st.stx_mask & STATX_BTIME) != 0)
		return st.stx_btime.tv_sec * 1000000000 +
		    (int64_t)st.stx_btime.tv_nsec;
#else
	(void)fd;
#endif
	return 0;
}

int
outbox_identify(struct outbox *o, struct buf *out, struct fault *f)
{
	struct stat st;
	int64_t born_ns;
	char *path;
	int r;

	if (open_current(o, f) == -1)
		return -1;
	path = realpath(o->address.rest, NULL);
	if (path == NULL || fstat(o->fd, &st) == -1) {
		free(path);
		return fault_errno(f, STATUS_IO, "%s", o->address.rest);
	}
	born_ns = birth_ns(o->fd);
	o->timeless = born_ns == 0;
	o->moved = false;
	/* Not the device: its number may be another one after a restart. */
	r = buf_printf(out, f, "file:%s %ju %jd", path, (uintmax_t)st.st_ino,
	    (intmax_t)born_ns);
	free(path);
	return r;
}

int
outbox_lock(struct outbox *o, struct fault *f)
{
	int64_t deadline_ms =
	    clock_monotonic_ms() + (int64_t)o->time_allowed_ms;

	for (;;) {
		if (open_current(o, f) == -1)
			return -1;
		if (!o->regular)
			return 1;
		if (flock(o->fd, LOCK_EX | LOCK_NB) == 0) {
			if (is_current(o))
				return 1;
			continue;
		}
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fault_errno(
			    f, STATUS_IO, "%s: flock", o->address.rest);
		if (clock_monotonic_ms() >= deadline_ms)
			return 0;
		clock_sleep_until_ms(clock_monotonic_ms() + LOCK_STEP_MS);
	}
}
