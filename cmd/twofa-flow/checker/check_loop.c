/*
 * Calls that go round for ever: the strongly connected components of the
 * states, by Tarjan, without recursion.
 *
 * Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdlib.h>
#include <string.h>

struct mark {
	uint32_t order; /* in which it was come to, from 1; 0: not yet */
	uint32_t low;	/* the lowest order it leads back to */
	uint32_t part;	/* its component, once known: the state that is named */
	uint32_t next;	/* of its edges */
};

struct loops {
	struct search *search;
	const struct state_graph *states;
	struct mark *marks;
	uint32_t *open; /* states whose component is not known yet */
	uint32_t *way;	/* from the state begun with to this one */
	size_t open_count, way_len;
	uint32_t order;
};

static void
enter(struct loops *l, uint32_t state)
{
	l->marks[state] = (struct mark){++l->order, l->order, NO_STATE, 0};
	l->open[l->open_count++] = state;
	l->way[l->way_len++] = state;
}

/* Does a call come to the activity of a before it comes to that of b? */
static bool
is_before(const struct loops *l, uint32_t a, uint32_t b)
{
	const uint32_t *seen = l->search->seen;
	unsigned char at_a = state_graph_key(l->states, a)[0];
	unsigned char at_b = state_graph_key(l->states, b)[0];

	return at_a == at_b ? a < b : seen[at_a] < seen[at_b];
}

/* All of one component, when way is at the state it was entered by. */
static void
close_part(struct loops *l, uint32_t state)
{
	size_t i, from = l->open_count;
	uint32_t first = state;

	do {
		from--;
		if (is_before(l, l->open[from], first))
			first = l->open[from];
	} while (l->open[from] != state);
	for (i = from; i < l->open_count; i++)
		l->marks[l->open[i]].part = first;
	l->open_count = from;
}

/* One more edge of the last state of the way, or back from it. */
static void
advance(struct loops *l)
{
	uint32_t state = l->way[l->way_len - 1], to;
	struct mark *m = &l->marks[state];
	size_t edge = l->states->edges_from[state] + m->next;

	if (edge == l->states->edges_from[state + 1]) {
		if (m->low == m->order)
			close_part(l, state);
		l->way_len--;
		if (l->way_len > 0 &&
		    l->marks[l->way[l->way_len - 1]].low > m->low)
			l->marks[l->way[l->way_len - 1]].low = m->low;
		return;
	}
	m->next++;
	to = l->states->edges[edge];
	if (l->marks[to].order == 0)
		enter(l, to);
	else if (l->marks[to].part == NO_STATE && l->marks[to].order < m->low)
		m->low = l->marks[to].order;
}

static void
find_parts(struct loops *l)
{
	uint32_t i;

	for (i = 0; i < l->states->count; i++) {
		if (l->marks[i].order != 0)
			continue;
		enter(l, i);
		while (l->way_len > 0)
			advance(l);
	}
}

/* --- the shortest way round ----------------------------------------------- */

/*
 * From first back to it within its component, the nearest states first: the
 * last state before it is again reached, or NO_STATE. open is the queue, way
 * has for each state the one before.
 */
static uint32_t
go_round(struct loops *l, uint32_t first)
{
	const struct state_graph *s = l->states;
	size_t at, edge;
	uint32_t from, to;

	l->open_count = 0;
	l->open[l->open_count++] = first;
	for (at = 0; at < l->open_count; at++) {
		from = l->open[at];
		for (edge = s->edges_from[from]; edge < s->edges_from[from + 1];
		     edge++) {
			to = s->edges[edge];
			if (to == first)
				return from;
			if (l->marks[to].part != first ||
			    l->way[to] != NO_STATE)
				continue;
			l->way[to] = from;
			l->open[l->open_count++] = to;
		}
	}
	return NO_STATE;
}

/* The call to first, and once round. */
static int
add_call(struct loops *l, struct finding *finding, uint32_t first,
    uint32_t last, struct fault *f)
{
	uint32_t at, *round = l->open;
	size_t i, len = 0;
	int r = call_to(l->search, finding, first, f);

	if (r != 1)
		return r;
	finding->loop = finding->step_count;
	for (at = last; at != first; at = l->way[at])
		round[len++] = at;
	if (finding->loop + len >= CHECK_MAX_STEPS) {
		finding->loop = finding->step_count = 0;
		return 0;
	}
	at = first;
	for (i = len; i > 0; i--) {
		if (call_go(l->search, finding, at, round[i - 1], f) == -1)
			return -1;
		at = round[i - 1];
	}
	return call_go(l->search, finding, at, first, f);
}

static int
add_loop(struct loops *l, uint32_t first, uint32_t last, struct fault *f)
{
	const struct workflow *w = l->search->model.w;
	struct finding *finding,
	    loop = {.kind = FINDING_LOOP,
		.at = &w->activities[state_graph_key(l->states, first)[0]]};
	int r = search_add(l->search, &loop, &finding, f);

	if (finding != NULL)
		r = add_call(l, finding, first, last, f);
	return r == -1 ? -1 : 0;
}

/* One for each activity that a call going round comes to before the others. */
static int
look_at_all(struct loops *l, struct fault *f)
{
	bool done[WORKFLOW_MAX_ACTIVITIES] = {false};
	size_t size = l->states->count * sizeof *l->way;
	uint32_t i, last;
	unsigned char at;

	memset(l->way, 0xff, size);
	for (i = 0; i < l->states->count; i++) {
		at = state_graph_key(l->states, i)[0];
		if (l->marks[i].part != i || done[at])
			continue;
		last = go_round(l, i);
		if (last == NO_STATE)
			continue; /* alone: the way is as it was */
		if (add_loop(l, i, last, f) == -1)
			return -1;
		memset(l->way, 0xff, size);
		done[at] = true;
	}
	return 0;
}

int
loop_findings(struct search *s, struct fault *f)
{
	size_t count = s->states.count;
	struct loops l = {.search = s, .states = &s->states};
	int r = -1;

	l.marks = calloc(count, sizeof *l.marks);
	l.open = calloc(count, sizeof *l.open);
	l.way = calloc(count, sizeof *l.way);
	if (l.marks == NULL || l.open == NULL || l.way == NULL) {
		(void)fault_set(f, STATUS_IO, "out of memory");
	} else {
		find_parts(&l);
		r = look_at_all(&l, f);
	}
	free(l.marks);
	free(l.open);
	free(l.way);
	return r;
}
