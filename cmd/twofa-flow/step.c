/*
 * twofa-flow step: a filter that takes each call as far as it can go without
 * anything from outside.
 */
#include "cmd/twofa-flow/step.h"

#include "common/base/clock.h"
#include "cmd/twofa-flow/commands.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "common/filter/filter.h"
#include "common/task/assign.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

struct step {
	struct workflow workflow;
	struct arena strings;
	const char *inputs[SETTINGS_MAX_LIST]; /* of every task, in order */
	size_t input_count;
};

/* One move; 1: another one can follow, 0: not, -1 failed. */
static int
move(struct advance *a, const struct workflow *w,
    const struct parameters *parameters, int64_t now_s, struct fault *f)
{
	struct input input = {INPUT_NONE, NULL, now_s};

	if (a->taken < a->input_count)
		input = (struct input){INPUT_KEYS, a->inputs[a->taken], now_s};
	if (engine_move(w, &a->at, parameters, &input, &a->last, f) == -1)
		return -1;
	if (a->taken < a->input_count && input.kind == INPUT_NONE)
		a->taken++;
	return a->last.kind == MOVE_WENT || a->last.kind == MOVE_SAID ||
	    a->last.kind == MOVE_AGAIN;
}

int
advance_task(struct advance *a, const struct workflow *w, struct task *t,
    int64_t now_s, struct fault *f)
{
	struct parameters parameters = parameters_of_task(t);
	const struct activity *at;
	bool was_ended, moved = false;
	int r;

	a->taken = 0;
	if (position_load(&a->at, w, &parameters, now_s, f) == -1)
		return -1;
	was_ended = a->at.ended;
	do {
		r = move(a, w, &parameters, now_s, f);
		if (r == -1)
			return -1;
		moved = moved ||
		    (a->last.kind != MOVE_ASKS && a->last.kind != MOVE_WAITS);
	} while (r == 1);
	if (!moved || was_ended)
		return 0;
	at = a->last.at;
	if (a->last.kind != MOVE_RAISED)
		task_make_state(t);
	else
		task_make_event(t, at->parameter, task_get(t, at->parameter));
	position_store(&a->at, w, &parameters);
	return 0;
}

static int
step_open(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct step *s = self;
	bool reads_stdin = false;
	size_t i;

	(void)window;
	for (i = 0; i < settings->flow.inputs.count; i++) {
		s->inputs[i] = value_read(&s->strings, &reads_stdin, "-I",
		    settings->flow.inputs.texts[i], f);
		if (s->inputs[i] == NULL)
			return -1;
		s->input_count++;
	}
	if (reads_stdin && settings->operand_count == 0)
		return fault_set(f, STATUS_USAGE,
		    "-I @-: stdin cannot give what is keyed in and the tasks: "
		    "name the task files");
	return workflow_open_checked(&s->workflow, settings, "call", f);
}

static void
answer(struct item *item)
{
	const char *outcome = task_get(&item->task, NAME_FLOW_OUTCOME);

	if (outcome != NULL)
		item->answer =
		    strcmp(outcome, VALUE_QUEUED) == 0 ? ANSWER_YES : ANSWER_NO;
	else if (!task_is_changed(&item->task))
		item_pass_on(item); /* it still waits for that answer */
}

/* Write the task as it was read; why says what is wrong. */
static int
leave_alone(struct item *item, const struct buf *original,
    const struct fault *why, struct fault *f)
{
	item->status = why->status;
	(void)snprintf(item->problem, sizeof item->problem, "%s", why->message);
	return task_parse(&item->task, original->data, original->len, f);
}

/* Possible only when the position in the task is wrong. */
static bool
is_queued_unverified(
    const struct advance *a, const struct workflow *w, const struct task *t)
{
	return a->last.kind == MOVE_ENDED && !a->at.hung_up &&
	    w->activities[a->at.activity].type->verified &&
	    !task_has(t, NAME_VALIDATION_CHECK, VALUE_OK);
}

static int
advance(const struct step *s, struct item *item, struct fault *why)
{
	struct advance a = {.inputs = s->inputs, .input_count = s->input_count};

	if (advance_task(&a, &s->workflow, &item->task, clock_now_s(), why) ==
	    -1)
		return -1;
	if (is_queued_unverified(&a, &s->workflow, &item->task))
		return fault_set(why, STATUS_DATA,
		    "%s: the call is at %s, but %s is not %s",
		    NAME_FLOW_ACTIVITY,
		    s->workflow.activities[a.at.activity].name,
		    NAME_VALIDATION_CHECK, VALUE_OK);
	if (a.taken == a.input_count)
		return 0;
	return fault_set(why, STATUS_USAGE,
	    "no prompt for input %zu of %zu: the call is at %s", a.taken + 1,
	    a.input_count, s->workflow.activities[a.at.activity].name);
}

static int
step_finish(void *self, struct item *item, struct fault *f)
{
	struct step *s = self;
	struct buf original = BUF_INIT(TASK_MAX_LEN);
	struct fault why = FAULT_INIT;
	int r = -1;

	if (buf_append(
		&original, item->task.text.data, item->task.text.len, f) == -1)
		goto out;
	if (advance(s, item, &why) == 0) {
		answer(item);
		r = 0;
	} else if (why.status == STATUS_IO) {
		*f = why;
	} else {
		r = leave_alone(item, &original, &why, f);
	}
out:
	buf_release(&original);
	return r;
}

static void
step_close(void *self)
{
	struct step *s = self;

	workflow_release(&s->workflow);
	arena_release(&s->strings);
}

int
flow_step(
    const struct command *c, const struct usage *usage, int argc, char *argv[])
{
	struct step step = {.input_count = 0};
	const struct filter filter = {.self = &step,
	    .command = c,
	    .open = step_open,
	    .close = step_close,
	    .finish = step_finish,
	    .no_answer = ANSWER_NONE,
	    .answer_name = "FlowActivity"};

	return filter_program(&filter, usage, argc, argv);
}
