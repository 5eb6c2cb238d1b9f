#include "common/call/trigger.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "common/io/child_talk.h"
#include "common/io/own_folder.h"

#include <stdio.h>
#include <string.h>

enum {
	TRY_MS = 60000,
	END_MS = 1000, /* between its last word and its end */
	MAX_WORDS = WORKFLOW_MAX_WORDS + 3,
};

static const char *const own_programs[] = {
    "twofa-lookup", "twofa-sendpin", "twofa-verify"};

struct command {
	char path[OWN_FOLDER_MAX + 256];
	char *argv[MAX_WORDS];
};

static bool
is_own(const struct trigger *t)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(own_programs); i++)
		if (strcmp(t->words[0], own_programs[i]) == 0)
			return true;
	return false;
}

/* ref is not changed, whatever execve(2) says of its argument. */
static int
command_make(struct command *c, const struct trigger *t, const char *ref,
    struct fault *f)
{
	static char ref_option[] = "--ref";
	size_t n = 0, len;

	if (strchr(t->words[0], '/') != NULL) {
		(void)snprintf(c->path, sizeof c->path, "%s", t->words[0]);
	} else {
		if (!own_folder(c->path, OWN_FOLDER_MAX, 0))
			return fault_set(f, STATUS_CONFIG,
			    "%s: cannot be found: give its path", t->words[0]);
		len = strlen(c->path);
		(void)snprintf(
		    c->path + len, sizeof c->path - len, "/%s", t->words[0]);
	}
	c->argv[n++] = c->path;
	if (ref != NULL && is_own(t)) {
		c->argv[n++] = ref_option;
		c->argv[n++] = (char *)(uintptr_t)ref;
	}
	memcpy(&c->argv[n], &t->words[1], t->word_count * sizeof c->argv[0]);
	return 0;
}

/* Take what was said for the task; false: it is none of ours. */
static bool
take_task(struct task *task, const struct buf *said)
{
	struct task got = TASK_INIT;
	struct fault f = FAULT_INIT;
	bool is_same;

	is_same = said->len > 0 &&
	    task_parse(&got, said->data, said->len, &f) == 0 &&
	    strcmp(task_id(&got), task_id(task)) == 0;
	if (is_same) {
		task_release(task);
		*task = got;
	} else {
		task_release(&got);
	}
	return is_same;
}

/* Run it; the exit status, or -1. 75: it had no time. */
static int
run(const struct command *c, const struct buf *input, struct buf *said,
    int64_t deadline_ms, struct fault *f)
{
	struct child child = CHILD_INIT;
	int r, status;

	if (child_start(&child, c->argv, true, f) == -1)
		return -1;
	r = child_talk(
	    &child, buf_text(input), input->len, said, deadline_ms, f);
	if (r == 1)
		deadline_ms = clock_monotonic_ms() + END_MS;
	status = child_wait(&child, r == 1 ? deadline_ms : 0);
	if (r == 0) {
		prog_message(
		    PROG_ERROR, "%s: no answer in time: it was ended", c->path);
		return STATUS_TEMPORARY;
	}
	return r == -1 ? -1 : status;
}

/* What went wrong is the trigger's fault, not the call's. */
static int
settle(int status, struct fault *f)
{
	if (status != -1)
		return status;
	if (f->status == STATUS_IO)
		return -1;
	status = prog_fail(f);
	fault_clear(f);
	return status;
}

int
trigger_run(const struct trigger *t, struct task *task, const char *ref,
    int64_t deadline_ms, struct fault *f)
{
	struct buf input = BUF_INIT(TASK_MAX_WRITTEN);
	struct buf said = BUF_INIT(TASK_MAX_WRITTEN);
	struct command command = {.path = ""};
	int status = -1;

	if (command_make(&command, t, ref, f) == 0 &&
	    task_write(task, &input, f) == 0 &&
	    buf_append_char(&input, '\n', f) == 0)
		status = run(&command, &input, &said, deadline_ms, f);
	status = settle(status, f);
	if (status != -1 && !take_task(task, &said) && status < STATUS_USAGE) {
		prog_message(PROG_ERROR,
		    "%s: what it wrote is not the task: it is not used",
		    command.path);
		status = STATUS_DATA;
	}
	buf_release(&input);
	buf_release(&said);
	return status;
}

static int
try_one(const struct trigger *t, struct fault *f)
{
	struct buf nothing = BUF_INIT(1), said = BUF_INIT(TASK_MAX_WRITTEN);
	struct command command = {.path = ""};
	int status = -1;

	if (command_make(&command, t, NULL, f) == 0)
		status = run(&command, &nothing, &said,
		    clock_monotonic_ms() + TRY_MS, f);
	buf_release(&said);
	if (status == STATUS_USAGE || status == STATUS_PERMISSION ||
	    status == STATUS_CONFIG)
		return fault_set(f, status,
		    "no call is taken: the trigger of %s cannot work: see "
		    "above",
		    t->parameter);
	return status == -1 ? -1 : 0;
}

int
trigger_try_all(const struct workflow *w, struct fault *f)
{
	size_t i;

	for (i = 0; i < w->trigger_count; i++)
		if (try_one(&w->triggers[i], f) == -1)
			return -1;
	return 0;
}
