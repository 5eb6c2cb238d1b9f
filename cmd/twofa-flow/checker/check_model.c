/*
 * The parameters that decide how a call goes, and their values.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

static int
too_many(const char *what, int max, struct fault *f)
{
	return fault_set(f, STATUS_CONFIG,
	    "more than %d %s: too many to look at every call", max, what);
}

int
world_find(const struct world *world, const char *name)
{
	size_t i;

	for (i = 0; i < world->domain_count; i++)
		if (strcmp(world->domains[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool
world_is_live(const struct world *world, int activity, size_t parameter)
{
	return (world->live[activity] >> parameter & 1) != 0;
}

static struct domain *
add_domain(struct world *world, const char *name, struct fault *f)
{
	int at = world_find(world, name);
	struct domain *d;

	if (at != -1)
		return &world->domains[at];
	if (world->domain_count == CHECK_MAX_PARAMETERS) {
		(void)too_many("parameters", CHECK_MAX_PARAMETERS, f);
		return NULL;
	}
	d = &world->domains[world->domain_count++];
	d->name = name;
	d->count = WORD_NAMED;
	return d;
}

static bool
is_named(const struct domain *d, const char *value)
{
	size_t i;

	for (i = WORD_NAMED; i < d->count; i++)
		if (strcmp(d->words[i], value) == 0)
			return true;
	return false;
}

unsigned char
domain_word(const struct domain *d, const char *value)
{
	unsigned char i;

	for (i = WORD_NAMED; i < d->count; i++)
		if (strcmp(d->words[i], value) == 0)
			return i;
	return WORD_OTHER;
}

static int
add_cases(struct domain *d, const struct activity *a, struct fault *f)
{
	size_t i;

	for (i = 0; i < a->exit_count; i++) {
		if (a->exits[i].kind != EXIT_CASE ||
		    is_named(d, a->exits[i].key))
			continue;
		if (d->count == CHECK_MAX_WORDS)
			return too_many("values of a parameter",
			    CHECK_MAX_WORDS - WORD_NAMED, f);
		d->words[d->count++] = a->exits[i].key;
	}
	return 0;
}

/* What is only saved decides nothing. */
static int
add_readers(struct world *world, struct fault *f)
{
	const struct activity *a;
	struct domain *d;
	size_t i;

	for (i = 0; i < world->w->activity_count; i++) {
		a = &world->w->activities[i];
		if (a->type != ACTIVITY_WAIT_FOR_PARAMETER &&
		    a->type != ACTIVITY_CHECK_PARAMETER)
			continue;
		d = add_domain(world, a->parameter, f);
		if (d == NULL || add_cases(d, a, f) == -1)
			return -1;
	}
	return 0;
}

/* A trigger that sets one of these makes void what was verified. */
static int
add_voiders(struct world *world, struct fault *f)
{
	static const char *const names[] = {
	    NAME_CUSTOMER_IDENTIFIER, NAME_START_VALIDATION, NAME_PIN};
	const struct trigger *t;
	size_t i, j;

	for (i = 0; i < world->w->trigger_count; i++) {
		t = &world->w->triggers[i];
		for (j = 0; j < ARRAY_LEN(names); j++)
			if (trigger_sets(t, names[j]) &&
			    add_domain(world, names[j], f) == NULL)
				return -1;
	}
	return 0;
}

static void
name_others(struct world *world)
{
	struct domain *d;
	size_t i;
	int n;

	for (i = 0; i < world->domain_count; i++) {
		d = &world->domains[i];
		(void)snprintf(d->other, sizeof d->other, "other");
		for (n = 1; is_named(d, d->other); n++)
			(void)snprintf(d->other, sizeof d->other, "other%d", n);
		d->words[WORD_OTHER] = d->other;
	}
}

int
world_open(struct world *world, const struct workflow *w, struct fault *f)
{
	size_t i;

	world->w = w;
	if (add_readers(world, f) == -1 || add_voiders(world, f) == -1)
		return -1;
	name_others(world);
	for (i = 0; i < w->activity_count; i++)
		if (w->activities[i].max > 0)
			world->counted[world->counted_count++] =
			    (unsigned char)i;
	world_find_live(world);
	world->key_len = KEY_FIXED + world->domain_count + world->counted_count;
	return 0;
}
