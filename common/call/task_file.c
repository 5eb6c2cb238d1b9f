#include "common/call/task_file.h"

#include "common/base/prog.h"
#include "common/io/file.h"

#include <fcntl.h>
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
	if (r == 0) {
		r = task_parse(t, buf_text(&text), text.len, f);
		if (r == -1)
			fault_prefix(f, "%s: not one task", path);
	}
	(void)close(fd);
	buf_release(&text);
	return r;
}

/* Write beside it, make that durable, and put it in its place. */
static int
replace(const char *path, const struct buf *line, struct fault *f)
{
	char *beside = NULL;
	int fd = -1, r = -1;

	if (asprintf(&beside, "%s.twofa-new", path) == -1)
		return fault_set(f, STATUS_IO, "out of memory");
	(void)unlink(beside);
	fd = open(
	    beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1) {
		(void)fault_errno(f, STATUS_IO, "%s", beside);
		goto out;
	}
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
	if (r == 0)
		r = file_sync_folder(path, f);
out:
	free(beside);
	return r;
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

int
task_file_save(const struct task *t, const char *path, struct fault *f)
{
	struct buf line = BUF_INIT(TASK_MAX_WRITTEN + 1);
	struct stat st;
	int r = -1;

	if (task_write(t, &line, f) == 0 &&
	    buf_append_char(&line, '\n', f) == 0)
		r = stat(path, &st) == 0 && !S_ISREG(st.st_mode)
		    ? put(path, &line, f)
		    : replace(path, &line, f);
	buf_release(&line);
	return r;
}
