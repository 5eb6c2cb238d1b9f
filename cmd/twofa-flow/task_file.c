#include "cmd/twofa-flow/task_file.h"

#include "common/base/prog.h"
#include "common/file/file.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int
task_file_load(struct task *t, const char *path, struct fault *f)
{
	struct buf text = BUF_INIT(TASK_MAX_LEN);
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	r = file_read(fd, path, &text, f);
	if (r == -1 && f->status == STATUS_DATA)
		fault_prefix(f, "%s", path);
	if (r == 0) {
		r = task_parse(t, buf_text(&text), text.len, f);
		if (r == -1)
			fault_prefix(f, "%s: not one task", path);
	}
	(void)close(fd);
	buf_release(&text);
	return r;
}

bool
task_file_is_stdout(const char *path)
{
	struct stat by_path, by_fd;

	return stat(path, &by_path) == 0 && !S_ISCHR(by_path.st_mode) &&
	    fstat(STDOUT_FILENO, &by_fd) == 0 &&
	    by_path.st_dev == by_fd.st_dev && by_path.st_ino == by_fd.st_ino;
}

/* 1: a file, or none yet, 0: a pipe or a device; -1: neither. */
static int
is_file(const char *path, struct fault *f)
{
	struct stat itself, target;

	if (lstat(path, &itself) == -1)
		return 1;
	if (S_ISREG(itself.st_mode))
		return 1;
	if (stat(path, &target) == 0 && S_ISDIR(target.st_mode))
		return fault_set(f, STATUS_IO, "%s: it is a directory", path);
	if (S_ISLNK(itself.st_mode) &&
	    (stat(path, &target) == -1 || S_ISREG(target.st_mode)))
		return fault_set(f, STATUS_PERMISSION,
		    "%s: a symbolic link: name the file itself", path);
	return 0;
}

/* The file beside it, with a name that no other program has; the caller frees
 * it. -1: failed, and there is no name. */
static int
open_beside(char **name, const char *path, struct fault *f)
{
	int fd;

	if (asprintf(name, "%s.twofa-new.%ld", path, (long)getpid()) == -1) {
		*name = NULL;
		(void)fault_set(f, STATUS_IO, "out of memory");
		return -1;
	}
	(void)unlink(*name);
	fd = open(
	    *name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd != -1)
		return fd;
	free(*name);
	*name = NULL;
	(void)fault_errno(f, STATUS_IO, "%s: cannot write beside it", path);
	return -1;
}

/* Write beside it, make that durable, and put it in its place. */
static int
replace(const char *path, const struct buf *line, struct fault *f)
{
	char *beside;
	int fd = open_beside(&beside, path, f);
	int r;

	if (fd == -1)
		return -1;
	prog_remove_on_signal(beside);
	r = file_write_all(fd, beside, line->data, line->len, f);
	if (r == 0 && fsync(fd) == -1)
		r = fault_errno(f, STATUS_IO, "%s", beside);
	if (close(fd) == -1 && r == 0)
		r = fault_errno(f, STATUS_IO, "%s", beside);
	if (r == 0 && rename(beside, path) == -1)
		r = fault_errno(f, STATUS_IO, "%s", path);
	if (r == -1)
		(void)unlink(beside);
	prog_remove_on_signal(NULL);
	free(beside);
	return r == 0 ? file_sync_dir(path, f) : -1;
}

static int
put(const char *path, const struct buf *line, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	if (fd == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	r = file_write_all(fd, path, line->data, line->len, f);
	if (close(fd) == -1 && r == 0)
		r = fault_errno(f, STATUS_IO, "%s", path);
	return r;
}

static int
save(const char *path, const struct buf *line, struct fault *f)
{
	if (task_file_is_stdout(path))
		return file_write_all(
		    STDOUT_FILENO, path, line->data, line->len, f);
	switch (is_file(path, f)) {
	case 1:
		return replace(path, line, f);
	case 0:
		return put(path, line, f);
	default:
		return -1;
	}
}

int
task_file_save(const struct task *t, const char *path, struct fault *f)
{
	struct buf line = BUF_INIT(TASK_MAX_WRITTEN + 1);
	int r = -1;

	if (task_write(t, &line, f) == 0 &&
	    buf_append_char(&line, '\n', f) == 0)
		r = save(path, &line, f);
	buf_release(&line);
	return r;
}

int
task_file_try(const char *path, struct fault *f)
{
	char *beside;
	int fd, r;

	if (task_file_is_stdout(path))
		return 0;
	r = is_file(path, f);
	if (r == 0 && access(path, W_OK) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	if (r != 1)
		return r;
	fd = open_beside(&beside, path, f);
	if (fd == -1)
		return -1;
	(void)unlink(beside);
	(void)close(fd);
	free(beside);
	return 0;
}
