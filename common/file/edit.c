#include "common/file/edit.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "common/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LOCK_STEP_MS = 20,
};

static int
check_file(int fd, const char *path, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fault_set(f, STATUS_PERMISSION,
		    "%s: not a regular file: -i edits regular files only",
		    path);
	/* None: it was replaced just now, which open_locked() notices. */
	if (st.st_nlink > 1)
		return fault_set(f, STATUS_PERMISSION,
		    "%s: has several names (hard links): copy it first", path);
	if (st.st_uid != geteuid() && geteuid() != 0)
		return fault_set(
		    f, STATUS_PERMISSION, "%s: belongs to another user", path);
	if ((st.st_mode & S_IWOTH) != 0)
		return fault_set(f, STATUS_PERMISSION,
		    "%s: writable by others: chmod o-w it", path);
	return 0;
}

static int
open_old(const char *path, struct fault *f)
{
	int fd;

	/* Without O_NONBLOCK opening a FIFO would wait for a writer. */
	fd = open(
	    path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 && errno == ELOOP)
		return fault_set(f, STATUS_PERMISSION,
		    "%s: a symbolic link: name the file itself", path);
	if (fd == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	if (check_file(fd, path, f) == -1) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static int
lock(int fd, const char *path, int64_t deadline_ms, struct fault *f)
{
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return fault_errno(f, STATUS_IO, "%s: flock", path);
		if (clock_monotonic_ms() >= deadline_ms)
			return fault_set(f, STATUS_TEMPORARY,
			    "%s: another program is editing it: try again",
			    path);
		clock_sleep_until_ms(clock_monotonic_ms() + LOCK_STEP_MS);
	}
	return 0;
}

/* While we waited for the lock its holder put another file in its place. */
static bool
path_names(const char *path, int fd)
{
	struct stat by_path, by_fd;

	return lstat(path, &by_path) == 0 && fstat(fd, &by_fd) == 0 &&
	    by_path.st_dev == by_fd.st_dev && by_path.st_ino == by_fd.st_ino;
}

static int
open_locked(const char *path, struct fault *f)
{
	int64_t deadline_ms = clock_monotonic_ms() + EDIT_LOCK_WAIT_MS;
	int fd;

	for (;;) {
		fd = open_old(path, f);
		if (fd == -1)
			return -1;
		if (lock(fd, path, deadline_ms, f) == -1) {
			(void)close(fd);
			return -1;
		}
		if (path_names(path, fd))
			return fd;
		(void)close(fd);
	}
}

/*
 * The name is always the same, so that what a killed run left is found by the
 * next one. Nobody else can be writing it: the old file is locked.
 */
static int
open_new(struct edit *e, struct fault *f)
{
	const char *slash = strrchr(e->path, '/');
	int dir_len = slash == NULL ? 0 : (int)(slash - e->path) + 1;
	struct stat st;

	if (asprintf(&e->new_path, "%.*s.%s.twofa-new", dir_len, e->path,
		e->path + dir_len) == -1) {
		e->new_path = NULL;
		return fault_set(f, STATUS_IO, "out of memory");
	}
	(void)unlink(e->new_path);
	e->new_fd = open(e->new_path,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (e->new_fd == -1) {
		free(e->new_path);
		e->new_path = NULL;
		return fault_errno(
		    f, STATUS_IO, "%s: cannot write beside it", e->path);
	}
	prog_remove_on_signal(e->new_path);
	if (fstat(e->old_fd, &st) == -1 ||
	    (st.st_uid != geteuid() &&
		fchown(e->new_fd, st.st_uid, st.st_gid) == -1) ||
	    fchmod(e->new_fd, st.st_mode & 07777) == -1)
		return fault_errno(f, STATUS_IO, "%s", e->new_path);
	return 0;
}

int
edit_begin(struct edit *e, const char *path, struct fault *f)
{
	e->path = path;
	e->old_fd = open_locked(path, f);
	if (e->old_fd == -1)
		return -1;
	if (open_new(e, f) == -1) {
		edit_abort(e);
		return -1;
	}
	return 0;
}

int
edit_commit(struct edit *e, struct fault *f)
{
	int fd = e->new_fd;

	if (fsync(fd) == -1) {
		(void)fault_errno(f, STATUS_IO, "%s", e->new_path);
		goto fail;
	}
	e->new_fd = -1;
	if (close(fd) == -1) {
		(void)fault_errno(f, STATUS_IO, "%s", e->new_path);
		goto fail;
	}
	if (rename(e->new_path, e->path) == -1) {
		(void)fault_errno(f, STATUS_IO, "%s", e->path);
		goto fail;
	}
	prog_remove_on_signal(NULL);
	free(e->new_path);
	e->new_path = NULL;
	if (file_sync_dir(e->path, f) == -1)
		goto fail;
	edit_abort(e);
	return 0;
fail:
	edit_abort(e);
	return -1;
}

void
edit_abort(struct edit *e)
{
	if (e->new_path != NULL) {
		(void)unlink(e->new_path);
		prog_remove_on_signal(NULL);
	}
	if (e->new_fd != -1)
		(void)close(e->new_fd);
	if (e->old_fd != -1)
		(void)close(e->old_fd);
	free(e->new_path);
	*e = (struct edit)EDIT_INIT;
}
