#include "common/file/append.h"

#include "common/file/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The directory of a file that does not exist: could the file be made? */
static int
check_dir(const char *path, struct fault *f)
{
	char *dir = dir_of(path);
	int r = faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS);

	if (r == -1)
		(void)fault_errno(f, STATUS_CONFIG, "%s", path);
	free(dir);
	return r;
}

static int
check_target(int fd, const char *path, enum file_trust trust, struct fault *f)
{
	struct stat to, out;

	if (fstat(fd, &to) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	if (S_ISCHR(to.st_mode))
		return 0;
	if (fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == to.st_dev &&
	    out.st_ino == to.st_ino)
		return fault_set(f, STATUS_CONFIG,
		    "%s: is standard output, which carries tasks", path);
	return file_check(fd, path, trust, f);
}

/*
 * Opening /dev/stderr anew would give a file another offset, so that messages
 * and lines overwrite each other; a socket cannot be opened.
 */
static int
open_stderr(int *fd, const char *path, struct fault *f)
{
	*fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return *fd == -1 ? fault_errno(f, STATUS_CONFIG, "%s", path) : 1;
}

/* Follow a symbolic link of root or of this user, as /dev/fd/N is. */
static int
open_link(const char *path, int flags, struct fault *f)
{
	struct stat link;

	if (lstat(path, &link) == 0 && link.st_uid != 0 &&
	    link.st_uid != geteuid())
		return fault_set(f, STATUS_PERMISSION,
		    "%s: a symbolic link of another user", path);
	return open(path, flags & ~O_NOFOLLOW, 0600);
}

int
append_open(int *fd, const char *path, enum file_trust trust, bool make,
    struct fault *f)
{
	/* A pipe without a reader fails at once instead of waiting for one. */
	int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
	    O_NOFOLLOW | (make ? O_CREAT : 0);
	int opened;

	if (strcmp(path, "/dev/stderr") == 0)
		return open_stderr(fd, path, f);
	opened = open(path, flags, 0600);
	if (opened == -1 && errno == ELOOP)
		opened = open_link(path, flags, f);
	if (opened == -1 && f->status != STATUS_OK)
		return -1;
	if (opened == -1 && errno == ENOENT && !make)
		return check_dir(path, f);
	if (opened == -1)
		return fault_errno(f, STATUS_CONFIG, "%s", path);
	if (check_target(opened, path, trust, f) == -1)
		goto fail;
	/* Writing waits while a pipe is full. */
	if (fcntl(opened, F_SETFL, O_APPEND) == -1) {
		(void)fault_errno(f, STATUS_CONFIG, "%s", path);
		goto fail;
	}
	*fd = opened;
	return 1;
fail:
	(void)close(opened);
	return -1;
}
