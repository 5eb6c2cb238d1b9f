/*
 * A call on a real task, taken on by advance_task() as twofa-flow step does,
 * with the stimuli of a finding; and what an observer would say of it. The
 * observer looks at the task and its events alone and knows no search.
 */
#ifndef TESTS_UNIT_CALL_REPLAY_H
#define TESTS_UNIT_CALL_REPLAY_H

#include "cmd/twofa-flow/step.h"
#include "cmd/twofa-flow/checker/checker.h"
#include "common/task/names.h"

#include <stdlib.h>
#include <string.h>

enum {
	REPLAY_ROUNDS = 20,
	REPLAY_MOVES = 500,
	REPLAY_YEAR_S = 366 * 86400,
};

struct replay {
	const struct workflow *w;
	struct task task;
	struct advance at;
	int64_t now_s;
	bool dirty; /* something was set that no move has seen */
	struct fault fault;
	/* Seen by the observer. */
	char customer[64];
	bool was_asked;	  /* a PIN was collected and twofa-verify raised */
	bool is_verified; /* and it has said OK of that */
	unsigned messages;
};

static inline bool
replay_begin(struct replay *r, const struct workflow *w)
{
	*r = (struct replay){
	    .w = w, .task = TASK_INIT, .now_s = 1000, .fault = FAULT_INIT};
	return task_make(&r->task, "replay", &r->fault) == 0;
}

static inline const char *
replay_get(const struct replay *r, const char *name)
{
	return task_get(&r->task, name);
}

static inline bool
replay_is(const struct replay *r, const char *name, const char *value)
{
	const char *got = replay_get(r, name);

	return got != NULL && strcmp(got, value) == 0;
}

static inline void
replay_observe_raise(struct replay *r)
{
	const struct activity *a = r->at.last.at;
	const struct trigger *t = workflow_trigger(r->w, a->parameter);

	if (strcmp(a->parameter, NAME_START_VALIDATION) == 0)
		r->messages++;
	if (strcmp(a->parameter, NAME_PIN) != 0 &&
	    strcmp(a->parameter, NAME_CUSTOMER_IDENTIFIER) != 0 &&
	    strcmp(a->parameter, NAME_START_VALIDATION) != 0)
		return;
	r->is_verified = false;
	r->was_asked = strcmp(a->parameter, NAME_PIN) == 0 &&
	    activity_collects(a) && trigger_runs(t, "twofa-verify");
}

/* Not the one who was verified: another one, or nobody. */
static inline void
replay_observe_customer(struct replay *r)
{
	const char *now = replay_get(r, NAME_CUSTOMER_IDENTIFIER);

	if (strcmp(r->customer, now == NULL ? "" : now) != 0)
		r->was_asked = r->is_verified = false;
	(void)snprintf(
	    r->customer, sizeof r->customer, "%s", now == NULL ? "" : now);
}

/* As far as it goes; keys may be NULL. */
static inline bool
replay_advance(struct replay *r, const char *keys)
{
	bool was_ok = replay_is(r, NAME_VALIDATION_CHECK, VALUE_OK);

	r->at.inputs = &keys;
	r->at.input_count = keys == NULL ? 0 : 1;
	r->dirty = false;
	if (advance_task(&r->at, r->w, &r->task, r->now_s, &r->fault) == -1)
		return false;
	replay_observe_customer(r);
	/* The workflow itself has said so. */
	if (!was_ok && replay_is(r, NAME_VALIDATION_CHECK, VALUE_OK))
		r->is_verified = false;
	if (r->at.last.kind == MOVE_RAISED)
		replay_observe_raise(r);
	return true;
}

static inline bool
replay_set(struct replay *r, const struct trigger *t, const char *name,
    const char *value)
{
	r->dirty = true;
	if (strcmp(name, NAME_VALIDATION_CHECK) == 0)
		r->is_verified = r->was_asked && t != NULL &&
		    trigger_runs(t, "twofa-verify") && value != NULL &&
		    strcmp(value, VALUE_OK) == 0;
	if (value == NULL)
		task_remove(&r->task, name);
	else
		task_set(&r->task, name, value);
	replay_observe_customer(r);
	return true;
}

