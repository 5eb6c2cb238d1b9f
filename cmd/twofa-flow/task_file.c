#include "cmd/twofa-flow/task_file.h"

#include "common/file/edit.h"
#include "common/file/file.h"

#include <fcntl.h>
#include <stdbool.h>
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
		(void)fault_prefix(f, "%s", path);
	else if (r == 0 && task_parse(t, buf_text(&text), text.len, f) == -1)
		r = fault_prefix(f, "%s: not one task", path);
	(void)close(fd);
	buf_release(&text);
	return r;
}

bool
task_file_is_stdout(const char *path)
{
	struct stat st;

	return file_is_at(STDOUT_FILENO, path) && stat(path, &st) == 0 &&
	    !S_ISCHR(st.st_mode);
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

static int
replace(const char *path, const struct buf *line, struct fault *f)
{
	struct edit e = EDIT_INIT;

	if (edit_create(&e, path, STATUS_IO, f) == -1)
		return -1;
	if (file_write_all(e.new_fd, e.new_path, line->data, line->len, f) ==
	    -1) {
		edit_abort(&e);
		return -1;
	}
	return edit_commit(&e, f);
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
	struct edit e = EDIT_INIT;
	int r;

	if (task_file_is_stdout(path))
		return 0;
	r = is_file(path, f);
	if (r == 0 && access(path, W_OK) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	if (r == 1 && edit_create(&e, path, STATUS_IO, f) == -1)
		return -1;
	edit_abort(&e);
	return r == -1 ? -1 : 0;
}
