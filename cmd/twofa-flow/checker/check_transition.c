/*
 * All that can happen at one state of a call.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdio.h>
#include <string.h>

/* Neither a choice, whatever they are, nor digits. */
#define NO_ANSWER "**"

enum {
	KEYS_SIZE = WORKFLOW_MAX_DIGITS + 2,
};

struct transitions {
	const struct model *model;
	const struct state *from;
	transition_visit *visit;
	void *self;
	struct transition *transition; /* the one that is visited */
};

static struct check_step *
begin(struct transitions *p, enum stimulus stimulus)
{
	struct transition *transition = p->transition;

	transition->kind = TRANSITION_ON;
	transition->step = (struct check_step){.stimulus = stimulus,
	    .at = &p->model->w->activities[p->from->at.activity],
	    .times = 1};
	transition->exit = NULL;
	transition->to = *p->from;
	return &transition->step;
}

static int
end(struct transitions *p, struct fault *f)
{
	return p->visit(p->self, p->transition, f);
}

/*
 * Up to the last try at once: a call can go on from the others only as it can
 * from the first one.
 */
static void
try_last(struct transitions *p)
{
	struct transition *transition = p->transition;
	unsigned retries = transition->step.at->retries;

	transition->step.times += retries - transition->to.at.tries;
	transition->to.at.tries = retries;
}

/* The engine's move, with what came from outside. */
static int
move(struct transitions *p, struct input input, struct fault *f)
{
	struct transition *transition = p->transition;
	struct made made;

	state_move(&transition->to, p->model, &input, &made);
	if (made.nowhere) {
		transition->kind = TRANSITION_NOWHERE;
		transition->exit = made.move.exit;
	} else if (made.move.kind == MOVE_ENDED) {
		transition->kind = TRANSITION_END;
	} else if (made.move.kind == MOVE_AGAIN) {
		try_last(p);
	}
	return end(p, f);
}

/* From outside the parameter gets that value. */
static int
assign(struct transitions *p, enum stimulus stimulus, size_t parameter,
    unsigned char value, struct fault *f)
{
	const struct domain *d = &p->model->domains[parameter];
	struct check_step *step = begin(p, stimulus);
	struct state *to = &p->transition->to;

	step->parameter = d->name;
	step->value = d->values[value];
	if (stimulus == STIMULUS_START)
		to->values[parameter] = value;
	else
		state_assign(to, p->model, parameter, value,
		    stimulus == STIMULUS_RESULT);
	if (stimulus == STIMULUS_RESULT) {
		step->trigger = state_trigger(p->from, p->model);
		to->next = (unsigned char)(parameter + 1);
		if (to->opened == OPENED_NOT)
			to->opened = OPENED_BY_STOP;
	}
	return end(p, f);
}

/* It gets each value that means something, and none as well if may_unset. */
static int
each_value(struct transitions *p, enum stimulus stimulus, size_t parameter,
    bool may_unset, struct fault *f)
{
	size_t value, count = p->model->domains[parameter].count;

	if (may_unset && assign(p, stimulus, parameter, VALUE_UNSET, f) == -1)
		return -1;
	for (value = VALUE_OTHER; value < count; value++)
		if (assign(p, stimulus, parameter, (unsigned char)value, f) ==
		    -1)
			return -1;
	return 0;
}

static int
result(struct transitions *p, const struct trigger *t, size_t parameter,
    struct fault *f)
{
	const char *name = p->model->domains[parameter].name;
	bool is_set = p->from->values[parameter] != VALUE_UNSET;

	if (!model_is_live(p->model, p->from->at.activity, parameter) ||
	    (!trigger_may_set(t, name) && !trigger_only_removes(t, name)) ||
	    (is_set && p->from->opened != OPENED_BY_RAISE))
		return 0;
	if (!trigger_only_removes(t, name))
		return each_value(p, STIMULUS_RESULT, parameter, is_set, f);
	return is_set ? assign(p, STIMULUS_RESULT, parameter, VALUE_UNSET, f)
		      : 0;
}

/*
 * One parameter at a time, each at most once before the next move: every set
 * of answers comes about, and no cycle without a move.
 */
static int
results(struct transitions *p, struct fault *f)
{
	const struct trigger *t = state_trigger(p->from, p->model);
	size_t i;

	for (i = p->from->next; t != NULL && i < p->model->domain_count; i++)
		if (result(p, t, i, f) == -1)
			return -1;
	return 0;
}

