#include "common/file/edit.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/base/prog.h"
#include "common/file/dir.h"
#include "common/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
	/* 0 names: it has just been replaced, which open_locked() notices. */
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

/* The path may have come to name another file while this one was locked. */
static int
open_locked(const char *path, struct fault *f)
{
	int64_t deadline_ms = clock_monotonic_ms() + EDIT_LOCK_WAIT_MS;
	int fd, got;

	for (;;) {
		fd = open_old(path, f);
		if (fd == -1)
			return -1;
		got = file_lock(fd, deadline_ms);
		if (got == 1 && file_is_at(fd, path))
			return fd;
		if (got == 0)
			(void)fault_set(f, STATUS_TEMPORARY,
			    "%s: another program is editing it: try again",
			    path);
		else if (got == -1)
			(void)fault_errno(f, STATUS_IO, "%s: flock", path);
		(void)close(fd);
		if (got != 1)
			return -1;
	}
}

/* Was the new file opened? */
static int
opened(struct edit *e, int status, struct fault *f)
{
	if (e->new_fd != -1) {
		prog_remove_on_signal(e->new_path);
		return 0;
	}
	(void)fault_errno(f, status, "%s: cannot write beside it", e->path);
	free(e->new_path);
	e->new_path = NULL;
	return -1;
}

/*
 * The name is always the same, so that the next run removes what a killed one
 * left. No other program is writing it: the old file is locked.
 */
static int
open_new(struct edit *e, struct fault *f)
{
	const char *slash = strrchr(e->path, '/');
	int dir_len = slash == NULL ? 0 : (int)(slash - e->path) + 1;
	struct stat st;

	if (asprintf(&e->new_path, "%.*s.%s.twofa-new", dir_len, e->path,
		e->path + dir_len) == -1)
		memory_exhausted();
	(void)unlink(e->new_path);
	e->new_fd = open(e->new_path,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (opened(e, STATUS_IO, f) == -1)
		return -1;
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
edit_create(struct edit *e, const char *path, int status, struct fault *f)
{
	e->path = path;
	if (asprintf(&e->new_path, "%s.twofa-new.XXXXXX", path) == -1)
		memory_exhausted();
	e->new_fd = mkostemp(e->new_path, O_CLOEXEC);
	return opened(e, status, f);
}

/* Make the new file durable under its name. 0: the name is another file's. */
static int
put_in_place(struct edit *e, bool replaces, struct fault *f)
{
	int fd = e->new_fd;
	int r = 1;

	if (fsync(fd) == -1)
		return fault_errno(f, STATUS_IO, "%s", e->new_path);
	e->new_fd = -1;
	if (close(fd) == -1)
		return fault_errno(f, STATUS_IO, "%s", e->new_path);
	if ((replaces ? rename(e->new_path, e->path)
		      : link(e->new_path, e->path)) == -1) {
		if (replaces || errno != EEXIST)
			return fault_errno(f, STATUS_IO, "%s", e->path);
		r = 0;
	}
	if (replaces) {
		prog_remove_on_signal(NULL);
		free(e->new_path);
		e->new_path = NULL;
	}
	return dir_sync(e->path, f) == -1 ? -1 : r;
}

int
edit_commit(struct edit *e, struct fault *f)
{
	int r = put_in_place(e, true, f);

	edit_abort(e);
	return r == -1 ? -1 : 0;
}

int
edit_commit_first(struct edit *e, struct fault *f)
{
	int r = put_in_place(e, false, f);

	edit_abort(e);
	return r;
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
