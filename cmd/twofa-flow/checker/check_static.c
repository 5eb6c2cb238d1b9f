/*
 * What each activity shows alone, and which of them no call comes to.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdio.h>
#include <string.h>

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
	struct check_step keyed = {
	    .stimulus = STIMULUS_KEYS, .at = a, .times = 1};
	char digits[WORKFLOW_MAX_DIGITS + 1];
	const char *setting;
	unsigned wanted = wanted_digits(a, s->model.w, &setting);
	struct finding *added;

	if (wanted == 0 || wanted == a->digits)
		return;
	(void)snprintf(digits, sizeof digits, "%0*u", (int)wanted, 1U);
	keyed.value = digits;
	added = add(s, FINDING_DIGITS, a, NULL);
	if (added != NULL)
		call_add(s, added, &keyed);
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

void
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