/* One move alone. */
static inline bool
replay_move(struct replay *r, struct input input)
{
	struct parameters p = parameters_of_task(&r->task);

	if (position_load(&r->at.at, r->w, &p, r->now_s, &r->fault) == -1 ||
	    engine_move(r->w, &r->at.at, &p, &input, &r->at.last, &r->fault) ==
		-1)
		return false;
	position_store(&r->at.at, r->w, &p);
	return true;
}

/* twofa-flow step never says that a trigger has failed, others do. */
static inline bool
replay_fail(struct replay *r)
{
	return replay_move(r, (struct input){INPUT_FAILURE, NULL, r->now_s});
}

/* Does the call stand where that step wants it? */
static inline bool
replay_is_there(const struct replay *r, const struct check_step *step)
{
	if (r->at.last.at == NULL ||
	    &r->w->activities[r->at.at.activity] != step->at)
		return false;
	if (step->stimulus == STIMULUS_RESULT)
		return r->at.last.kind != MOVE_ENDED;
	return !r->dirty &&
	    r->at.last.kind ==
	    (step->stimulus == STIMULUS_KEYS ? MOVE_ASKS : MOVE_WAITS);
}

static inline bool
replay_step(struct replay *r, const struct check_step *step)
{
	int i;

	if (step->stimulus == STIMULUS_NOTHING)
		return !r->dirty || replay_advance(r, NULL);
	if (step->stimulus == STIMULUS_START)
		return replay_set(r, NULL, step->parameter, step->value);
	for (i = 0; !replay_is_there(r, step); i++)
		if (i == REPLAY_ROUNDS || !replay_advance(r, NULL))
			return false;
	switch (step->stimulus) {
	case STIMULUS_KEYS:
		return replay_advance(r, step->value) && r->at.taken == 1;
	case STIMULUS_TIMEOUT:
		r->now_s += step->at->seconds;
		return replay_advance(r, NULL);
	case STIMULUS_FAILURE:
		return replay_fail(r);
	case STIMULUS_NOTHING:
	case STIMULUS_START:
	case STIMULUS_RESULT:
	case STIMULUS_SETS:
	default:
		return replay_set(
		    r, step->trigger, step->parameter, step->value);
	}
}

/* Until something outside is needed, or the call has ended. */
static inline bool
replay_rest(struct replay *r)
{
	do {
		if (!replay_advance(r, NULL))
			return false;
	} while (r->at.last.kind == MOVE_RAISED);
	return true;
}

static inline bool
replay_steps(
    struct replay *r, const struct finding *finding, size_t from, size_t count)
{
	size_t i;
	unsigned n;

	for (i = from; i < count; i++)
		for (n = 0; n < finding->steps[i].times; n++)
			if (!replay_step(r, &finding->steps[i]))
				return false;
	return true;
}

/* A step as the one move that it is. */
static inline bool
replay_single(struct replay *r, const struct check_step *step)
{
	switch (step->stimulus) {
	case STIMULUS_START:
	case STIMULUS_RESULT:
	case STIMULUS_SETS:
		return replay_set(
		    r, step->trigger, step->parameter, step->value);
	case STIMULUS_KEYS:
		return replay_move(
		    r, (struct input){INPUT_KEYS, step->value, r->now_s});
	case STIMULUS_FAILURE:
		return replay_fail(r);
	case STIMULUS_TIMEOUT:
		r->now_s += step->at->seconds;
		return replay_move(
		    r, (struct input){INPUT_NONE, NULL, r->now_s});
	case STIMULUS_NOTHING:
	default:
		return replay_move(
		    r, (struct input){INPUT_NONE, NULL, r->now_s});
	}
}

/* Moves of the engine alone go on for ever: advance_task() would. */
static inline bool
replay_shows_spin(struct replay *r, const struct finding *finding)
{
	size_t i;
	unsigned n;

	for (i = 0; i < finding->loop; i++)
		for (n = 0; n < finding->steps[i].times; n++)
			if (!replay_single(r, &finding->steps[i]))
				return false;
	for (i = 0; i < REPLAY_MOVES; i++)
		if (!replay_move(
			r, (struct input){INPUT_NONE, NULL, r->now_s}) ||
		    r->at.last.kind == MOVE_ASKS ||
		    r->at.last.kind == MOVE_WAITS ||
		    r->at.last.kind == MOVE_ENDED)
			return false;
	return true;
}

