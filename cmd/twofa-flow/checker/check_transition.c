/*
 * All that can happen at one moment of a call.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdio.h>
#include <string.h>

/* Neither a choice, whatever they are, nor digits. */
#define NO_ANSWER "**"

enum {
	KEYS_SIZE = WORKFLOW_MAX_DIGITS + 2,
};

struct passages {
	const struct world *world;
	const struct moment *from;
	passage_visit *visit;
	void *self;
	struct passage *passage; /* the one that is visited */
};

static struct check_step *
begin(struct passages *p, enum outside_kind outside)
{
	struct passage *passage = p->passage;

	passage->kind = PASSAGE_ON;
	passage->step = (struct check_step){.outside = outside,
	    .at = &p->world->w->activities[p->from->at.activity],
	    .times = 1};
	passage->exit = NULL;
	passage->to = *p->from;
	return &passage->step;
}

static int
end(struct passages *p, struct fault *f)
{
	return p->visit(p->self, p->passage, f);
}

/*
 * Up to the last try at once: a call can go on from the others only as it can
 * from the first one.
 */
static void
try_last(struct passages *p)
{
	struct passage *passage = p->passage;
	unsigned retries = passage->step.at->retries;

	passage->step.times += retries - passage->to.at.tries;
	passage->to.at.tries = retries;
}

/* The engine's move, with what came from outside. */
static int
move(struct passages *p, struct input input, struct fault *f)
{
	struct passage *passage = p->passage;
	struct made made;

	moment_move(&passage->to, p->world, &input, &made);
	if (made.nowhere) {
		passage->kind = PASSAGE_NOWHERE;
		passage->exit = made.move.exit;
	} else if (made.move.kind == MOVE_ENDED) {
		passage->kind = PASSAGE_END;
	} else if (made.move.kind == MOVE_AGAIN) {
		try_last(p);
	}
	return end(p, f);
}

/* From outside the parameter gets that value. */
static int
assign(struct passages *p, enum outside_kind outside, size_t parameter,
    unsigned char word, struct fault *f)
{
	const struct domain *d = &p->world->domains[parameter];
	struct check_step *step = begin(p, outside);
	struct moment *to = &p->passage->to;

	step->parameter = d->name;
	step->value = d->words[word];
	if (outside == OUTSIDE_START)
		to->words[parameter] = word;
	else
		moment_set(
		    to, p->world, parameter, word, outside == OUTSIDE_RESULT);
	if (outside == OUTSIDE_RESULT) {
		step->trigger = moment_trigger(p->from, p->world);
		to->next = (unsigned char)(parameter + 1);
		if (to->opened == OPENED_NOT)
			to->opened = OPENED_BY_STOP;
	}
	return end(p, f);
}

/* It gets each value that means something, and none as well if may_unset. */
static int
each_word(struct passages *p, enum outside_kind outside, size_t parameter,
    bool may_unset, struct fault *f)
{
	size_t word, count = p->world->domains[parameter].count;

	if (may_unset && assign(p, outside, parameter, WORD_UNSET, f) == -1)
		return -1;
	for (word = WORD_OTHER; word < count; word++)
		if (assign(p, outside, parameter, (unsigned char)word, f) == -1)
			return -1;
	return 0;
}

static int
result(struct passages *p, const struct trigger *t, size_t parameter,
    struct fault *f)
{
	const char *name = p->world->domains[parameter].name;
	bool is_set = p->from->words[parameter] != WORD_UNSET;

	if (!world_is_live(p->world, p->from->at.activity, parameter) ||
	    (!trigger_may_set(t, name) && !trigger_only_removes(t, name)) ||
	    (is_set && p->from->opened != OPENED_BY_RAISE))
		return 0;
	if (!trigger_only_removes(t, name))
		return each_word(p, OUTSIDE_RESULT, parameter, is_set, f);
	return is_set ? assign(p, OUTSIDE_RESULT, parameter, WORD_UNSET, f) : 0;
}

/*
 * One parameter at a time, each at most once before the next move: every set
 * of answers comes about, and no cycle without a move.
 */
static int
results(struct passages *p, struct fault *f)
{
	const struct trigger *t = moment_trigger(p->from, p->world);
	size_t i;

	for (i = p->from->next; t != NULL && i < p->world->domain_count; i++)
		if (result(p, t, i, f) == -1)
			return -1;
	return 0;
}

