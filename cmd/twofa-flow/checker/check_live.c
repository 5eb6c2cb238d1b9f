/*
 * Which values can still be read: states that differ only in a parameter that
 * no call reads before it is set again are the same.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

static uint64_t
bit(const struct model *model, const char *name)
{
	int at = model_find(model, name);

	return at == -1 ? 0 : (uint64_t)1 << at;
}

/* The state after the exit next when all parameters had that value before;
 * false: the call does not leave by it. */
static bool
values_after(const struct model *model, const struct activity *a,
    unsigned char value, struct state *s)
{
	char digits[WORKFLOW_MAX_DIGITS + 2];
	struct effect effect;

	/* With '#' at the end it is no choice. */
	(void)snprintf(digits, sizeof digits, "%0*u#", (int)a->digits, 1U);
	memset(s, 0, sizeof *s);
	s->at.activity = (int)(a - model->w->activities);
	memset(s->values, value, model->domain_count);
	effect = state_move(s, model, (struct input){INPUT_KEYS, digits, 0});
	return !effect.nowhere && effect.move.exit != NULL &&
	    effect.move.exit->kind == EXIT_NEXT;
}

/* The parameters whose value after the exit next does not depend on the value
 * before. */
static uint64_t
overwrites(const struct model *model, const struct activity *a)
{
	struct state other, unset;
	uint64_t set = 0;
	size_t i;

	if (!values_after(model, a, VALUE_OTHER, &other) ||
	    !values_after(model, a, VALUE_UNSET, &unset))
		return 0;
	for (i = 0; i < model->domain_count; i++)
		if (other.values[i] == unset.values[i])
			set |= (uint64_t)1 << i;
	return set;
}

/* What is live after its exits, as far as it is known. */
static uint64_t
live_after(const struct model *model, const struct activity *a, uint64_t set)
{
	const struct workflow_exit *exit;
	uint64_t live = 0;
	size_t i;

	for (i = 0; i < a->exit_count; i++) {
		exit = &a->exits[i];
		if (exit->to == -1)
			continue;
		live |= exit->kind == EXIT_NEXT ? model->live[exit->to] & ~set
						: model->live[exit->to];
	}
	return live;
}

void
model_find_live(struct model *model)
{
	const struct workflow *w = model->w;
	uint64_t set[WORKFLOW_MAX_ACTIVITIES], live;
	/* What a verdict proves depends on these. */
	uint64_t always = bit(model, NAME_CUSTOMER_IDENTIFIER) |
	    bit(model, NAME_START_VALIDATION) | bit(model, NAME_PIN) |
	    bit(model, NAME_VALIDATION_CHECK);
	bool changed;
	size_t i;

	for (i = 0; i < w->activity_count; i++) {
		set[i] = overwrites(model, &w->activities[i]);
		model->live[i] = always;
		if (w->activities[i].type->reads)
			model->live[i] |=
			    bit(model, w->activities[i].parameter);
	}
	do {
		changed = false;
		for (i = w->activity_count; i > 0; i--) {
			live = model->live[i - 1] |
			    live_after(
				model, &w->activities[i - 1], set[i - 1]);
			changed = changed || live != model->live[i - 1];
			model->live[i - 1] = live;
		}
	} while (changed);
}
