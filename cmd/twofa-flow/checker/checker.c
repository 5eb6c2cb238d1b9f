/*
 * The search through all states that a call can be in, each once, the nearest
 * ones first.
 */
#include "cmd/twofa-flow/checker/checker.h"

#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdlib.h>
#include <string.h>

void
check_release(struct check_result *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		free(r->findings[i].steps);
	free(r->findings);
	arena_release(&r->strings);
	*r = (struct check_result)CHECK_RESULT_INIT;
}

int
search_add(struct search *s, const struct finding *finding,
    struct finding **out, struct fault *f)
{
	struct check_result *r = s->result;
	struct finding *grown;
	size_t i;

	*out = NULL;
	for (i = 0; i < r->count; i++)
		if (r->findings[i].kind == finding->kind &&
		    r->findings[i].at == finding->at &&
		    r->findings[i].exit == finding->exit)
			return 0;
	if (r->count == CHECK_MAX_FINDINGS) {
		r->left_out++;
		return 0;
	}
	grown = reallocarray(r->findings, r->count + 1, sizeof *grown);
	if (grown == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	r->findings = grown;
	*out = &grown[r->count++];
	**out = *finding;
	finding_say(*out, s->model.w);
	return 0;
}

size_t
search_count(const struct search *s, enum finding_kind kind)
{
	size_t i, count = 0;

	for (i = 0; i < s->result->count; i++)
		if (s->result->findings[i].kind == kind)
			count++;
	return count;
}

/* --- what is wrong with a transition -----------------------------------------
 */

struct visit {
	struct search *search;
	uint32_t from;
	const struct state *state;
};

static int
found(const struct visit *v, enum finding_kind kind,
    const struct transition *transition, struct fault *f)
{
	struct finding *finding;
	int r = search_add(v->search,
	    &(struct finding){.kind = kind,
		.at = transition->step.at,
		.exit = transition->exit},
	    &finding, f);

	if (finding != NULL)
		r = call_to(v->search, finding, v->from, f);
	if (r == 1)
		r = call_add(v->search, finding, &transition->step, f);
	return r == -1 ? -1 : 0;
}

static int
visit_on(
    const struct visit *v, const struct transition *transition, struct fault *f)
{
	struct search *s = v->search;
	unsigned char key[KEY_MAX];
	uint32_t to;

	state_pack(key, &transition->to, &s->model);
	if (state_graph_add(&s->states, key, v->from, &to, f) == -1 ||
	    state_graph_add_edge(&s->states, to, f) == -1)
		return -1;
	if (transition->to.messages > s->model.w->max_sms &&
	    v->state->messages <= s->model.w->max_sms)
		return found(v, FINDING_MESSAGES, transition, f);
	return 0;
}

static int
visit(void *self, const struct transition *transition, struct fault *f)
{
	const struct visit *v = self;
	struct search *s = v->search;
	size_t at = (size_t)v->state->at.activity;

	if (transition->step.stimulus == STIMULUS_KEYS ||
	    transition->step.stimulus == STIMULUS_SETS ||
	    transition->step.stimulus == STIMULUS_FAILURE ||
	    transition->step.stimulus == STIMULUS_TIMEOUT)
		if (s->stays[at] == NO_STATE)
			s->stays[at] = v->from;
	switch (transition->kind) {
	case TRANSITION_NOWHERE:
		return found(v,
		    transition->exit == NULL ? FINDING_NO_EXIT
					     : FINDING_NO_ACTIVITY,
		    transition, f);
	case TRANSITION_END:
		if (transition->step.at->type->verified &&
		    v->state->trust != TRUST_PASSED)
			return found(v, FINDING_NOT_VERIFIED, transition, f);
		return 0;
	case TRANSITION_ON:
	default:
		return visit_on(v, transition, f);
	}
}

/* --- all of them ---------------------------------------------------------- */

static int
look(struct search *s, struct fault *f)
{
	unsigned char key[KEY_MAX];
	struct state m;
	struct visit v = {.search = s, .state = &m};
	uint32_t first;

	state_start(&m, &s->model);
	state_pack(key, &m, &s->model);
	if (state_graph_add(&s->states, key, 0, &first, f) == -1)
		return -1;
	for (v.from = first; v.from < s->states.count; v.from++) {
		state_unpack(
		    &m, state_graph_key(&s->states, v.from), &s->model);
		if (s->seen[m.at.activity] == NO_STATE)
			s->seen[m.at.activity] = v.from;
		s->states.edges_from[v.from] = s->states.edge_count;
		if (transitions_from(&s->model, &m, visit, &v, f) == -1)
			return -1;
	}
	s->states.edges_from[v.from] = s->states.edge_count;
	return loop_findings(s, f);
}

/* By kind, then as they stand in the workflow. */
static int
compare(const void *a, const void *b)
{
	const struct finding *left = a, *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	if (left->at != right->at)
		return left->at < right->at ? -1 : 1;
	return left->exit < right->exit ? -1 : left->exit > right->exit;
}

int
check_workflow(const struct workflow *w, size_t max_states,
    struct check_result *out, struct fault *f)
{
	struct search *s = calloc(1, sizeof *s);
	int r;

	if (s == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	s->result = out;
	s->states.max = max_states;
	memset(s->seen, 0xff, sizeof s->seen);
	memset(s->stays, 0xff, sizeof s->stays);
	r = model_open(&s->model, w, f);
	s->states.key_len = s->model.key_len;
	if (r == 0 && w->start != -1)
		r = look(s, f);
	if (r == 0)
		r = static_findings(s, f);
	if (r == -1)
		fault_prefix(f, "%s", w->name);
	if (out->count > 0)
		qsort(
		    out->findings, out->count, sizeof *out->findings, compare);
	out->states = s->states.count;
	state_graph_release(&s->states);
	free(s);
	return r;
}
