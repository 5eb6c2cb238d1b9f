/*
 * Every call of edit.c fails in turn: the old file stays, and nothing else.
 *
 * The test's own definitions stand in the place of the C library's and of
 * clock.c's.
 */
#include "common/file/edit.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "tests/unit/check.h"
#include "tests/unit/quote.h"
#include "tests/unit/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/syscall.h>

/* Which call fails, and how. */
static struct {
	const char *call; /* NULL: none */
	int which;	  /* the how manieth of them, from 1 */
	int error;
	int seen;
} fail;

static int64_t now_ms;

static bool
fails(const char *call)
{
	if (fail.call == NULL || strcmp(call, fail.call) != 0)
		return false;
	if (++fail.seen != fail.which)
		return false;
	errno = fail.error;
	return true;
}

int
fsync(int fd)
{
	return fails("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int
fchmod(int fd, mode_t mode)
{
	return fails("fchmod") ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int
rename(const char *from, const char *to)
{
	return fails("rename")
	    ? -1
	    : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* Of opening, what makes a file. */
int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode = 0;

	if ((flags & O_CREAT) != 0) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
		if (fails("open"))
			return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int
flock(int fd, int operation)
{
	return fails("flock") ? -1 : (int)syscall(SYS_flock, fd, operation);
}

/* Waiting takes no time here. */
int64_t
clock_monotonic_ms(void)
{
	return now_ms;
}

void
clock_sleep_until_ms(int64_t when_ms)
{
	now_ms = when_ms;
}

/* How many files there are but for t.json. */
static int
count_others(void)
{
	DIR *dir = opendir(".");
	struct dirent *e;
	int n = 0;

	if (dir == NULL)
		return -1;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.' || strlen(e->d_name) > 2)
			n += strcmp(e->d_name, "t.json") != 0;
	(void)closedir(dir);
	return n;
}

/* The edit of a file, as a caller does it. */
static int
edit(const char *path, struct fault *f)
{
	struct edit e = EDIT_INIT;

	fault_clear(f);
	if (edit_begin(&e, path, f) == -1)
		return -1;
	CHECK(write(e.new_fd, "new", 3) == 3);
	return edit_commit(&e, f);
}

static void
begin(void)
{
	memset(&fail, 0, sizeof fail);
	scratch_write("t.json", "old", 3, 0640);
}

static void
it_works(void)
{
	struct stat before, after;
	struct fault f;

	begin();
	CHECK(stat("t.json", &before) == 0);
	CHECK(edit("t.json", &f) == 0);
	CHECK_TEXT(scratch_read("t.json"), "new");
	CHECK(stat("t.json", &after) == 0);
	CHECK(after.st_mode == before.st_mode);
	CHECK(after.st_uid == before.st_uid && after.st_gid == before.st_gid);
	CHECK(after.st_ino != before.st_ino);
	CHECK(count_others() == 0);
	begin();
	CHECK(edit("./t.json", &f) == 0);
	CHECK_TEXT(scratch_read("t.json"), "new");
}

static void
an_abort_leaves_all(void)
{
	struct edit e = EDIT_INIT;
	struct fault f = FAULT_INIT;

	begin();
	CHECK(edit_begin(&e, "t.json", &f) == 0);
	CHECK(write(e.new_fd, "new", 3) == 3);
	CHECK(count_others() == 1);
	edit_abort(&e);
	CHECK(e.old_fd == -1 && e.new_fd == -1);
	edit_abort(&e);
	CHECK_TEXT(scratch_read("t.json"), "old");
	CHECK(count_others() == 0);
}

static void
every_call_fails(void)
{
	static const struct {
		const char *call;
		int which, error;
		const char *content; /* afterwards */
	} table[] = {
	    {"flock", 1, ENOLCK, "old"},
	    {"open", 1, ENOSPC, "old"},
	    {"open", 1, EACCES, "old"},
	    {"fchmod", 1, EIO, "old"},
	    {"fsync", 1, EIO, "old"},
	    {"fsync", 1, ENOSPC, "old"},
	    {"rename", 1, EIO, "old"},
	    {"rename", 1, EROFS, "old"},
	    /* The directory's: it is in place, but perhaps not for ever. */
	    {"fsync", 2, EIO, "new"},
	};
	struct fault f;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		begin();
		fail.call = table[i].call;
		fail.which = table[i].which;
		fail.error = table[i].error;
		CHECK(edit("t.json", &f) == -1);
		CHECK(fail.seen >= fail.which);
		CHECK(f.status == STATUS_IO);
		CHECK(strstr(f.message, strerror(table[i].error)) != NULL);
		CHECK_TEXT(scratch_read("t.json"), table[i].content);
		CHECK(count_others() == 0);
		/* The lock is free again. */
		memset(&fail, 0, sizeof fail);
		CHECK(edit("t.json", &f) == 0);
		CHECK_TEXT(scratch_read("t.json"), "new");
	}
}

static void
an_interrupted_lock_goes_on(void)
{
	struct fault f;

	begin();
	fail.call = "flock";
	fail.which = 1;
	fail.error = EINTR;
	CHECK(edit("t.json", &f) == 0);
	CHECK(fail.seen == 2);
}

static void
a_lock_is_waited_for_so_long(void)
{
	struct fault f;
	int64_t start = now_ms = 1000;
	int fd;

	begin();
	fd = open("t.json", O_RDONLY);
	CHECK(syscall(SYS_flock, fd, LOCK_EX) == 0);
	CHECK(edit("t.json", &f) == -1);
	CHECK(f.status == STATUS_TEMPORARY);
	CHECK(now_ms - start >= EDIT_LOCK_WAIT_MS);
	CHECK(now_ms - start < EDIT_LOCK_WAIT_MS + 1000);
	CHECK_TEXT(scratch_read("t.json"), "old");
	CHECK(count_others() == 0);
	(void)close(fd);
	CHECK(edit("t.json", &f) == 0);
}

/* A name that somebody else prepared is not followed. */
static void
the_name_beside_is_taken(void)
{
	struct fault f;

	begin();
	scratch_write("victim", "safe", 4, 0644);
	CHECK(symlink("victim", ".t.json.twofa-new") == 0);
	CHECK(edit("t.json", &f) == 0);
	CHECK_TEXT(scratch_read("victim"), "safe");
	CHECK_TEXT(scratch_read("t.json"), "new");
	CHECK(unlink("victim") == 0);
	begin();
	CHECK(mkdir(".t.json.twofa-new", 0700) == 0);
	CHECK(edit("t.json", &f) == -1);
	CHECK_TEXT(scratch_read("t.json"), "old");
	CHECK(rmdir(".t.json.twofa-new") == 0);
}

/* What a killed run left goes with the next one. */
static void
what_was_left_goes(void)
{
	struct fault f;

	begin();
	scratch_write(".t.json.twofa-new", "half", 4, 0600);
	CHECK(edit("t.json", &f) == 0);
	CHECK_TEXT(scratch_read("t.json"), "new");
	CHECK(count_others() == 0);
}

static void
what_is_not_edited(void)
{
	static const struct {
		const char *path;
		int status;
	} table[] = {
	    {"none", STATUS_IO},
	    {"no/t.json", STATUS_IO},
	    {"link", STATUS_PERMISSION},
	    {"directory", STATUS_PERMISSION},
	    {"fifo", STATUS_PERMISSION},
	    {"/dev/null", STATUS_PERMISSION},
	    {"hard", STATUS_PERMISSION},
	    {"open", STATUS_PERMISSION},
	};
	struct fault f;
	size_t i;

	begin();
	CHECK(symlink("t.json", "link") == 0);
	CHECK(mkdir("directory", 0700) == 0);
	CHECK(mkfifo("fifo", 0600) == 0);
	scratch_write("one", "old", 3, 0600);
	CHECK(link("one", "hard") == 0);
	scratch_write("open", "old", 3, 0646);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		CHECK(edit(table[i].path, &f) == -1);
		CHECK(f.status == table[i].status);
		CHECK(strncmp(f.message, table[i].path,
			  strlen(table[i].path)) == 0);
	}
	CHECK_TEXT(scratch_read("t.json"), "old");
	CHECK_TEXT(scratch_read("one"), "old");
	CHECK_TEXT(scratch_read("open"), "old");
	CHECK(count_others() == 6);
}

int
main(void)
{
	scratch_begin();
	RUN(it_works);
	RUN(an_abort_leaves_all);
	RUN(every_call_fails);
	RUN(an_interrupted_lock_goes_on);
	RUN(a_lock_is_waited_for_so_long);
	RUN(the_name_beside_is_taken);
	RUN(what_was_left_goes);
	RUN(what_is_not_edited);
	return check_done();
}
