/*
 * The call that shows what was found. The steps are not kept during the
 * search: each is found again among the transitions from its state.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdlib.h>
#include <string.h>

int
call_add(struct search *s, struct finding *finding,
    const struct check_step *step, struct fault *f)
{
	struct check_step *grown, *added;
	const char *value = step->value;

	/* Nothing else is set at the start, and this one is not either. */
	if (step->stimulus == STIMULUS_START && value == NULL)
		return 0;
	grown = reallocarray(
	    finding->steps, finding->step_count + 1, sizeof *grown);
	if (grown == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	finding->steps = grown;
	if (value != NULL)
		value =
		    arena_copy(&s->result->strings, value, strlen(value), f);
	if (step->value != NULL && value == NULL)
		return -1;
	added = &finding->steps[finding->step_count++];
	*added = *step;
	added->value = value;
	return 0;
}

struct seeker {
	struct search *search;
	struct finding *finding;
	uint32_t to;
	bool found;
};

static int
seek(void *self, const struct transition *transition, struct fault *f)
{
	struct seeker *seeker = self;
	struct search *s = seeker->search;
	unsigned char key[KEY_MAX];

	if (seeker->found || transition->kind != TRANSITION_ON)
		return 0;
	state_pack(key, &transition->to, &s->model);
	seeker->found = state_graph_find(&s->states, key) == seeker->to;
	return seeker->found
	    ? call_add(s, seeker->finding, &transition->step, f)
	    : 0;
}

int
call_go(struct search *s, struct finding *finding, uint32_t from, uint32_t to,
    struct fault *f)
{
	struct seeker seeker = {s, finding, to, false};
	struct state m;

	state_unpack(&m, state_graph_key(&s->states, from), &s->model);
	return transitions_from(&s->model, &m, seek, &seeker, f);
}

/* What was so at the start comes first; the rest keeps its order. */
static void
put_start_first(struct finding *finding)
{
	struct check_step *steps = finding->steps, start;
	size_t i, count = 0;

	for (i = 0; i < finding->step_count; i++) {
		if (steps[i].stimulus != STIMULUS_START)
			continue;
		start = steps[i];
		memmove(steps + count + 1, steps + count,
		    (i - count) * sizeof *steps);
		steps[count++] = start;
	}
}

/* The states from the first one to there, without the first one. */
static uint32_t *
path_to(const struct search *s, uint32_t state, size_t *len, struct fault *f)
{
	const uint32_t *parents = s->states.parents;
	uint32_t at, *path;
	size_t i = 0;

	for (at = state; parents[at] != at; at = parents[at])
		i++;
	*len = i;
	path = calloc(i + 1, sizeof *path);
	if (path == NULL) {
		(void)fault_set(f, STATUS_IO, "out of memory");
		return NULL;
	}
	for (at = state; i > 0; at = parents[at])
		path[--i] = at;
	return path;
}

int
call_to(
    struct search *s, struct finding *finding, uint32_t state, struct fault *f)
{
	size_t i, len;
	uint32_t *path = path_to(s, state, &len, f);
	int r = len > CHECK_MAX_STEPS ? 0 : 1;

	if (path == NULL)
		return -1;
	for (i = 0; i < len && r == 1; i++)
		if (call_go(s, finding, s->states.parents[path[i]], path[i],
			f) == -1)
			r = -1;
	free(path);
	put_start_first(finding);
	return r;
}
