#include "cmd/twofa-flow/workflow/trust.h"

#include <string.h>

/* Mark where the exits of one activity lead; true: some of it is new. */
static bool
mark_exits(bool before[WORKFLOW_MAX_ACTIVITIES], const struct activity *a)
{
	const struct workflow_exit *exit;
	bool changed = false;

	for (exit = a->exits; exit < a->exits + a->exit_count; exit++) {
		if (exit->to == -1 || before[exit->to] ||
		    (exit->kind == EXIT_NEXT && activity_asks_for_pin(a)))
			continue;
		before[exit->to] = changed = true;
	}
	return changed;
}

/* Where a call can come without having had a PIN collected. */
static void
find_before(bool before[WORKFLOW_MAX_ACTIVITIES], const struct workflow *w)
{
	bool changed = w->start != -1;
	size_t i;

	memset(before, 0, WORKFLOW_MAX_ACTIVITIES * sizeof before[0]);
	if (changed)
		before[w->start] = true;
	while (changed) {
		changed = false;
		for (i = 0; i < w->activity_count; i++)
			if (before[i] && mark_exits(before, &w->activities[i]))
				changed = true;
	}
}

bool
position_is_behind_pin(const struct position *p, const struct workflow *w)
{
	bool before[WORKFLOW_MAX_ACTIVITIES];

	find_before(before, w);
	return p->activity != -1 && !before[p->activity];
}

void
position_ask_again(struct position *p, const struct workflow *w, int64_t now_s)
{
	bool before[WORKFLOW_MAX_ACTIVITIES];
	int to = w->start;
	size_t i;

	find_before(before, w);
	for (i = w->activity_count; i > 0; i--)
		if (before[i - 1] && activity_asks_for_pin(&w->activities[i - 1]))
			to = (int)i - 1;
	if (to != -1)
		position_go(p, w, to, now_s);
}
