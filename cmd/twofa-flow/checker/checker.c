/*
 * A breadth-first search through all states that a call can be in.
 */
#include "cmd/twofa-flow/checker/checker.h"

#include "common/base/memory.h"
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

/* --- the transitions of one state ----------------------------------------- */

struct visitor {
	struct search *search;
	uint32_t from;
	struct state state; /* of from */
};

static void
found(struct visitor *v, enum finding_kind kind, const struct transition *t)
{
	struct search *s = v->search;
	struct finding *finding = search_add(s, kind, t->step.at, t->exit);

	if (finding != NULL && call_to(s, finding, v->from))
		call_add(s, finding, &t->step);
}

static void
visit_on(struct visitor *v, const struct transition *t)
{
	struct search *s = v->search;
	unsigned max_sms = s->model.w->max_sms;
	unsigned char key[KEY_MAX];
	uint32_t to;

	state_pack(key, &t->to, &s->model);
	to = state_graph_add(&s->graph, key, v->from);
	if (to == NO_STATE)
		return;
	state_graph_add_edge(&s->graph, to);
	if (t->to.messages > max_sms && v->state.messages <= max_sms)
		found(v, FINDING_MESSAGES, t);
}

/* Does the call stay at its activity until that? */
static bool
ends_stay(enum stimulus stimulus)
{
	return stimulus == STIMULUS_KEYS || stimulus == STIMULUS_SETS ||
	    stimulus == STIMULUS_FAILURE || stimulus == STIMULUS_TIMEOUT;
}

static void
visit(void *self, const struct transition *t)
{
	struct visitor *v = self;
	uint32_t *stays = &v->search->stays[v->state.at.activity];

	if (ends_stay(t->step.stimulus) && *stays == NO_STATE)
		*stays = v->from;
	switch (t->kind) {
	case TRANSITION_NOWHERE:
		found(v,
		    t->exit == NULL ? FINDING_NO_EXIT : FINDING_NO_ACTIVITY, t);
		break;
	case TRANSITION_END:
		if (t->step.at->type->verified &&
		    v->state.trust != TRUST_PASSED)
			found(v, FINDING_NOT_VERIFIED, t);
		break;
	case TRANSITION_ON:
		visit_on(v, t);
		break;
	}
}

/* --- all of them ---------------------------------------------------------- */

static int
visit_state(struct visitor *v, struct fault *f)
{
	struct search *s = v->search;
	struct state_graph *g = &s->graph;
	uint32_t *seen;

	state_unpack(&v->state, state_graph_key(g, v->from), &s->model);
	seen = &s->seen[v->state.at.activity];
	if (*seen == NO_STATE)
		*seen = v->from;
	g->edges_from[v->from] = g->edge_count;
	transitions_from(&s->model, &v->state, visit, v);
	if (g->too_many_states)
		return fault_set(f, STATUS_CONFIG,
		    "more than %zu states: too many to check every call",
		    g->max);
	if (g->too_many_edges)
		return fault_set(f, STATUS_CONFIG,
		    "more than %zu ways from state to state: too many to "
		    "check every call",
		    g->max * EDGES_A_STATE);
	return 0;
}

static int
visit_all(struct search *s, struct fault *f)
{
	unsigned char key[KEY_MAX];
	struct visitor v = {.search = s};

	state_start(&v.state, &s->model);
	state_pack(key, &v.state, &s->model);
	(void)state_graph_add(&s->graph, key, 0);
	for (v.from = 0; v.from < s->graph.count; v.from++)
		if (visit_state(&v, f) == -1)
			return -1;
	s->graph.edges_from[v.from] = s->graph.edge_count;
	loop_findings(s);
	return 0;
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
	struct search *s = memory_new(1, sizeof *s);
	int r = model_open(&s->model, w, f);

	s->result = out;
	s->graph.max = max_states;
	memset(s->seen, 0xff, sizeof s->seen);
	memset(s->stays, 0xff, sizeof s->stays);
	if (r == 0) {
		model_find_live(&s->model);
		s->graph.key_len = state_key_len(&s->model);
	}
	if (r == 0 && w->start != -1)
		r = visit_all(s, f);
	if (r == 0)
		static_findings(s);
	else
		fault_prefix(f, "%s", w->name);
	if (out->count > 0)
		qsort(
		    out->findings, out->count, sizeof *out->findings, compare);
	out->states = s->graph.count;
	state_graph_release(&s->graph);
	free(s);
	return r;
}
