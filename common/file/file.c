#include "common/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
file_check(int fd, const char *path, enum file_trust trust, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	/* A pipe of the shell's, /dev/fd/N, is its user's and private. */
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

static int
open_dir(const char *path, struct fault *f)
{
	char *dir = strdup(path);
	char *slash;
	int fd;

	if (dir == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	slash = strrchr(dir, '/');
	if (slash != NULL)
		slash[slash == dir ? 1 : 0] = '\0';
	fd =
	    open(slash == NULL ? "." : dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		(void)fault_errno(f, STATUS_CONFIG, "%s", dir);
	free(dir);
	return fd;
}

int
file_check_dir(const char *path, struct fault *f)
{
	struct stat st;
	int r, fd = open_dir(path, f);

	if (fd == -1)
		return -1;
	r = fstat(fd, &st) == -1 ? fault_errno(f, STATUS_IO, "%s", path) : 0;
	(void)close(fd);
	if (r == 0 && st.st_uid != 0 && st.st_uid != geteuid())
		r = fault_set(f, STATUS_PERMISSION,
		    "%s: its directory belongs to another user: run this as "
		    "that "
		    "user",
		    path);
	if (r == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		r = fault_set(f, STATUS_PERMISSION,
		    "%s: its directory is writable by others: chmod go-w that",
		    path);
	return r;
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

int
file_sync_dir(const char *path, struct fault *f)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int fd, r = -1;

	dir = slash == NULL ? strdup(".")
			    : strndup(path, (size_t)(slash - path) + 1);
	if (dir == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || fsync(fd) == -1)
		(void)fault_errno(f, STATUS_IO, "%s", dir);
	else
		r = 0;
	if (fd != -1)
		(void)close(fd);
	free(dir);
	return r;
}

int
file_make_dir(const char *path, struct fault *f)
{
	/* What cannot be made is met again when a file in it is. */
	return mkdir(path, 0700) == 0 ? file_sync_dir(path, f) : 0;
}

bool
file_is_same(int a, int b)
{
	struct stat one, other;

	return a != -1 && b != -1 && fstat(a, &one) == 0 &&
	    fstat(b, &other) == 0 && S_ISREG(one.st_mode) &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}