static inline bool
replay_shows_loop(struct replay *r, const struct finding *finding)
{
	size_t i, stimuli = 0;

	for (i = finding->loop; i < finding->step_count; i++)
		stimuli += finding->steps[i].stimulus != STIMULUS_NOTHING;
	if (stimuli == 0)
		return replay_shows_spin(r, finding);
	if (!replay_steps(r, finding, 0, finding->loop))
		return false;
	for (i = 0; i < REPLAY_ROUNDS; i++)
		if (!replay_steps(
			r, finding, finding->loop, finding->step_count) ||
		    r->at.at.ended)
			return false;
	return true;
}

static inline bool
replay_shows_wait(struct replay *r, const struct finding *finding)
{
	if (!replay_steps(r, finding, 0, finding->step_count) ||
	    !replay_rest(r))
		return false;
	r->now_s += REPLAY_YEAR_S;
	return replay_rest(r) && r->at.last.at == finding->at &&
	    (r->at.last.kind == MOVE_WAITS || r->at.last.kind == MOVE_ASKS);
}

static inline bool
replay_leads_nowhere(const struct replay *r)
{
	return r->fault.status == STATUS_CONFIG &&
	    strstr(r->fault.message, "leads nowhere") != NULL;
}

/* A call that goes on where it is said to lead nowhere. */
static inline bool
replay_shows_nowhere(struct replay *r, const struct finding *finding)
{
	if (replay_steps(r, finding, 0, finding->step_count) && replay_rest(r))
		return false;
	return replay_leads_nowhere(r) ||
	    (r->fault.status == STATUS_CONFIG &&
		strstr(r->fault.message, "there is no activity") != NULL);
}

/* Turned down, also where there is no way for a caller who is. */
static inline bool
replay_shows_digits(struct replay *r, const struct finding *finding)
{
	return (replay_steps(r, finding, 0, finding->step_count) ||
		   replay_leads_nowhere(r)) &&
	    replay_get(r, finding->at->parameter) == NULL;
}

static inline bool
replay_shows_queue(struct replay *r, const struct finding *finding)
{
	return replay_steps(r, finding, 0, finding->step_count) &&
	    replay_rest(r) && replay_is(r, NAME_FLOW_OUTCOME, VALUE_QUEUED) &&
	    !(r->is_verified && replay_is(r, NAME_VALIDATION_CHECK, VALUE_OK));
}

static inline bool
replay_shows_messages(struct replay *r, const struct finding *finding)
{
	return replay_steps(r, finding, 0, finding->step_count) &&
	    (r->messages > r->w->max_sms || replay_rest(r)) &&
	    r->messages > r->w->max_sms;
}

static inline bool
replay_shows(struct replay *r, const struct finding *finding)
{
	switch (finding->kind) {
	case FINDING_NO_START:
	case FINDING_NO_ACTIVITY:
	case FINDING_NO_EXIT:
		return replay_shows_nowhere(r, finding);
	case FINDING_NO_TIMEOUT:
		return replay_shows_wait(r, finding);
	case FINDING_LOOP:
		return replay_shows_loop(r, finding);
	case FINDING_DIGITS:
		return replay_shows_digits(r, finding);
	case FINDING_NOT_VERIFIED:
		return replay_shows_queue(r, finding);
	case FINDING_MESSAGES:
		return replay_shows_messages(r, finding);
	case FINDING_NOT_REACHED:
	default:
		return finding->step_count == 0;
	}
}

/* Does that call, on a task of its own, show what is said? */
static inline bool
replay_proves(const struct workflow *w, const struct finding *finding)
{
	struct replay r;
	bool ok = replay_begin(&r, w) && replay_shows(&r, finding);

	if (!ok)
		printf("# %s: not shown; the call is at %s, %s\n",
		    finding->message,
		    r.at.last.at == NULL ? "its start" : r.at.last.at->name,
		    r.fault.message);
	task_release(&r.task);
	return ok;
}

#endif
