#include "common/file/file.h"

#include "common/base/clock.h"
#include "common/base/prog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FLUSH_SIZE = 65536, /* output is collected up to this */
	LOCK_STEP_MS = 10,  /* between two tries to lock */
};

int
file_check(int fd, const char *path, enum file_trust trust, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	/* The shell's /dev/fd/N may be a pipe. */
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return fault_set(
		    f, STATUS_CONFIG, "%s: not a regular file", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return fault_set(f, STATUS_PERMISSION,
		    "%s: belongs to another user: chown it to yourself or root",
		    path);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fault_set(f, STATUS_PERMISSION,
		    "%s: writable by others: chmod go-w it", path);
	if (trust == FILE_SECRET && (st.st_mode & S_IRWXO) != 0)
		return fault_set(f, STATUS_PERMISSION,
		    "%s: readable by everybody: chmod 600 it", path);
	return 0;
}

int
file_read(int fd, const char *path, struct buf *out, struct fault *f)
{
	char chunk[4096];
	ssize_t n;
	int r = 0;

	do {
		n = read(fd, chunk, sizeof chunk);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			r = fault_errno(f, STATUS_IO, "%s", path);
		else if (buf_append(out, chunk, (size_t)n, f) == -1)
			r = -1;
	} while (r == 0 && n != 0);
	explicit_bzero(chunk, sizeof chunk);
	return r;
}

int
file_load(
    const char *path, enum file_trust trust, struct buf *out, struct fault *f)
{
	int fd, r = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return fault_errno(f, STATUS_CONFIG, "%s", path);
	if (file_check(fd, path, trust, f) == -1)
		goto out;
	if (file_read(fd, path, out, f) == -1) {
		if (f->status == STATUS_DATA) {
			f->status = STATUS_CONFIG;
			fault_prefix(f, "%s", path);
		}
		goto out;
	}
	r = 0;
out:
	(void)close(fd);
	return r;
}

int
file_write_all(
    int fd, const char *path, const void *data, size_t len, struct fault *f)
{
	const char *p = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return fault_errno(f, STATUS_IO, "%s", path);
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

bool
file_is_same(int a, int b)
{
	struct stat one, other;

	return a != -1 && b != -1 && fstat(a, &one) == 0 &&
	    fstat(b, &other) == 0 && S_ISREG(one.st_mode) &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool
file_is_at(int fd, const char *path)
{
	struct stat by_path, by_fd;

	return stat(path, &by_path) == 0 && fstat(fd, &by_fd) == 0 &&
	    by_path.st_dev == by_fd.st_dev && by_path.st_ino == by_fd.st_ino;
}

int
file_lock(int fd, int64_t deadline_ms)
{
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return -1;
		if (clock_monotonic_ms() >= deadline_ms)
			return 0;
		clock_sleep_until_ms(clock_monotonic_ms() + LOCK_STEP_MS);
	}
	return 1;
}

void
out_open(struct out *o, int fd, const char *name)
{
	o->fd = fd;
	o->name = name;
	o->buf = (struct buf)BUF_INIT(SIZE_MAX / 4);
	o->complete = 0;
}

int
out_written(struct out *o, struct fault *f)
{
	o->complete = o->buf.len;
	return o->buf.len >= FLUSH_SIZE ? out_flush(o, f) : 0;
}

int
out_flush(struct out *o, struct fault *f)
{
	int r = file_write_all(o->fd, o->name, o->buf.data, o->buf.len, f);

	o->complete = 0;
	buf_clear(&o->buf);
	return r;
}

void
out_rescue(void *self)
{
	struct out *o = self;
	struct fault f = FAULT_INIT;

	if (file_write_all(o->fd, o->name, o->buf.data, o->complete, &f) == -1)
		(void)prog_fail(&f);
}

void
out_release(struct out *o)
{
	buf_release(&o->buf);
}
