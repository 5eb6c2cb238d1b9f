/*
 * twofa-flow run: one call to its end.
 */
#include "cmd/twofa-flow/commands.h"

#include "common/base/prog.h"
#include "cmd/twofa-flow/task_file.h"
#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow_open.h"

/* The task in the file, or a new one. */
static int
open_task(struct session *s, const char *path, struct fault *f)
{
	char id[UUID_SIZE];

	if (path != NULL
		? task_file_load(&s->task, path, f) == -1
		: uuid_draw(id, f) == -1 || task_make(&s->task, id, f) == -1)
		return -1;
	if (session_load(s, f) == 0)
		return 0;
	return fault_prefix(f, "%s", path == NULL ? "new task" : path);
}

/* Can the task be written there, before there is a call? */
static int
try_output(const struct session *s, const char *path, struct fault *f)
{
	if (path == NULL)
		return 0;
	if (s->channel.type != &channel_tty && task_file_is_stdout(path))
		return fault_set(f, STATUS_USAGE,
		    "-o %s: that is standard output, where the caller is",
		    path);
	return task_file_try(path, f);
}

/* All that can be wrong is found out before a call is accepted. */
static int
prepare(struct session *s, struct fault *f)
{
	const struct settings *settings = s->settings;
	struct channel *c = &s->channel;

	if (c->type->open != NULL && c->type->open(c, f) == -1)
		return -1;
	s->language = settings->flow.language;
	if (s->language == NULL && c->language[0] != '\0')
		s->language = c->language;
	if (workflow_open_checked(&s->workflow, settings, "call", f) == -1 ||
	    open_task(s, settings->operands[0], f) == -1 ||
	    try_output(s, settings->flow.output, f) == -1 ||
	    trace_open(&s->trace, settings->flow.trace, f) == -1)
		return -1;
	return trigger_try_all(&s->workflow, false, f);
}

int
flow_run(void *self, struct fault *f)
{
	struct session *s = self;
	const struct settings *settings = s->settings;
	const char *path = settings->flow.output;
	int r;

	if (settings->operand_count > 1)
		return fault_set(f, STATUS_USAGE,
		    "run: give one task at most; see %s --help", prog_name());
	if (s->channel.type == NULL)
		return fault_set(f, STATUS_USAGE,
		    "-F: give tty, lines or agi, not '%s'",
		    settings->flow.channel);
	channel_catch_hang_up(false);
	r = prepare(s, f);
	if (r == 0) {
		r = session_run(s, f);
		/* Also of a call that failed: nothing is lost. */
		if (path != NULL && task_file_save(&s->task, path, f) == -1)
			r = -1;
	}
	if (trace_close(&s->trace, f) == -1 || r == -1)
		return -1;
	return session_is_verified(s) ? STATUS_OK : STATUS_NO;
}
