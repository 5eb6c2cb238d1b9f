/*
 * Calls that never end: the strongly connected components of the states, found
 * by Tarjan's algorithm without recursion.
 *
 * Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/base/memory.h"

#include <stdlib.h>
#include <string.h>

struct mark {
	uint32_t order;	    /* in which it was entered, from 1; 0: not yet */
	uint32_t low;	    /* the lowest order it leads back to */
	uint32_t component; /* its first state, once it is known */
	uint32_t next;	    /* of its edges */
};

struct loops {
	struct search *search;
	const struct state_graph *graph;
	struct mark *marks;
	uint32_t *stack; /* states whose component is not known yet */
	uint32_t *path;	 /* from the first state to the one that is visited */
	size_t stack_len, path_len;
	uint32_t order;
};

static void
enter(struct loops *l, uint32_t state)
{
	l->marks[state] = (struct mark){++l->order, l->order, NO_STATE, 0};
	l->stack[l->stack_len++] = state;
	l->path[l->path_len++] = state;
}

/* Does a call come to the activity of a before it comes to that of b? */
static bool
is_before(const struct loops *l, uint32_t a, uint32_t b)
{
	const uint32_t *seen = l->search->seen;
	unsigned char at_a = state_graph_activity(l->graph, a);
	unsigned char at_b = state_graph_activity(l->graph, b);

	return at_a == at_b ? a < b : seen[at_a] < seen[at_b];
}

/* A component is complete; it was entered at state, the last of the path. */
static void
close_component(struct loops *l, uint32_t state)
{
	size_t i, from = l->stack_len;
	uint32_t first = state;

	do {
		from--;
		if (is_before(l, l->stack[from], first))
			first = l->stack[from];
	} while (l->stack[from] != state);
	for (i = from; i < l->stack_len; i++)
		l->marks[l->stack[i]].component = first;
	l->stack_len = from;
}

/* Follow one more edge of the last state of the path, or go back from it. */
static void
advance(struct loops *l)
{
	uint32_t state = l->path[l->path_len - 1], to;
	struct mark *m = &l->marks[state];
	size_t edge = l->graph->edges_from[state] + m->next;

	if (edge == l->graph->edges_from[state + 1]) {
		if (m->low == m->order)
			close_component(l, state);
		l->path_len--;
		if (l->path_len > 0 &&
		    l->marks[l->path[l->path_len - 1]].low > m->low)
			l->marks[l->path[l->path_len - 1]].low = m->low;
		return;
	}
	m->next++;
	to = l->graph->edges[edge];
	if (l->marks[to].order == 0)
		enter(l, to);
	else if (l->marks[to].component == NO_STATE &&
	    l->marks[to].order < m->low)
		m->low = l->marks[to].order;
}

static void
find_components(struct loops *l)
{
	uint32_t i;

	for (i = 0; i < l->graph->count; i++) {
		if (l->marks[i].order != 0)
			continue;
		enter(l, i);
		while (l->path_len > 0)
			advance(l);
	}
}

/* --- the shortest loop ----------------------------------------------- */

/*
 * A breadth-first search from first within its component: the state from which
 * first is reached again, or NO_STATE. stack is the queue; path has the state
 * before each one.
 */
static uint32_t
go_round(struct loops *l, uint32_t first)
{
	const struct state_graph *g = l->graph;
	size_t at, edge;
	uint32_t from, to;

	l->stack_len = 0;
	l->stack[l->stack_len++] = first;
	for (at = 0; at < l->stack_len; at++) {
		from = l->stack[at];
		for (edge = g->edges_from[from]; edge < g->edges_from[from + 1];
		     edge++) {
			to = g->edges[edge];
			if (to == first)
				return from;
			if (l->marks[to].component != first ||
			    l->path[to] != NO_STATE)
				continue;
			l->path[to] = from;
			l->stack[l->stack_len++] = to;
		}
	}
	return NO_STATE;
}

/* The call to first, and once round the loop. */
static void
add_call(
    struct loops *l, struct finding *finding, uint32_t first, uint32_t last)
{
	uint32_t at, *round = l->stack;
	size_t i, len = 0;

	if (!call_to(l->search, finding, first))
		return;
	for (at = last; at != first; at = l->path[at])
		round[len++] = at;
	if (finding->step_count + len >= CHECK_MAX_STEPS) {
		finding->step_count = 0;
		return;
	}
	finding->loop = finding->step_count;
	for (i = len; i > 0; i--) {
		call_go(l->search, finding, at, round[i - 1]);
		at = round[i - 1];
	}
	call_go(l->search, finding, at, first);
}

/* One for each activity that a call in a loop comes to before the others. */
static void
add_loops(struct loops *l)
{
	const struct activity *activities = l->search->model.w->activities;
	bool done[WORKFLOW_MAX_ACTIVITIES] = {false};
	size_t size = l->graph->count * sizeof *l->path;
	struct finding *finding;
	uint32_t i, last;
	unsigned char at;

	memset(l->path, 0xff, size);
	for (i = 0; i < l->graph->count; i++) {
		at = state_graph_activity(l->graph, i);
		if (l->marks[i].component != i || done[at])
			continue;
		last = go_round(l, i);
		if (last == NO_STATE)
			continue; /* no loop: l->path is unchanged */
		finding =
		    search_add(l->search, FINDING_LOOP, &activities[at], NULL);
		if (finding != NULL)
			add_call(l, finding, i, last);
		memset(l->path, 0xff, size);
		done[at] = true;
	}
}

void
loop_findings(struct search *s)
{
	size_t count = s->graph.count;
	struct loops l = {.search = s, .graph = &s->graph};

	l.marks = memory_new(count, sizeof *l.marks);
	l.stack = memory_new(count, sizeof *l.stack);
	l.path = memory_new(count, sizeof *l.path);
	find_components(&l);
	add_loops(&l);
	free(l.marks);
	free(l.stack);
	free(l.path);
}