static int
keys(struct transitions *p, const char *text, struct fault *f)
{
	begin(p, STIMULUS_KEYS)->value = text;
	return move(p, (struct input){INPUT_KEYS, text, 0}, f);
}

/* A '#' behind it: one digit is no choice then. */
static int
digits(struct transitions *p, const char *text, struct fault *f)
{
	char with_end[KEYS_SIZE];

	if (text[1] != '\0')
		return keys(p, text, f);
	(void)snprintf(with_end, sizeof with_end, "%s#", text);
	return keys(p, with_end, f);
}

/* Digits that no value of the parameter is, if there are any. */
static int
other_digits(struct transitions *p, const struct activity *a, int parameter,
    struct fault *f)
{
	const struct domain *domains = p->model->domains;
	char text[KEYS_SIZE];
	unsigned n, max = a->digits == 1 ? 9 : a->digits == 2 ? 99 : 999;

	for (n = 1; n <= max; n++) {
		(void)snprintf(text, sizeof text, "%0*u", (int)a->digits, n);
		if (parameter == -1 ||
		    domain_value(&domains[parameter], text) == VALUE_OTHER)
			return digits(p, text, f);
	}
	return 0;
}

static int
named_digits(struct transitions *p, const struct activity *a,
    const struct domain *d, struct fault *f)
{
	size_t i;

	for (i = VALUE_NAMED; i < d->count; i++)
		if (strlen(d->values[i]) == a->digits &&
		    strspn(d->values[i], "0123456789") == a->digits &&
		    digits(p, d->values[i], f) == -1)
			return -1;
	return 0;
}

static int
collects(struct transitions *p, const struct activity *a, struct fault *f)
{
	int parameter = model_find(p->model, a->parameter);

	if (other_digits(p, a, parameter, f) == -1)
		return -1;
	return parameter == -1
	    ? 0
	    : named_digits(p, a, &p->model->domains[parameter], f);
}

static int
asks(struct transitions *p, const struct activity *a, struct fault *f)
{
	size_t i;

	for (i = 0; i < a->exit_count; i++)
		if (a->exits[i].kind == EXIT_CHOICE &&
		    keys(p, a->exits[i].key, f) == -1)
			return -1;
	if (activity_collects(a) && collects(p, a, f) == -1)
		return -1;
	return keys(p, "", f) == -1 ? -1 : keys(p, NO_ANSWER, f);
}

static int
waits(struct transitions *p, const struct activity *a, struct fault *f)
{
	const struct trigger *t = state_trigger(p->from, p->model);

	if ((t == NULL || !trigger_may_set(t, a->parameter)) &&
	    each_value(p, STIMULUS_SETS,
		(size_t)model_find(p->model, a->parameter), false, f) == -1)
		return -1;
	/* Before the failure: a time-out is easier to see. */
	if (a->seconds > 0) {
		(void)begin(p, STIMULUS_TIMEOUT);
		if (move(p, (struct input){INPUT_NONE, NULL, a->seconds}, f) ==
		    -1)
			return -1;
	}
	/* Also without a trigger: some faces do not wait for nobody. */
	begin(p, STIMULUS_FAILURE)->trigger = t;
	return move(p, (struct input){INPUT_FAILURE, NULL, 0}, f);
}

int
transitions_from(const struct model *model, const struct state *from,
    transition_visit *visit, void *self, struct fault *f)
{
	struct transition transition;
	struct transitions p = {.model = model,
	    .from = from,
	    .visit = visit,
	    .self = self,
	    .transition = &transition};
	struct input none = {INPUT_NONE, NULL, 0};
	struct state scratch = *from;
	struct made made;
	bool stops;

	state_move(&scratch, model, &none, &made);
	if (made.unknown != -1)
		return each_value(
		    &p, STIMULUS_START, (size_t)made.unknown, true, f);
	stops = !made.nowhere &&
	    (made.move.kind == MOVE_ASKS || made.move.kind == MOVE_WAITS);
	if ((stops || from->opened != OPENED_NOT) && results(&p, f) == -1)
		return -1;
	if (!stops) {
		(void)begin(&p, STIMULUS_NOTHING);
		return move(&p, none, f);
	}
	return made.move.kind == MOVE_ASKS ? asks(&p, made.move.at, f)
					   : waits(&p, made.move.at, f);
}
