/*
 * What can be seen at an activity alone, and by which of them calls came to.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdio.h>
#include <string.h>

/* Add it with the call to that activity: 1; 0: there is no call, or it is there
 * already. */
static int
add(struct search *s, const struct finding *finding, struct finding **out,
    struct fault *f)
{
	size_t at = (size_t)(finding->at - s->model.w->activities);

	if (search_add(s, finding, out, f) == -1)
		return -1;
	if (*out == NULL)
		return 0;
	if (s->stays[at] != NO_STATE)
		return call_to(s, *out, s->stays[at], f);
	return s->seen[at] == NO_STATE ? 0 : call_to(s, *out, s->seen[at], f);
}

static int
check_exits(struct search *s, const struct activity *a, struct fault *f)
{
	struct finding finding = {.kind = FINDING_NO_EXIT, .at = a}, *added;
	size_t i;

	if (missing_exits(a) != 0 && add(s, &finding, &added, f) == -1)
		return -1;
	finding.kind = FINDING_NO_ACTIVITY;
	for (i = 0; i < a->exit_count; i++) {
		finding.exit = &a->exits[i];
		if (a->exits[i].to == -1 && add(s, &finding, &added, f) == -1)
			return -1;
	}
	return 0;
}

static int
check_timeout(struct search *s, const struct activity *a, struct fault *f)
{
	struct finding finding = {.kind = FINDING_NO_TIMEOUT, .at = a}, *added;

	if (a->seconds > 0 || (!a->type->asks && !a->type->waits))
		return 0;
	return add(s, &finding, &added, f);
}

/* The call: what the settings say is keyed in, and it is no answer. */
static int
check_digits(struct search *s, const struct activity *a, struct fault *f)
{
	struct finding finding = {.kind = FINDING_DIGITS, .at = a}, *added;
	struct check_step keyed = {
	    .stimulus = STIMULUS_KEYS, .at = a, .times = 1};
	char digits[WORKFLOW_MAX_DIGITS + 1];
	const char *setting;
	unsigned wanted = wanted_digits(a, s->model.w, &setting);
	int r;

	if (wanted == 0 || wanted == a->digits)
		return 0;
	(void)snprintf(digits, sizeof digits, "%0*u", (int)wanted, 1U);
	keyed.value = digits;
	r = add(s, &finding, &added, f);
	return r == 1 ? call_add(s, added, &keyed, f) : r;
}

/* Where an exit leads nowhere more would be found that is not so. */
static bool
all_exits_lead_on(const struct search *s)
{
	return search_count(s, FINDING_NO_START) +
	    search_count(s, FINDING_NO_ACTIVITY) +
	    search_count(s, FINDING_NO_EXIT) ==
	    0;
}

int
static_findings(struct search *s, struct fault *f)
{
	const struct workflow *w = s->model.w;
	const struct activity *a;
	struct finding *added;
	size_t i;

	if (w->start == -1 &&
	    search_add(s, &(struct finding){.kind = FINDING_NO_START}, &added,
		f) == -1)
		return -1;
	for (i = 0; i < w->activity_count; i++) {
		a = &w->activities[i];
		if (check_exits(s, a, f) == -1 ||
		    check_timeout(s, a, f) == -1 || check_digits(s, a, f) == -1)
			return -1;
	}
	for (i = 0; i < w->activity_count && all_exits_lead_on(s); i++) {
		a = &w->activities[i];
		if (s->seen[i] == NO_STATE &&
		    search_add(s,
			&(struct finding){.kind = FINDING_NOT_REACHED, .at = a},
			&added, f) == -1)
			return -1;
	}
	return 0;
}
