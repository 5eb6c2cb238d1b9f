/*
 * The types of activities, and the move that each of them makes.
 */
#include "cmd/twofa-flow/workflow/engine.h"

#include "common/task/dependents.h"
#include "common/task/pin.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

struct engine {
	const struct workflow *w;
	struct position *p;
	const struct parameters *parameters;
	struct input *input;
	struct move *out;
};

static int
go(struct engine *e, enum move_kind kind, const struct workflow_exit *exit,
    const char *wanted, struct fault *f)
{
	e->out->exit = exit;
	if (exit == NULL || exit->to == -1)
		return fault_set(f, STATUS_CONFIG,
		    "%s: activity '%s': %s leads nowhere", e->w->name,
		    e->out->at->name, wanted);
	e->out->kind = kind;
	position_go(e->p, e->w, exit->to, e->input->now_s);
	return 0;
}

static int
leave(struct engine *e, enum move_kind kind, enum member exit, struct fault *f)
{
	return go(e, kind, activity_exit(e->out->at, exit, NULL),
	    member_name(exit), f);
}

static int
stay(struct engine *e, enum move_kind kind)
{
	e->out->kind = kind;
	return 0;
}

/* The same when the visit is repeated, another one at the next visit. */
static void
save_entry(struct engine *e)
{
	char entry[WORKFLOW_NAME_MAX + 16];

	(void)snprintf(entry, sizeof entry, "%s.%u", e->out->at->name,
	    e->p->visits[e->p->activity]);
	e->parameters->set(e->parameters->self, NAME_PIN_ENTRY, entry);
}

/* The parameter, and what twofa-task(1) and its trigger remove with it. */
static int
save_value(struct engine *e, const char *value, struct fault *f)
{
	const struct parameters *p = e->parameters;
	const char *name = e->out->at->parameter;
	const struct trigger *trigger = workflow_trigger(e->w, name);
	size_t i;

	dependents_each(name, p->remove, p->self);
	for (i = 0; trigger != NULL && i < trigger->set_count; i++)
		if (strcmp(trigger->sets[i], name) != 0)
			p->remove(p->self, trigger->sets[i]);
	p->set(p->self, name, value);
	if (strcmp(name, NAME_PIN) == 0)
		save_entry(e);
	return leave(
	    e, trigger == NULL ? MOVE_WENT : MOVE_RAISED, EXIT_NEXT, f);
}

/* The choice that was keyed in, blanks around it ignored, or NULL. */
static const struct workflow_exit *
choice(const struct activity *a, const char *keys)
{
	char key[2] = {'\0', '\0'};

	keys += strspn(keys, " \t");
	if (*keys == '\0' || keys[1 + strspn(keys + 1, " \t")] != '\0')
		return NULL;
	key[0] = *keys;
	return activity_exit(a, EXIT_CHOICE, key);
}

static int
no_answer(struct engine *e, struct fault *f)
{
	const struct activity *a = e->out->at;

	if (e->p->tries < a->retries) {
		e->p->tries++;
		return stay(e, MOVE_AGAIN);
	}
	return leave(e, MOVE_WENT, a->type->no_answer, f);
}

static int
ask(struct engine *e, struct fault *f)
{
	const struct activity *a = e->out->at;
	const struct workflow_exit *chosen;
	char digits[WORKFLOW_MAX_DIGITS + 1];
	int r;

	if (e->input->kind != INPUT_KEYS)
		return stay(e, MOVE_ASKS);
	e->input->kind = INPUT_NONE;
	chosen = choice(a, e->input->keys);
	if (chosen != NULL)
		return go(e, MOVE_WENT, chosen, chosen->key, f);
	if (!activity_collects(a) ||
	    !pin_digits(digits, sizeof digits, e->input->keys) ||
	    strlen(digits) != a->digits)
		r = no_answer(e, f);
	else
		r = save_value(e, digits, f);
	explicit_bzero(digits, sizeof digits);
	return r;
}

static int
wait(struct engine *e, struct fault *f)
{
	const struct activity *a = e->out->at;

	if (e->parameters->get(e->parameters->self, a->parameter) != NULL)
		return leave(e, MOVE_WENT, EXIT_NEXT, f);
	if (e->input->kind == INPUT_FAILURE) {
		e->input->kind = INPUT_NONE;
		return leave(e, MOVE_WENT, EXIT_FAILED, f);
	}
	if (a->seconds > 0 && e->input->now_s - e->p->since_s >= a->seconds)
		return leave(e, MOVE_WENT, EXIT_TIMEOUT, f);
	return stay(e, MOVE_WAITS);
}

