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

static void
add_member(struct buf *line, const char *name, const char *value)
{
	buf_add_text(line, line->len == 0 ? "{\"" : ",\"");
	buf_add_text(line, name);
	buf_add_text(line, "\":");
	json_add_string(value, line);
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
	char time[CLOCK_TEXT_SIZE];

	if (t->fd == -1)
		return;
	clock_rfc3339(time, now_s);
	add_member(&line, "time", time);
	add_member(&line, "taskId", task_id);
	add_member(&line, "activity", m->at->name);
	if (m->exit != NULL)
		add_member(&line, "exit",
		    m->exit->key == NULL ? member_name(m->exit->kind)
					 : m->exit->key);
	buf_add_text(&line, "}\n");
	if (buf_check(&line, f) == -1 ||
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
