#include "cmd/twofa-flow/trace.h"

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/file/append.h"
#include "common/text/json.h"

#include <unistd.h>

enum {
	LINE_MAX_LEN = 4096,
};

int
trace_open(struct trace *t, const char *path, struct fault *f)
{
	if (path == NULL)
		return 0;
	t->path = path;
	if (append_open(&t->fd, path, FILE_TRUSTED, true, f) != -1)
		return 0;
	return fault_prefix(f, "--trace");
}

static int
add_member(
    struct buf *line, const char *name, const char *value, struct fault *f)
{
	if (buf_printf(
		line, f, "%s\"%s\":", line->len == 0 ? "{" : ",", name) == -1)
		return -1;
	json_add_string(value, line);
	return buf_check(line, f);
}

static void
close_file(struct trace *t)
{
	if (t->fd != -1)
		(void)close(t->fd);
	t->fd = -1;
}

void
trace_add(
    struct trace *t, const char *task_id, const struct move *m, int64_t now_s)
{
	struct buf line = BUF_INIT(LINE_MAX_LEN);
	struct fault *f = &t->lost;
	const char *exit = NULL;
	char time[CLOCK_TEXT_SIZE];

	if (t->fd == -1)
		return;
	if (m->exit != NULL)
		exit = m->exit->key == NULL ? member_name(m->exit->kind)
					    : m->exit->key;
	clock_rfc3339(time, now_s);
	if (add_member(&line, "time", time, f) == -1 ||
	    add_member(&line, "taskId", task_id, f) == -1 ||
	    add_member(&line, "activity", m->at->name, f) == -1 ||
	    (exit != NULL && add_member(&line, "exit", exit, f) == -1) ||
	    buf_append_text(&line, "}\n", f) == -1 ||
	    file_write_all(t->fd, t->path, line.data, line.len, f) == -1)
		close_file(t); /* nothing follows a move that is missing */
	buf_release(&line);
}

int
trace_close(struct trace *t, struct fault *f)
{
	close_file(t);
	if (t->lost.status == STATUS_OK)
		return 0;
	return fault_set(f, t->lost.status, "--trace %s", t->lost.message);
}
