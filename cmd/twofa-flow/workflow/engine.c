#include "cmd/twofa-flow/workflow/engine.h"

#include "common/task/dependents.h"
#include "common/task/keypad.h"
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
leave(
    struct engine *e, enum move_kind kind, enum exit_kind exit, struct fault *f)
{
	return go(e, kind, activity_exit(e->out->at, exit, NULL),
	    exit_kind_name(exit), f);
}

static int
stay(struct engine *e, enum move_kind kind)
{
	e->out->kind = kind;
	return 0;
}

/* See twofa-task(5): the same at a rerun, another one at the next visit. */
static int
save_entry(struct engine *e, struct fault *f)
{
	char entry[WORKFLOW_NAME_MAX + 16];

	(void)snprintf(entry, sizeof entry, "%s.%u", e->out->at->name,
	    e->p->visits[e->p->activity]);
	return e->parameters->set(
	    e->parameters->self, NAME_PIN_ENTRY, entry, f);
}

static int
save(struct engine *e, const char *value, struct fault *f)
{
	const struct parameters *p = e->parameters;
	const char *name = e->out->at->parameter;
	const struct trigger *trigger = workflow_trigger(e->w, name);
	size_t i;

	dependents_each(name, p->remove, p->self);
	for (i = 0; trigger != NULL && i < trigger->set_count; i++)
		if (strcmp(trigger->sets[i], name) != 0)
			p->remove(p->self, trigger->sets[i]);
	if (p->set(p->self, name, value, f) == -1 ||
	    (strcmp(name, NAME_PIN) == 0 && save_entry(e, f) == -1))
		return -1;
	return leave(
	    e, trigger == NULL ? MOVE_WENT : MOVE_RAISED, EXIT_NEXT, f);
}

/* The choice that the keys are, but for blanks around it; NULL: none. */
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
	return leave(e, MOVE_WENT,
	    a->type == ACTIVITY_INPUT_CUSTOMER ? EXIT_NO_RESPONSE
					       : EXIT_NO_INPUT,
	    f);
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
	if (a->type == ACTIVITY_INPUT_CUSTOMER ||
	    !keypad_digits(digits, sizeof digits, e->input->keys) ||
	    strlen(digits) != a->digits)
		r = no_answer(e, f);
	else
		r = save(e, digits, f);
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
end(struct engine *e)
{
	e->p->ended = true;
	return stay(e, MOVE_ENDED);
}

static int
act(struct engine *e, struct fault *f)
{
	const struct activity *a = e->out->at;

	switch (a->type) {
	case ACTIVITY_INPUT_CUSTOMER:
	case ACTIVITY_COLLECT_INFORMATION:
		return ask(e, f);
	case ACTIVITY_SAVE_PARAMETER:
		return save(e, a->value, f);
	case ACTIVITY_WAIT_FOR_PARAMETER:
		return wait(e, f);
	case ACTIVITY_CHECK_PARAMETER:
		return check(e, f);
	case ACTIVITY_ANNOUNCEMENT:
		return leave(e, MOVE_SAID, EXIT_NEXT, f);
	case ACTIVITY_TRANSFER:
	case ACTIVITY_QUEUE:
	case ACTIVITY_DISCONNECT:
		return end(e);
	case ACTIVITY_ACCEPT:
	case ACTIVITY_TYPES:
	default:
		return leave(e, MOVE_WENT, EXIT_NEXT, f);
	}
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
	return act(&e, f);
}
