#include "cmd/twofa-flow/trigger.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "common/file/dir.h"

#include <stdio.h>
#include <string.h>

enum {
	TRY_MS = 10000,
	MAX_WORDS = WORKFLOW_MAX_ARGS + 4,
};

static const char *const own_programs[] = {
    "twofa-lookup", "twofa-sendpin", "twofa-verify"};

struct command {
	enum child_kind kind;
	char path[DIR_PATH_MAX + 256];
	char *argv[MAX_WORDS];
};

static bool
is_own(const struct trigger *t)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(own_programs); i++)
		if (trigger_runs(t, own_programs[i]))
			return true;
	return false;
}

/* Where the program is. */
static int
find_program(char *out, size_t size, const char *name, struct fault *f)
{
	size_t len = 0;
	int n;

	if (strchr(name, '/') == NULL) {
		if (!dir_own(out, DIR_PATH_MAX, 0))
			return fault_set(f, STATUS_CONFIG,
			    "%s: cannot be found: give its path", name);
		len = strlen(out);
		out[len++] = '/';
	}
	n = snprintf(out + len, size - len, "%s", name);
	return n < 0 || (size_t)n >= size - len
	    ? fault_set(f, STATUS_CONFIG, "%.60s...: too long a path", name)
	    : 0;
}

/* For execve(2), which does not change its arguments. */
static char *
word(const char *text)
{
	return (char *)(uintptr_t)text;
}

static int
command_make(struct command *c, const struct trigger *t, const char *ref,
    struct fault *f)
{
	size_t n = 0;

	if (find_program(c->path, sizeof c->path, t->argv[0], f) == -1)
		return -1;
	c->kind = is_own(t) ? CHILD_FILTER : CHILD_TRIGGER;
	c->argv[n++] = c->path;
	if (ref != NULL && is_own(t)) {
		c->argv[n++] = word("--ref");
		c->argv[n++] = word(ref);
	}
	memcpy(&c->argv[n], &t->argv[1], t->argc * sizeof c->argv[0]);
	return 0;
}

/* Take the output for the task; false: it is not that task. */
static bool
take_task(struct task *task, const struct buf *output)
{
	struct task got = TASK_INIT;
	struct fault f = FAULT_INIT;
	bool is_same;

	is_same = output->len > 0 &&
	    task_parse(&got, output->data, output->len, &f) == 0 &&
	    strcmp(task_id(&got), task_id(task)) == 0;
	if (is_same) {
		task_release(task);
		*task = got;
	} else {
		task_release(&got);
	}
	return is_same;
}

int
trigger_run(const struct trigger *t, struct task *task, const char *ref,
    int64_t deadline_ms)
{
	struct buf input = BUF_INIT(TASK_MAX_WRITTEN);
	struct buf output = BUF_INIT(TASK_MAX_WRITTEN);
	struct command command = {.path = ""};
	struct fault f = FAULT_INIT;
	int status = -1;

	if (command_make(&command, t, ref, &f) == 0 &&
	    task_write(task, &input, &f) == 0 &&
	    buf_append_char(&input, '\n', &f) == 0)
		status = trigger_child_run(command.kind, command.argv, &input,
		    &output, deadline_ms, &f);
	/* A trigger that fails does not end the call. */
	if (status == -1)
		status = prog_fail(&f);
	else if (status != TRIGGER_LATE && !take_task(task, &output) &&
	    status < STATUS_USAGE) {
		prog_message(PROG_ERROR,
		    "%s: its output is not the task: it is not used",
		    command.path);
		status = STATUS_DATA;
	}
	buf_release(&input);
	buf_release(&output);
	return status;
}

/* After its own words; our programs must not print their settings. */
static void
add_dry_run(struct command *c, const struct trigger *t)
{
	size_t n = t->argc;

	if (is_own(t))
		c->argv[n++] = word("-q");
	c->argv[n++] = word("--dry-run");
	c->argv[n] = NULL;
}

/* A program that is not ours may not know --dry-run, and say so by 64. */
static bool
is_wrong_setting(const struct trigger *t, int status)
{
	return status == STATUS_PERMISSION || status == STATUS_CONFIG ||
	    (status == STATUS_USAGE && is_own(t));
}

static int
try_one(const struct trigger *t, bool dry, struct fault *f)
{
	struct buf nothing = BUF_INIT(1), output = BUF_INIT(TASK_MAX_WRITTEN);
	struct command command = {.path = ""};
	int status = -1;

	if (command_make(&command, t, NULL, f) == 0) {
		if (dry)
			add_dry_run(&command, t);
		status = trigger_child_run(command.kind, command.argv, &nothing,
		    &output, clock_monotonic_ms() + TRY_MS, f);
	}
	buf_release(&output);
	if (status == -1) {
		fault_prefix(f, "the trigger of %s", t->parameter);
		return -1;
	}
	if (is_wrong_setting(t, status))
		return fault_set(f, status,
		    "not accepting calls: the trigger of %s cannot work: see "
		    "above",
		    t->parameter);
	return 0;
}

int
trigger_try_all(const struct workflow *w, bool dry, struct fault *f)
{
	size_t i;

	/* It makes the key and the ledger: nothing is verified without them. */
	for (i = 0; i < w->trigger_count && !dry; i++)
		if (trigger_runs(&w->triggers[i], "twofa-sendpin") &&
		    try_one(&w->triggers[i], false, f) == -1)
			return -1;
	for (i = 0; i < w->trigger_count; i++)
		if (try_one(&w->triggers[i], true, f) == -1)
			return -1;
	return 0;
}
