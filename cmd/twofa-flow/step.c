#include "cmd/twofa-flow/step.h"

#include "common/base/clock.h"
#include "cmd/twofa-flow/advance.h"
#include "cmd/twofa-flow/answer.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "common/task/assign.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

int
step_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	struct step *s = self;
	bool reads_stdin = false;
	size_t i;

	(void)window;
	for (i = 0; i < o->list_count; i++) {
		s->inputs[i] =
		    value_read(&s->strings, &reads_stdin, "-I", o->list[i], f);
		if (s->inputs[i] == NULL)
			return -1;
		s->input_count++;
	}
	if (reads_stdin && o->operand_count == 0)
		return fault_set(f, STATUS_USAGE,
		    "-I @-: stdin cannot give what is keyed in and the tasks: "
		    "name the task files");
	return workflow_open_checked(&s->workflow, o, "call", f);
}

int
step_begin(void *self, struct item *item, struct fault *f)
{
	(void)self;
	(void)f;
	item->acts = true;
	return 0;
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

/* The task comes out as it came; why says what is wrong. */
static int
leave_alone(struct item *item, const struct buf *came, const struct fault *why,
    struct fault *f)
{
	item->status = why->status;
	(void)snprintf(item->problem, sizeof item->problem, "%s", why->message);
	return task_parse(&item->task, came->data, came->len, f);
}

/* Every call that comes there without lies: a verdict is checked on the way. */
static bool
is_queued_unverified(
    const struct advance *a, const struct workflow *w, const struct task *t)
{
	return a->last.kind == MOVE_ENDED && !a->at.hung_up &&
	    w->activities[a->at.activity].type == ACTIVITY_QUEUE &&
	    !answer_is_ok(t);
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
	    "nobody asks for input %zu of %zu: the call is at %s", a.taken + 1,
	    a.input_count, s->workflow.activities[a.at.activity].name);
}

int
step_finish(void *self, struct item *item, struct fault *f)
{
	struct step *s = self;
	struct buf came = BUF_INIT(TASK_MAX_LEN);
	struct fault why = FAULT_INIT;
	int r = -1;

	if (buf_append(&came, item->task.text.data, item->task.text.len, f) ==
	    -1)
		goto out;
	if (advance(s, item, &why) == 0) {
		answer(item);
		r = 0;
	} else if (why.status == STATUS_IO) {
		*f = why;
	} else {
		r = leave_alone(item, &came, &why, f);
	}
out:
	buf_release(&came);
	return r;
}

void
step_close(void *self)
{
	struct step *s = self;

	workflow_release(&s->workflow);
	arena_release(&s->strings);
}