static int
check(struct engine *e, struct fault *f)
{
	const struct activity *a = e->out->at;
	const char *value =
	    e->parameters->get(e->parameters->self, a->parameter);
	const struct workflow_exit *exit =
	    value == NULL ? NULL : activity_exit(a, EXIT_CASE, value);

	if (exit == NULL)
		return leave(e, MOVE_WENT, EXIT_OTHERWISE, f);
	return go(e, MOVE_WENT, exit, exit->key, f);
}

static int
save(struct engine *e, struct fault *f)
{
	return save_value(e, e->out->at->value, f);
}

static int
say(struct engine *e, struct fault *f)
{
	return leave(e, MOVE_SAID, EXIT_NEXT, f);
}

static int
pass(struct engine *e, struct fault *f)
{
	return leave(e, MOVE_WENT, EXIT_NEXT, f);
}

static int
end(struct engine *e, struct fault *f)
{
	(void)f;
	e->p->ended = true;
	return stay(e, MOVE_ENDED);
}

#define BIT(member) MEMBER_BIT(member)

/* A type without an outcome also has max and exceeded. */
static const struct activity_type types[] = {
    {.name = "accept", .exits = BIT(EXIT_NEXT), .act = pass, .accepts = true},
    {.name = "input-customer",
	.needs = BIT(MEMBER_TEXT) | BIT(EXIT_CHOICE),
	.may = BIT(MEMBER_AUDIO) | BIT(MEMBER_SECONDS) | BIT(MEMBER_RETRIES),
	.exits = BIT(EXIT_NO_RESPONSE),
	.act = ask,
	.no_answer = EXIT_NO_RESPONSE,
	.asks = true},
    {.name = "collect-information",
	.needs = BIT(MEMBER_TEXT) | BIT(MEMBER_PARAMETER) | BIT(MEMBER_DIGITS),
	.may = BIT(MEMBER_AUDIO) | BIT(MEMBER_SECONDS) |
	    BIT(MEMBER_DIGIT_SECONDS) | BIT(MEMBER_RETRIES) | BIT(EXIT_CHOICE),
	.exits = BIT(EXIT_NEXT) | BIT(EXIT_NO_INPUT),
	.act = ask,
	.no_answer = EXIT_NO_INPUT,
	.asks = true,
	.saves = true},
    {.name = "save-parameter",
	.needs = BIT(MEMBER_PARAMETER) | BIT(MEMBER_VALUE),
	.exits = BIT(EXIT_NEXT),
	.act = save,
	.saves = true},
    {.name = "wait-for-parameter",
	.needs = BIT(MEMBER_PARAMETER),
	.may = BIT(MEMBER_SECONDS),
	.exits = BIT(EXIT_NEXT) | BIT(EXIT_TIMEOUT) | BIT(EXIT_FAILED),
	.act = wait,
	.waits = true,
	.reads = true},
    {.name = "check-parameter",
	.needs = BIT(MEMBER_PARAMETER) | BIT(EXIT_CASE),
	.exits = BIT(EXIT_OTHERWISE),
	.act = check,
	.reads = true},
    {.name = "announcement",
	.needs = BIT(MEMBER_TEXT),
	.may = BIT(MEMBER_AUDIO),
	.exits = BIT(EXIT_NEXT),
	.act = say,
	.says = true},
    {.name = "transfer",
	.may = BIT(MEMBER_TO),
	.act = end,
	.outcome = VALUE_TRANSFERRED},
    {.name = "queue",
	.may = BIT(MEMBER_TO),
	.act = end,
	.outcome = VALUE_QUEUED,
	.verified = true},
    {.name = "disconnect", .act = end, .outcome = VALUE_DISCONNECTED},
};

const struct activity_type *
activity_type_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

int
engine_move(const struct workflow *w, struct position *p,
    const struct parameters *parameters, struct input *input, struct move *out,
    struct fault *f)
{
	struct engine e = {w, p, parameters, input, out};

	if (p->activity == -1)
		return fault_set(f, STATUS_CONFIG,
		    "%s: start: there is no activity '%s'", w->name,
		    w->start_name);
	*out = (struct move){
	    .kind = MOVE_ENDED, .at = &w->activities[p->activity]};
	if (p->ended)
		return 0;
	if (out->at->max > 0 && p->visits[p->activity] > out->at->max)
		return leave(&e, MOVE_WENT, EXIT_EXCEEDED, f);
	return out->at->type->act(&e, f);
}
