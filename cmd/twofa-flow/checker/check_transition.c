/*
 * All that can happen in one state of a call.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

/* Neither digits nor a choice, whatever the choices are. */
#define INVALID_KEYS "**"

struct source {
	const struct model *model;
	const struct state *from;
	transition_visit *visit;
	void *self;
	struct transition t; /* the one that is visited */
};

static struct check_step *
begin(struct source *s, enum stimulus stimulus)
{
	s->t = (struct transition){.kind = TRANSITION_ON,
	    .step = {.stimulus = stimulus,
		.at = &s->model->w->activities[s->from->at.activity],
		.times = 1},
	    .to = *s->from};
	return &s->t.step;
}

/*
 * All retries in one step: a call can go on from the others only as it can from
 * the first one.
 */
static void
use_up_retries(struct transition *t)
{
	unsigned retries = t->step.at->retries;

	t->step.times += retries - t->to.at.tries;
	t->to.at.tries = retries;
}

/* The engine's move, with that input. */
static void
move(struct source *s, enum input_kind kind, const char *keys, int64_t now_s)
{
	struct input input = {kind, keys, now_s};
	struct effect e = state_move(&s->t.to, s->model, input);

	if (e.nowhere) {
		s->t.kind = TRANSITION_NOWHERE;
		s->t.exit = e.move.exit;
	} else if (e.move.kind == MOVE_ENDED) {
		s->t.kind = TRANSITION_END;
	} else if (e.move.kind == MOVE_AGAIN) {
		use_up_retries(&s->t);
	}
	s->visit(s->self, &s->t);
}

/* --- values that are set from outside ------------------------------------- */

static void
assign(struct source *s, enum stimulus stimulus, size_t parameter,
    unsigned char value)
{
	const struct domain *d = &s->model->domains[parameter];
	struct check_step *step = begin(s, stimulus);
	struct state *to = &s->t.to;
	bool is_result = stimulus == STIMULUS_RESULT;

	step->parameter = d->name;
	step->value = d->values[value];
	if (stimulus == STIMULUS_START)
		to->values[parameter] = value;
	else
		state_assign(to, s->model, parameter, value, is_result);
	if (is_result) {
		step->trigger = state_trigger(s->from, s->model);
		to->next = (unsigned char)(parameter + 1);
		if (to->answers == ANSWERS_NONE)
			to->answers = ANSWERS_UNSET;
	}
	s->visit(s->self, &s->t);
}

/* Each value of the parameter, and none as well if may_unset. */
static void
each_value(
    struct source *s, enum stimulus stimulus, size_t parameter, bool may_unset)
{
	size_t value, count = s->model->domains[parameter].count;

	if (may_unset)
		assign(s, stimulus, parameter, VALUE_UNSET);
	for (value = VALUE_OTHER; value < count; value++)
		assign(s, stimulus, parameter, (unsigned char)value);
}

/* By what is written in the workflow, or known of the program. */
static bool
trigger_may_set(const struct trigger *t, const char *parameter)
{
	static const struct {
		const char *program, *parameter;
	} known[] = {
	    {"twofa-lookup", NAME_CUSTOMER_RECOGNIZED},
	    {"twofa-lookup", NAME_SMS_NUMBER},
	    {"twofa-lookup", NAME_REASON},
	    {"twofa-sendpin", NAME_SMS_SENT},
	    {"twofa-sendpin", NAME_GENERATED_PIN},
	    {"twofa-sendpin", NAME_PIN_EXPIRES},
	    {"twofa-sendpin", NAME_PIN_ATTEMPTS},
	    {"twofa-sendpin", NAME_REASON},
	    {"twofa-verify", NAME_VALIDATION_CHECK},
	    {"twofa-verify", NAME_PIN_ATTEMPTS},
	    {"twofa-verify", NAME_REASON},
	};
	size_t i;

	if (trigger_sets(t, parameter))
		return true;
	for (i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].parameter, parameter) == 0 &&
		    trigger_runs(t, known[i].program))
			return true;
	return false;
}

/* Every trigger removes the PIN. */
static bool
trigger_only_removes(const struct trigger *t, const char *parameter)
{
	return strcmp(parameter, NAME_PIN) == 0 && !trigger_sets(t, parameter);
}

