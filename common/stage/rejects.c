#include "common/stage/rejects.h"

#include "common/io/file.h"

#include <fcntl.h>
#include <unistd.h>

int
rejects_add(struct rejects *r, const char *text, size_t len, int begins,
    struct fault *f)
{
	if (r->path == NULL || len == 0)
		return 0;
	if (r->fd == -1)
		r->fd = open(r->path,
		    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (r->fd == -1)
		return fault_errno(f, STATUS_IO, "%s", r->path);
	if (begins && r->last != '\n' &&
	    file_write_all(r->fd, r->path, "\n", 1, f) == -1)
		return -1;
	r->last = text[len - 1];
	return file_write_all(r->fd, r->path, text, len, f);
}

int
rejects_close(struct rejects *r, struct fault *f)
{
	int status = 0;

	if (r->fd == -1)
		return 0;
	if (r->last != '\n')
		status = file_write_all(r->fd, r->path, "\n", 1, f);
	if (close(r->fd) == -1 && status == 0)
		status = fault_errno(f, STATUS_IO, "%s", r->path);
	r->fd = -1;
	return status;
}