static int
keys(struct passages *p, const char *text, struct fault *f)
{
	begin(p, OUTSIDE_KEYS)->value = text;
	return move(p, (struct input){INPUT_KEYS, text, 0}, f);
}

/* A '#' behind it: one digit is no choice then. */
static int
digits(struct passages *p, const char *text, struct fault *f)
{
	char with_end[KEYS_SIZE];

	if (text[1] != '\0')
		return keys(p, text, f);
	(void)snprintf(with_end, sizeof with_end, "%s#", text);
	return keys(p, with_end, f);
}

/* Digits that no value of the parameter is, if there are any. */
static int
other_digits(struct passages *p, const struct activity *a, int parameter,
    struct fault *f)
{
	const struct domain *domains = p->world->domains;
	char text[KEYS_SIZE];
	unsigned n, max = a->digits == 1 ? 9 : a->digits == 2 ? 99 : 999;

	for (n = 1; n <= max; n++) {
		(void)snprintf(text, sizeof text, "%0*u", (int)a->digits, n);
		if (parameter == -1 ||
		    domain_word(&domains[parameter], text) == WORD_OTHER)
			return digits(p, text, f);
	}
	return 0;
}

static int
named_digits(struct passages *p, const struct activity *a,
    const struct domain *d, struct fault *f)
{
	size_t i;

	for (i = WORD_NAMED; i < d->count; i++)
		if (strlen(d->words[i]) == a->digits &&
		    strspn(d->words[i], "0123456789") == a->digits &&
		    digits(p, d->words[i], f) == -1)
			return -1;
	return 0;
}

static int
collects(struct passages *p, const struct activity *a, struct fault *f)
{
	int parameter = world_find(p->world, a->parameter);

	if (other_digits(p, a, parameter, f) == -1)
		return -1;
	return parameter == -1
	    ? 0
	    : named_digits(p, a, &p->world->domains[parameter], f);
}

static int
asks(struct passages *p, const struct activity *a, struct fault *f)
{
	size_t i;

	for (i = 0; i < a->exit_count; i++)
		if (a->exits[i].kind == EXIT_CHOICE &&
		    keys(p, a->exits[i].key, f) == -1)
			return -1;
	if (a->type == ACTIVITY_COLLECT_INFORMATION && collects(p, a, f) == -1)
		return -1;
	return keys(p, "", f) == -1 ? -1 : keys(p, NO_ANSWER, f);
}

static int
waits(struct passages *p, const struct activity *a, struct fault *f)
{
	const struct trigger *t = moment_trigger(p->from, p->world);

	if ((t == NULL || !trigger_may_set(t, a->parameter)) &&
	    each_word(p, OUTSIDE_SETS,
		(size_t)world_find(p->world, a->parameter), false, f) == -1)
		return -1;
	/* Before the failure: a time-out is easier to see. */
	if (a->seconds > 0) {
		(void)begin(p, OUTSIDE_TIMEOUT);
		if (move(p, (struct input){INPUT_NONE, NULL, a->seconds}, f) ==
		    -1)
			return -1;
	}
	/* Also without a trigger: some faces do not wait for nobody. */
	begin(p, OUTSIDE_FAILURE)->trigger = t;
	return move(p, (struct input){INPUT_FAILURE, NULL, 0}, f);
}

int
passages_from(const struct world *world, const struct moment *from,
    passage_visit *visit, void *self, struct fault *f)
{
	struct passage passage;
	struct passages p = {.world = world,
	    .from = from,
	    .visit = visit,
	    .self = self,
	    .passage = &passage};
	struct input none = {INPUT_NONE, NULL, 0};
	struct moment scratch = *from;
	struct made made;
	bool stops;

	moment_move(&scratch, world, &none, &made);
	if (made.unknown != -1)
		return each_word(
		    &p, OUTSIDE_START, (size_t)made.unknown, true, f);
	stops = !made.nowhere &&
	    (made.move.kind == MOVE_ASKS || made.move.kind == MOVE_WAITS);
	if ((stops || from->opened != OPENED_NOT) && results(&p, f) == -1)
		return -1;
	if (!stops) {
		(void)begin(&p, OUTSIDE_NOTHING);
		return move(&p, none, f);
	}
	return made.move.kind == MOVE_ASKS ? asks(&p, made.move.at, f)
					   : waits(&p, made.move.at, f);
}
