/*
 * twofa-flow run: one call to its end.
 */
#include "cmd/twofa-flow/commands_inside.h"

#include "common/base/prog.h"
#include "cmd/twofa-flow/session.h"
#include "cmd/twofa-flow/task_file.h"
#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "common/task/names.h"
#include "common/task/uuid.h"

#include <stdlib.h>
#include <string.h>

/* The task in the file, or a new one. */
static int
open_task(struct task *t, const char *path, struct fault *f)
{
	char id[UUID_SIZE];

	if (path != NULL)
		return task_file_load(t, path, f);
	return uuid_draw(id, f) == -1 ? -1 : task_make(t, id, f);
}

static int
status_of(const struct session *p)
{
	const char *outcome = task_get(p->task, NAME_FLOW_OUTCOME);

	return p->verified && outcome != NULL &&
		strcmp(outcome, VALUE_QUEUED) == 0
	    ? STATUS_OK
	    : STATUS_NO;
}

int
flow_first(struct caller *caller, const struct options *o, struct fault *f)
{
	const char *name = option_text(o, OPTION_FACE);

	caller->face = channel_find(name == NULL ? "tty" : name);
	if (caller->face == NULL || caller->face->first == NULL)
		return 0;
	channel_notice_hang_up();
	return caller->face->first(&caller->self, f);
}

void
flow_close(const struct caller *caller)
{
	if (caller->face != NULL)
		caller->face->close(caller->self);
}

int
flow_pass_settings_on(const struct options *o, struct fault *f)
{
	const char *config = option_text(o, OPTION_CONFIG);

	if (config != NULL && setenv("TWOFA_CONF", config, 1) == -1)
		return fault_errno(f, STATUS_IO, "TWOFA_CONF");
	return 0;
}

/* Where the call will be kept, before there is one. */
static int
try_output(const struct session *p, const char *path, struct fault *f)
{
	if (path == NULL)
		return 0;
	if (p->face != &face_tty && task_file_is_stdout(path))
		return fault_set(f, STATUS_USAGE,
		    "-o %s: that is standard output, where the caller is",
		    path);
	return task_file_try(path, f);
}

/* All that can be wrong is found out before a call is taken. */
static int
prepare(struct session *p, struct workflow *w, const struct options *o,
    struct fault *f)
{
	const char *path = o->operands[0];

	p->language = option_text(o, OPTION_LANGUAGE);
	p->ref = option_text(o, OPTION_REF);
	channel_notice_hang_up();
	if (flow_pass_settings_on(o, f) == -1 ||
	    p->face->open(&p->face_self, &p->language, f) == -1 ||
	    workflow_open_checked(w, o, "call", f) == -1 ||
	    open_task(p->task, path, f) == -1)
		return -1;
	if (session_load(p, f) == -1) {
		fault_prefix(f, "%s", path == NULL ? "new task" : path);
		return -1;
	}
	if (try_output(p, option_text(o, OPTION_OUTPUT), f) == -1 ||
	    trace_open(p->trace, option_text(o, OPTION_TRACE), f) == -1)
		return -1;
	return trigger_try_all(w, false, f);
}

static int
play(struct session *p, const struct options *o, struct fault *f)
{
	const char *path = option_text(o, OPTION_OUTPUT);
	int r = session_run(p, f);

	/* Also of a call that broke off: nothing is lost. */
	if (path != NULL && task_file_save(p->task, path, f) == -1)
		r = -1;
	return r == -1 ? -1 : status_of(p);
}

int
flow_run(struct options *o, struct caller *caller, struct fault *f)
{
	struct workflow w = WORKFLOW_INIT;
	struct task task = TASK_INIT;
	struct trace trace = TRACE_INIT;
	struct session p = {.workflow = &w,
	    .task = &task,
	    .trace = &trace,
	    .face = caller->face,
	    .face_self = caller->self};
	int status = -1;

	if (o->operand_count > 1)
		return fault_set(f, STATUS_USAGE,
		    "run: give one task at most; see %s --help", prog_name());
	if (p.face == NULL)
		return fault_set(f, STATUS_USAGE,
		    "-F: give tty, lines or agi, not '%s'",
		    option_text(o, OPTION_FACE));
	if (prepare(&p, &w, o, f) == 0)
		status = play(&p, o, f);
	if (trace_close(&trace, f) == -1)
		status = -1;
	caller->self = p.face_self;
	task_release(&task);
	workflow_release(&w);
	return status;
}
