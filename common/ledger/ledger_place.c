/*
 * Where the ledger is, and who else can write there.
 */
#include "common/file/file.h"
#include "common/ledger/ledger_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_DIR "/var/lib/twofa"
#define FILE_NAME "ledger.db"

int
ledger_place(
    char path[DIR_PATH_MAX], const char *given, bool make, struct fault *f)
{
	if (given != NULL) {
		if (strlen(given) >= DIR_PATH_MAX - 32)
			return fault_set(
			    f, STATUS_CONFIG, "ledger: path too long");
		(void)snprintf(path, DIR_PATH_MAX, "%s", given);
		return 0;
	}
	if (access(SYSTEM_DIR, W_OK) == 0) {
		(void)snprintf(
		    path, DIR_PATH_MAX, "%s/%s", SYSTEM_DIR, FILE_NAME);
		return 0;
	}
	if (dir_state(path, f) == -1) {
		fault_prefix(f, "no ledger: -l FILE, or -l none to do without");
		return -1;
	}
	(void)snprintf(path + strlen(path), 16, "/%s", FILE_NAME);
	return make ? dir_make_above(path, f) : 0;
}

/* A pipe will do for a key, not for a ledger. Not to be chowned: it is its
 * owner who sends and verifies. */
static int
check_file(int fd, const char *path, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fault_set(
		    f, STATUS_CONFIG, "%s: not a regular file", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return fault_set(f, STATUS_PERMISSION,
		    "%s: belongs to another user: run this as that user", path);
	return file_check(fd, path, FILE_SECRET, f);
}

/* Ours to read and write, whatever the caller's umask is. */
static void
make_file(const char *path)
{
	int fd = open(
	    path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd == -1)
		return; /* it is there, or is met again when it is opened */
	(void)fchmod(fd, 0600);
	(void)close(fd);
}

int
ledger_place_check(const char *path, bool make, struct fault *f)
{
	int r, fd;

	if (make)
		make_file(path);
	fd = open(path,
	    (make ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW |
		O_NOCTTY | O_NONBLOCK,
	    0600);
	if (fd == -1 && errno == ENOENT && !make)
		return fault_set(f, STATUS_CONFIG,
		    "%s: no ledger: twofa-sendpin makes it; or name another "
		    "with -l",
		    path);
	if (fd == -1 && errno == ELOOP)
		return fault_set(
		    f, STATUS_PERMISSION, "%s: a symbolic link", path);
	if (fd == -1)
		return fault_errno(f, STATUS_CONFIG, "%s", path);
	r = check_file(fd, path, f);
	/* SQLite is not open yet: closing drops no lock of its own. */
	(void)close(fd);
	/* Whoever can write the directory can put another ledger in its place.
	 */
	return r == 0 ? dir_check(path, f) : -1;
}