static void
result(struct source *s, const struct trigger *t, size_t parameter)
{
	const char *name = s->model->domains[parameter].name;
	bool is_set = s->from->values[parameter] != VALUE_UNSET;

	if (!model_is_live(s->model, s->from->at.activity, parameter) ||
	    (is_set && s->from->answers != ANSWERS_ALL))
		return;
	if (trigger_only_removes(t, name)) {
		if (is_set)
			assign(s, STIMULUS_RESULT, parameter, VALUE_UNSET);
	} else if (trigger_may_set(t, name)) {
		each_value(s, STIMULUS_RESULT, parameter, is_set);
	}
}

/*
 * One parameter at a time, each at most once before the next move: so every
 * combination of results occurs, and no cycle without a move.
 */
static void
results(struct source *s)
{
	const struct trigger *t = state_trigger(s->from, s->model);
	size_t i;

	for (i = s->from->next; t != NULL && i < s->model->domain_count; i++)
		result(s, t, i);
}

/* --- a prompt ------------------------------------------------------------- */

static void
keys(struct source *s, const char *text)
{
	begin(s, STIMULUS_KEYS)->value = text;
	move(s, INPUT_KEYS, text, 0);
}

/* A single digit gets a '#' behind it, so that it is no choice. */
static void
digits(struct source *s, const char *text)
{
	const char with_end[] = {text[0], '#', '\0'};

	keys(s, text[1] == '\0' ? with_end : text);
}

/* Digits that are not a named value of the parameter, if there are any. */
static void
other_digits(struct source *s, const struct activity *a, int parameter)
{
	const struct domain *domains = s->model->domains;
	char text[WORKFLOW_MAX_DIGITS + 1];
	unsigned n, max = a->digits == 1 ? 9 : a->digits == 2 ? 99 : 999;

	for (n = 1; n <= max; n++) {
		(void)snprintf(text, sizeof text, "%0*u", (int)a->digits, n);
		if (parameter == -1 ||
		    domain_find(&domains[parameter], text) == VALUE_OTHER) {
			digits(s, text);
			return;
		}
	}
}

static void
collects(struct source *s, const struct activity *a)
{
	int parameter = model_find(s->model, a->parameter);
	const struct domain *d;
	size_t i;

	other_digits(s, a, parameter);
	if (parameter == -1)
		return;
	d = &s->model->domains[parameter];
	for (i = VALUE_NAMED; i < d->count; i++)
		if (strlen(d->values[i]) == a->digits &&
		    strspn(d->values[i], "0123456789") == a->digits)
			digits(s, d->values[i]);
}

static void
asks(struct source *s, const struct activity *a)
{
	size_t i;

	for (i = 0; i < a->exit_count; i++)
		if (a->exits[i].kind == EXIT_CHOICE)
			keys(s, a->exits[i].key);
	if (activity_collects(a))
		collects(s, a);
	keys(s, "");
	keys(s, INVALID_KEYS);
}

/* --- a wait, and all of them ---------------------------------------------- */

static void
waits(struct source *s, const struct activity *a)
{
	const struct trigger *t = state_trigger(s->from, s->model);

	if (t == NULL || !trigger_may_set(t, a->parameter))
		each_value(s, STIMULUS_SETS,
		    (size_t)model_find(s->model, a->parameter), false);
	/* Before the failure: a time-out is easier to understand. */
	if (a->seconds > 0) {
		(void)begin(s, STIMULUS_TIMEOUT);
		move(s, INPUT_NONE, NULL, a->seconds);
	}
	/* Also without a trigger: some channels do not wait then. */
	begin(s, STIMULUS_FAILURE)->trigger = t;
	move(s, INPUT_FAILURE, NULL, 0);
}

void
transitions_from(const struct model *model, const struct state *from,
    transition_visit *visit, void *self)
{
	struct source s = {
	    .model = model, .from = from, .visit = visit, .self = self};
	struct state scratch = *from;
	struct effect e =
	    state_move(&scratch, model, (struct input){INPUT_NONE, NULL, 0});
	bool stops = !e.nowhere &&
	    (e.move.kind == MOVE_ASKS || e.move.kind == MOVE_WAITS);

	if (e.unknown != -1) {
		each_value(&s, STIMULUS_START, (size_t)e.unknown, true);
		return;
	}
	if (stops || from->answers != ANSWERS_NONE)
		results(&s);
	if (!stops) {
		(void)begin(&s, STIMULUS_NOTHING);
		move(&s, INPUT_NONE, NULL, 0);
	} else if (e.move.kind == MOVE_ASKS) {
		asks(&s, e.move.at);
	} else {
		waits(&s, e.move.at);
	}
}
