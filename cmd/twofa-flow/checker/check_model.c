/*
 * The parameters on which the exits of a workflow depend, and their values.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

static int
too_many(const char *what, int max, struct fault *f)
{
	return fault_set(f, STATUS_CONFIG,
	    "more than %d %s: too many to check every call", max, what);
}

int
model_find(const struct model *model, const char *name)
{
	size_t i;

	for (i = 0; i < model->domain_count; i++)
		if (strcmp(model->domains[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool
model_is_live(const struct model *model, int activity, size_t parameter)
{
	return (model->live[activity] >> parameter & 1) != 0;
}

static struct domain *
add_domain(struct model *model, const char *name, struct fault *f)
{
	int at = model_find(model, name);
	struct domain *d;

	if (at != -1)
		return &model->domains[at];
	if (model->domain_count == CHECK_MAX_PARAMETERS) {
		(void)too_many("parameters", CHECK_MAX_PARAMETERS, f);
		return NULL;
	}
	d = &model->domains[model->domain_count++];
	d->name = name;
	d->count = VALUE_NAMED;
	return d;
}

unsigned char
domain_find(const struct domain *d, const char *value)
{
	unsigned char i;

	for (i = VALUE_NAMED; i < d->count; i++)
		if (strcmp(d->values[i], value) == 0)
			return i;
	return VALUE_OTHER;
}

static int
add_cases(struct domain *d, const struct activity *a, struct fault *f)
{
	size_t i;

	for (i = 0; i < a->exit_count; i++) {
		if (a->exits[i].kind != EXIT_CASE ||
		    domain_find(d, a->exits[i].key) != VALUE_OTHER)
			continue;
		if (d->count == CHECK_MAX_VALUES)
			return too_many("values of a parameter",
			    CHECK_MAX_VALUES - VALUE_NAMED, f);
		d->values[d->count++] = a->exits[i].key;
	}
	return 0;
}

/* A parameter that is only saved decides nothing. */
static int
add_readers(struct model *model, struct fault *f)
{
	const struct activity *a;
	struct domain *d;
	size_t i;

	for (i = 0; i < model->w->activity_count; i++) {
		a = &model->w->activities[i];
		if (!a->type->reads)
			continue;
		d = add_domain(model, a->parameter, f);
		if (d == NULL || add_cases(d, a, f) == -1)
			return -1;
	}
	return 0;
}

/* A trigger that sets one of these makes a verdict void. */
static int
add_voiding(struct model *model, struct fault *f)
{
	static const char *const names[] = {
	    NAME_CUSTOMER_IDENTIFIER, NAME_START_VALIDATION, NAME_PIN};
	const struct trigger *t;
	size_t i, j;

	for (i = 0; i < model->w->trigger_count; i++) {
		t = &model->w->triggers[i];
		for (j = 0; j < ARRAY_LEN(names); j++)
			if (trigger_sets(t, names[j]) &&
			    add_domain(model, names[j], f) == NULL)
				return -1;
	}
	return 0;
}

/* A text for "any other value" that is not the name of one. */
static void
name_others(struct model *model)
{
	struct domain *d;
	size_t i;
	int n;

	for (i = 0; i < model->domain_count; i++) {
		d = &model->domains[i];
		(void)snprintf(d->other, sizeof d->other, "other");
		for (n = 1; domain_find(d, d->other) != VALUE_OTHER; n++)
			(void)snprintf(d->other, sizeof d->other, "other%d", n);
		d->values[VALUE_OTHER] = d->other;
	}
}

int
model_open(struct model *model, const struct workflow *w, struct fault *f)
{
	size_t i;

	model->w = w;
	if (add_readers(model, f) == -1 || add_voiding(model, f) == -1)
		return -1;
	name_others(model);
	for (i = 0; i < w->activity_count; i++)
		if (w->activities[i].max > 0)
			model->counted[model->counted_count++] =
			    (unsigned char)i;
	return 0;
}
