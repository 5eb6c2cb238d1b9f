/*
 * A breadth-first search through all states that a call can be in.
 */
#include "cmd/twofa-flow/checker/checker.h"

#include "common/base/memory.h"
#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdio.h>
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

/* --- what each activity shows alone --------------------------------------- */

/* Add it with the call to that activity. NULL: there is no call, or it is
 * known. */
static struct finding *
add(struct search *s, enum finding_kind kind, const struct activity *at,
    const struct workflow_exit *exit)
{
	size_t i = (size_t)(at - s->model.w->activities);
	uint32_t state = s->stays[i] != NO_STATE ? s->stays[i] : s->seen[i];
	struct finding *added = search_add(s, kind, at, exit);

	return added != NULL && state != NO_STATE && call_to(s, added, state)
	    ? added
	    : NULL;
}

static void
check_exits(struct search *s, const struct activity *a)
{
	const struct workflow_exit *exit;

	if (missing_exits(a) != 0)
		(void)add(s, FINDING_NO_EXIT, a, NULL);
	for (exit = a->exits; exit < a->exits + a->exit_count; exit++)
		if (exit->to == -1)
			(void)add(s, FINDING_NO_ACTIVITY, a, exit);
}

/* The call that shows it enters as many digits as the settings say. */
static void
check_digits(struct search *s, const struct activity *a)
{
	struct check_step entered = {
	    .stimulus = STIMULUS_KEYS, .at = a, .times = 1};
	char digits[WORKFLOW_MAX_DIGITS + 1];
	const char *setting;
	unsigned wanted = wanted_digits(a, s->model.w, &setting);
	struct finding *added;

	if (wanted == 0 || wanted == a->digits)
		return;
	(void)snprintf(digits, sizeof digits, "%0*u", (int)wanted, 1U);
	entered.value = digits;
	added = add(s, FINDING_DIGITS, a, NULL);
	if (added != NULL)
		call_add(s, added, &entered);
}

/* Else activities behind an exit that leads nowhere would be reported. */
static bool
all_exits_lead_on(const struct search *s)
{
	const struct check_result *r = s->result;
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->findings[i].kind == FINDING_NO_START ||
		    r->findings[i].kind == FINDING_NO_ACTIVITY ||
		    r->findings[i].kind == FINDING_NO_EXIT)
			return false;
	return true;
}

static void
static_findings(struct search *s)
{
	const struct workflow *w = s->model.w;
	const struct activity *a;
	size_t i;

	if (w->start == -1)
		(void)search_add(s, FINDING_NO_START, NULL, NULL);
	for (i = 0; i < w->activity_count; i++) {
		a = &w->activities[i];
		check_exits(s, a);
		if (a->seconds == 0 && (a->type->asks || a->type->waits))
			(void)add(s, FINDING_NO_TIMEOUT, a, NULL);
		check_digits(s, a);
	}
	for (i = 0; i < w->activity_count && all_exits_lead_on(s); i++)
		if (s->seen[i] == NO_STATE)
			(void)search_add(
			    s, FINDING_NOT_REACHED, &w->activities[i], NULL);
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
