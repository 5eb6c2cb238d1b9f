#include "cmd/twofa-flow/workflow/position.h"

#include "common/base/number.h"
#include "common/task/names.h"
#include "common/task/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	COUNT_SIZE = (WORKFLOW_MAX_ACTIVITIES + 1) * (WORKFLOW_NAME_MAX + 16),
};

#define TRIES "*"

static bool
is_counted(const struct activity *a)
{
	return a->max > 0 || activity_asks_for_pin(a);
}

void
position_go(struct position *p, const struct workflow *w, int to, int64_t now_s)
{
	p->activity = to;
	p->since_s = now_s;
	p->tries = 0;
	if (is_counted(&w->activities[to]) &&
	    p->visits[to] < POSITION_MAX_VISITS)
		p->visits[to]++;
}

void
position_start(struct position *p, const struct workflow *w, int64_t now_s)
{
	*p = (struct position){.activity = -1};
	if (w->start != -1)
		position_go(p, w, w->start, now_s);
}

static int
load_count(
    struct position *p, const struct workflow *w, char *word, struct fault *f)
{
	char *equals = strchr(word, '=');
	unsigned long n;
	int at;

	if (equals == NULL ||
	    !number_parse(&n, equals + 1, 0, POSITION_MAX_VISITS))
		return fault_set(
		    f, STATUS_DATA, "%s: not ACTIVITY=N ...", NAME_FLOW_COUNT);
	*equals = '\0';
	if (strcmp(word, TRIES) == 0) {
		p->tries = (unsigned)n;
		return 0;
	}
	at = workflow_find(w, word);
	if (at == -1)
		return fault_set(f, STATUS_CONFIG,
		    "%s: the workflow %s has no activity '%s'", NAME_FLOW_COUNT,
		    w->name, word);
	p->visits[at] = (unsigned short)n;
	return 0;
}

static int
load_counts(struct position *p, const struct workflow *w, const char *text,
    struct fault *f)
{
	char word[WORKFLOW_NAME_MAX + 16];
	size_t len;

	for (; *text != '\0'; text += len + (text[len] == ' ')) {
		len = strcspn(text, " ");
		if (len >= sizeof word)
			return fault_set(f, STATUS_DATA,
			    "%s: not ACTIVITY=N ...", NAME_FLOW_COUNT);
		(void)snprintf(word, sizeof word, "%.*s", (int)len, text);
		if (load_count(p, w, word, f) == -1)
			return -1;
	}
	return 0;
}

/* A call ends at an activity that ends it, with its outcome, or anywhere when
 * the caller hangs up. */
static int
load_outcome(struct position *p, const struct workflow *w, const char *outcome,
    bool begun, struct fault *f)
{
	const struct activity *a = begun ? &w->activities[p->activity] : NULL;
	bool own;

	if (outcome == NULL)
		return 0;
	own = a != NULL && a->type->outcome != NULL &&
	    strcmp(outcome, a->type->outcome) == 0;
	if (a == NULL || (!own && strcmp(outcome, VALUE_DISCONNECTED) != 0))
		return fault_set(f, STATUS_DATA,
		    "%s: the call is not at an activity that ends it so",
		    NAME_FLOW_OUTCOME);
	p->ended = true;
	p->hung_up = !own;
	return 0;
}

int
position_load(struct position *p, const struct workflow *w,
    const struct parameters *from, int64_t now_s, struct fault *f)
{
	const char *text = from->get(from->self, NAME_FLOW_ACTIVITY);
	const char *outcome = from->get(from->self, NAME_FLOW_OUTCOME);

	position_start(p, w, now_s);
	if (text == NULL)
		return load_outcome(p, w, outcome, false, f);
	*p = (struct position){.activity = workflow_find(w, text)};
	if (p->activity == -1)
		return fault_set(f, STATUS_CONFIG,
		    "%s: the workflow %s has no activity '%s'; -w FILE names "
		    "another one",
		    NAME_FLOW_ACTIVITY, w->name, text);
	text = from->get(from->self, NAME_FLOW_SINCE);
	if (text == NULL || !time_parse(&p->since_s, text))
		return fault_set(f, STATUS_DATA,
		    "%s: not a time in seconds since 1970", NAME_FLOW_SINCE);
	if (load_outcome(p, w, outcome, true, f) == -1)
		return -1;
	text = from->get(from->self, NAME_FLOW_COUNT);
	return text == NULL ? 0 : load_counts(p, w, text, f);
}

/* The length with one more count behind len bytes. */
static size_t
add_count(char out[COUNT_SIZE], size_t len, const char *name, unsigned count)
{
	if (count == 0)
		return len;
	return len +
	    (size_t)snprintf(out + len, COUNT_SIZE - len, "%s%s=%u",
		len > 0 ? " " : "", name, count);
}

static void
store_counts(const struct position *p, const struct workflow *w,
    const struct parameters *to)
{
	char counts[COUNT_SIZE];
	size_t i, len = 0;

	for (i = 0; i < w->activity_count; i++)
		len =
		    add_count(counts, len, w->activities[i].name, p->visits[i]);
	len = add_count(counts, len, TRIES, p->tries);
	if (len == 0)
		to->remove(to->self, NAME_FLOW_COUNT);
	else
		to->set(to->self, NAME_FLOW_COUNT, counts);
}

void
position_store(const struct position *p, const struct workflow *w,
    const struct parameters *to)
{
	const struct activity *a = &w->activities[p->activity];
	char since[32];

	(void)snprintf(since, sizeof since, "%" PRId64, p->since_s);
	to->set(to->self, NAME_FLOW_ACTIVITY, a->name);
	to->set(to->self, NAME_FLOW_SINCE, since);
	store_counts(p, w, to);
	if (p->ended)
		to->set(to->self, NAME_FLOW_OUTCOME,
		    p->hung_up ? VALUE_DISCONNECTED : a->type->outcome);
	else
		to->remove(to->self, NAME_FLOW_OUTCOME);
}

/* --- a position that somebody else wrote ---------------------------------- */

/* Mark the activities that the exits of one lead to; true: some are new. */
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

/* The activities that a call can reach before a PIN was collected. */
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
		if (before[i - 1] &&
		    activity_asks_for_pin(&w->activities[i - 1]))
			to = (int)i - 1;
	if (to != -1)
		position_go(p, w, to, now_s);
}

/* --- the parameters of a task --------------------------------------------- */

static const char *
get(void *self, const char *name)
{
	return task_get(self, name);
}

static void
set(void *self, const char *name, const char *value)
{
	task_set(self, name, value);
}

static void
remove_value(void *self, const char *name)
{
	task_remove(self, name);
}

struct parameters
parameters_of_task(struct task *t)
{
	return (struct parameters){t, get, set, remove_value};
}
