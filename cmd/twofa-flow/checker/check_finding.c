/*
 * Findings: their messages, and the calls that show them. The steps of calls
 * are not kept during the search: each is found again among the transitions
 * from its state.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/base/memory.h"
#include "common/task/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- messages ------------------------------------------------------------- */

unsigned
missing_exits(const struct activity *a)
{
	unsigned missing = 0, needed = a->type->exits;
	enum member exit;

	if (a->max > 0)
		needed |= MEMBER_BIT(EXIT_EXCEEDED);
	for (exit = EXIT_NEXT; exit < MEMBERS; exit++)
		if ((needed & MEMBER_BIT(exit)) != 0 &&
		    activity_exit(a, exit, NULL) == NULL)
			missing |= MEMBER_BIT(exit);
	return missing;
}

unsigned
wanted_digits(
    const struct activity *a, const struct workflow *w, const char **setting)
{
	if (activity_asks_for_pin(a)) {
		*setting = "pin_digits";
		return w->settings.pin_digits;
	}
	if (activity_collects(a) &&
	    strcmp(a->parameter, NAME_CUSTOMER_IDENTIFIER) == 0) {
		*setting = "identifier_digits";
		return w->settings.identifier_digits;
	}
	return 0;
}

static void PRINTF_LIKE(2, 3)
    add(struct finding *finding, const char *format, ...)
{
	size_t len = strlen(finding->message);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(
	    finding->message + len, sizeof finding->message - len, format, ap);
	va_end(ap);
}

static void
say_missing(struct finding *finding)
{
	unsigned missing = missing_exits(finding->at);
	const char *between = "no ";
	enum member exit;

	for (exit = EXIT_NEXT; exit < MEMBERS; exit++)
		if ((missing & MEMBER_BIT(exit)) != 0) {
			add(finding, "%s%s", between, member_name(exit));
			between = ", no ";
		}
	add(finding, ": an activity of type %s needs it",
	    finding->at->type->name);
}

static void
say_dangling(struct finding *finding)
{
	const struct workflow_exit *exit = finding->exit;

	add(finding, "%s%s leads to '%s', which does not exist",
	    exit->kind == EXIT_CHOICE	  ? "the key "
		: exit->kind == EXIT_CASE ? "the value "
					  : "",
	    exit->key != NULL ? exit->key : member_name(exit->kind),
	    exit->target);
}

static void
say_digits(struct finding *finding, const struct workflow *w)
{
	const char *setting = "";
	unsigned wanted = wanted_digits(finding->at, w, &setting);

	add(finding, "asks for %u digits, %s is %u", finding->at->digits,
	    setting, wanted);
}

static void
say(struct finding *finding, const struct workflow *w)
{
	if (finding->at == NULL) {
		add(finding, "start: there is no activity '%s'", w->start_name);
		return;
	}
	add(finding, "%s: ", finding->at->name);
	switch (finding->kind) {
	case FINDING_NO_START: /* at no activity */
		break;
	case FINDING_NO_ACTIVITY:
		say_dangling(finding);
		break;
	case FINDING_NO_EXIT:
		say_missing(finding);
		break;
	case FINDING_NO_TIMEOUT:
		add(finding, "%s without a time-out: seconds is missing",
		    finding->at->type->asks ? "asks" : "waits");
		break;
	case FINDING_DIGITS:
		say_digits(finding, w);
		break;
	case FINDING_NOT_VERIFIED:
		add(finding, "the queue is reached without a verified PIN");
		break;
	case FINDING_MESSAGES:
		add(finding, "sends more than %u message%s, which is maxSMS",
		    w->max_sms, w->max_sms == 1 ? "" : "s");
		break;
	case FINDING_LOOP:
		add(finding, "a call can loop here forever, without a max");
		break;
	case FINDING_NOT_REACHED:
		add(finding, "no call reaches it");
		break;
	}
}

struct finding *
search_add(struct search *s, enum finding_kind kind, const struct activity *at,
    const struct workflow_exit *exit)
{
	struct check_result *r = s->result;
	struct finding *new;
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->findings[i].kind == kind && r->findings[i].at == at &&
		    r->findings[i].exit == exit)
			return NULL;
	if (r->count == CHECK_MAX_FINDINGS) {
		r->left_out++;
		return NULL;
	}
	r->findings =
	    memory_grow(r->findings, r->count + 1, sizeof *r->findings);
	new = &r->findings[r->count++];
	*new = (struct finding){.kind = kind, .at = at, .exit = exit};
	say(new, s->model.w);
	return new;
}

/* --- calls ---------------------------------------------------------------- */

void
call_add(
    struct search *s, struct finding *finding, const struct check_step *step)
{
	struct check_step *added;

	/* What is not set at the start is not listed. */
	if (step->stimulus == STIMULUS_START && step->value == NULL)
		return;
	finding->steps = memory_grow(
	    finding->steps, finding->step_count + 1, sizeof *finding->steps);
	added = &finding->steps[finding->step_count++];
	*added = *step;
	if (step->value != NULL)
		added->value = arena_copy(
		    &s->result->strings, step->value, strlen(step->value));
}

struct seeker {
	struct search *search;
	struct finding *finding;
	uint32_t to;
	bool found;
};

static void
seek(void *self, const struct transition *t)
{
	struct seeker *seeker = self;
	struct search *s = seeker->search;
	unsigned char key[KEY_MAX];

	if (seeker->found || t->kind != TRANSITION_ON)
		return;
	state_pack(key, &t->to, &s->model);
	seeker->found = state_graph_find(&s->graph, key) == seeker->to;
	if (seeker->found)
		call_add(s, seeker->finding, &t->step);
}

void
call_go(struct search *s, struct finding *finding, uint32_t from, uint32_t to)
{
	struct seeker seeker = {s, finding, to, false};
	struct state state;

	state_unpack(&state, state_graph_key(&s->graph, from), &s->model);
	transitions_from(&s->model, &state, seek, &seeker);
}

/* The values at the start come first; the rest keeps its order. */
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

bool
call_to(struct search *s, struct finding *finding, uint32_t state)
{
	const uint32_t *parents = s->graph.parents;
	uint32_t at, *path;
	size_t i, len = 0;

	for (at = state; parents[at] != at; at = parents[at])
		len++;
	if (len > CHECK_MAX_STEPS)
		return false;
	path = memory_new(len + 1, sizeof *path);
	for (at = state, i = len; i > 0; at = parents[at])
		path[--i] = at;
	for (i = 0; i < len; i++)
		call_go(s, finding, parents[path[i]], path[i]);
	free(path);
	put_start_first(finding);
	return true;
}
