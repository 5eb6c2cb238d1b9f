#include "cmd/twofa-flow/answer.h"

#include "common/base/clock.h"
#include "cmd/twofa-flow/trigger.h"
#include "common/task/names.h"

#include <string.h>

enum {
	DEFAULT_WAIT_S = 30, /* of a trigger that nobody waits for */
};

/* The wait that comes next, perhaps behind announcements, or NULL. */
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

bool
answer_is_ok(const struct task *t)
{
	const char *check = task_get(t, NAME_VALIDATION_CHECK);

	return check != NULL && strcmp(check, VALUE_OK) == 0;
}

/* A program that failed has not answered, whatever it wrote. */
static void
take_answers_back(struct session *s, const struct trigger *t)
{
	const struct workflow *w = &s->workflow;
	const struct activity *a;

	for (a = w->activities; a < w->activities + w->activity_count; a++)
		if (a->type->waits && trigger_sets(t, a->parameter))
			task_remove(&s->task, a->parameter);
}

static void
run_trigger(struct session *s, const struct trigger *t)
{
	const struct activity *wait = next_wait(s);
	unsigned seconds =
	    wait != NULL && wait->seconds > 0 ? wait->seconds : DEFAULT_WAIT_S;
	int status = trigger_run(t, &s->task, s->ref,
	    clock_monotonic_ms() + (int64_t)seconds * 1000);

	s->answered = status != TRIGGER_LATE;
	if (trigger_verifies(t)) {
		s->verified = status == STATUS_OK;
		/* It may have judged: the same digits are the same question. */
		s->has_entry = status >= STATUS_USAGE;
	}
	s->verified = s->verified && answer_is_ok(&s->task);
	/* Nor has a verifier that says OK by one way and not by the other. */
	if (status >= STATUS_USAGE ||
	    (trigger_verifies(t) && answer_is_ok(&s->task) && !s->verified))
		take_answers_back(s, t);
}

/* What was removed from the task is still in its memory: a new one is made. */
static void
forget_removed(struct task *t)
{
	struct buf text = BUF_INIT(TASK_MAX_WRITTEN);
	struct task again = TASK_INIT;
	struct fault f = FAULT_INIT;

	if (task_write(t, &text, &f) == 0 &&
	    task_parse(&again, buf_text(&text), text.len, &f) == 0) {
		task_release(t);
		*t = again;
	}
	buf_release(&text);
}

void
answer_event(struct session *s)
{
	const char *name = task_event_name(&s->task);
	const struct trigger *t =
	    name == NULL ? NULL : workflow_trigger(&s->workflow, name);
	bool had_pin;

	if (t != NULL)
		run_trigger(s, t);
	/* Also of a trigger that failed: it is asked for anew. */
	had_pin = task_get(&s->task, NAME_PIN) != NULL;
	task_remove(&s->task, NAME_PIN);
	task_make_state(&s->task);
	if (had_pin)
		forget_removed(&s->task);
}
