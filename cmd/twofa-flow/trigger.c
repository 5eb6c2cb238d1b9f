#include "cmd/twofa-flow/trigger.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "cmd/twofa-flow/trigger_child.h"
#include "common/file/dir.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

enum {
	TRY_MS = 10000,
	DEFAULT_WAIT_S = 30, /* of a trigger that no wait follows */
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

/* Parse the text in place of the task; false: it is not that task. */
static bool
replace_task(struct task *task, const struct buf *text)
{
	struct task got = TASK_INIT;
	struct fault f = FAULT_INIT;
	bool is_same;

	is_same = text->len > 0 &&
	    task_parse(&got, text->data, text->len, &f) == 0 &&
	    strcmp(task_id(&got), task_id(task)) == 0;
	if (is_same) {
		task_release(task);
		*task = got;
	} else {
		task_release(&got);
	}
	return is_same;
}

/* The exit status, or TRIGGER_LATE. */
static int
run_program(struct session *s, const struct trigger *t, unsigned seconds)
{
	int64_t deadline_ms = clock_monotonic_ms() + (int64_t)seconds * 1000;
	struct buf input = BUF_INIT(TASK_MAX_WRITTEN);
	struct buf output = BUF_INIT(TASK_MAX_WRITTEN);
	struct command command = {.path = ""};
	struct fault f = FAULT_INIT;
	int status = -1;

	if (command_make(&command, t, s->settings->ref, &f) == 0 &&
	    task_write(&s->task, &input, &f) == 0 &&
	    buf_append_char(&input, '\n', &f) == 0)
		status = trigger_child_run(command.kind, command.argv, &input,
		    &output, deadline_ms, &f);
	/* A trigger that fails does not end the call. */
	if (status == -1)
		status = prog_fail(&f);
	else if (status != TRIGGER_LATE && !replace_task(&s->task, &output) &&
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

/* The wait that comes next, perhaps after announcements, or NULL. */
static const struct activity *
next_wait(const struct session *s)
{
	const struct workflow *w = &s->workflow;
	const struct activity *a = &w->activities[s->at.activity];
	const struct workflow_exit *next;
	size_t i;

	for (i = 0; i < w->activity_count && a->type->says; i++) {
		next = activity_exit(a, EXIT_NEXT, NULL);
		if (next == NULL || next->to == -1)
			break;
		a = &w->activities[next->to];
	}
	return a->type->waits ? a : NULL;
}

/* What a program that failed wrote is no answer. */
static void
take_answers_back(struct session *s, const struct trigger *t)
{
	const struct workflow *w = &s->workflow;
	const struct activity *a;

	for (a = w->activities; a < w->activities + w->activity_count; a++)
		if (a->type->waits && trigger_sets(t, a->parameter))
			task_remove(&s->task, a->parameter);
}

static bool
is_ok(const struct task *t)
{
	return task_has(t, NAME_VALIDATION_CHECK, VALUE_OK);
}

static void
run_trigger(struct session *s, const struct trigger *t)
{
	const struct activity *wait = next_wait(s);
	unsigned seconds =
	    wait != NULL && wait->seconds > 0 ? wait->seconds : DEFAULT_WAIT_S;
	int status = run_program(s, t, seconds);

	s->answered = status != TRIGGER_LATE;
	if (trigger_verifies(t)) {
		s->verified = status == STATUS_OK;
		/* It may have judged: the same digits are the same question. */
		s->has_entry = status >= STATUS_USAGE;
	}
	s->verified = s->verified && is_ok(&s->task);
	/* Nor is OK an answer of a verifier whose status says otherwise. */
	if (status >= STATUS_USAGE ||
	    (trigger_verifies(t) && is_ok(&s->task) && !s->verified))
		take_answers_back(s, t);
}

/* What was removed is still in the memory of the task: replace it. */
static void
forget_removed(struct task *t)
{
	struct buf text = BUF_INIT(TASK_MAX_WRITTEN);
	struct fault f = FAULT_INIT;

	if (task_write(t, &text, &f) == 0)
		(void)replace_task(t, &text);
	buf_release(&text);
}

void
trigger_answer(struct session *s)
{
	const char *name = task_event_name(&s->task);
	const struct trigger *t =
	    name == NULL ? NULL : workflow_trigger(&s->workflow, name);
	bool had_pin;

	if (t != NULL)
		run_trigger(s, t);
	/* Also when the trigger failed: the PIN is asked for again. */
	had_pin = task_get(&s->task, NAME_PIN) != NULL;
	task_remove(&s->task, NAME_PIN);
	task_make_state(&s->task);
	if (had_pin)
		forget_removed(&s->task);
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
	if (status == -1)
		return fault_prefix(f, "the trigger of %s", t->parameter);
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
