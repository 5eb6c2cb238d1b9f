/*
 * One state of a call, and the engine's move from there.
 *
 * What a verdict proves follows from the parameters that the engine sets and
 * removes: no rule of the engine is repeated here.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/task/names.h"

#include <string.h>

void
state_start(struct state *s, const struct model *model)
{
	memset(s, 0, sizeof *s);
	memset(s->values, VALUE_UNKNOWN, model->domain_count);
	position_start(&s->at, model->w, 0);
}

size_t
state_key_len(const struct model *model)
{
	return KEY_FIXED + model->domain_count + model->counted_count;
}

void
state_pack(unsigned char *key, const struct state *s, const struct model *model)
{
	const unsigned char fixed[KEY_FIXED] = {(unsigned char)s->at.activity,
	    (unsigned char)s->at.tries, s->raised, s->answers, s->next,
	    s->trust, s->messages};
	unsigned visits, max;
	size_t i;

	memcpy(key, fixed, KEY_FIXED);
	key += KEY_FIXED;
	for (i = 0; i < model->domain_count; i++)
		key[i] = model_is_live(model, s->at.activity, i) ? s->values[i]
								 : VALUE_OTHER;
	key += model->domain_count;
	for (i = 0; i < model->counted_count; i++) {
		visits = s->at.visits[model->counted[i]];
		max = model->w->activities[model->counted[i]].max;
		key[i] = (unsigned char)(visits > max ? max + 1 : visits);
	}
}

void
state_unpack(
    struct state *s, const unsigned char *key, const struct model *model)
{
	size_t i;

	memset(s, 0, sizeof *s);
	s->at.activity = key[0];
	s->at.tries = key[1];
	s->raised = key[2];
	s->answers = key[3];
	s->next = key[4];
	s->trust = key[5];
	s->messages = key[6];
	key += KEY_FIXED;
	memcpy(s->values, key, model->domain_count);
	key += model->domain_count;
	for (i = 0; i < model->counted_count; i++)
		s->at.visits[model->counted[i]] = key[i];
}

const struct trigger *
state_trigger(const struct state *s, const struct model *model)
{
	return s->raised == 0 ? NULL : &model->w->triggers[s->raised - 1];
}

/* A parameter is set or removed: another customer, message, PIN or verdict. */
static void
make_void(struct state *s, const char *name)
{
	if (strcmp(name, NAME_CUSTOMER_IDENTIFIER) == 0 ||
	    strcmp(name, NAME_START_VALIDATION) == 0 ||
	    strcmp(name, NAME_PIN) == 0)
		s->trust = TRUST_NONE;
	else if (strcmp(name, NAME_VALIDATION_CHECK) == 0 &&
	    s->trust > TRUST_ENTERED)
		s->trust = TRUST_ENTERED;
}

static void
count_message(struct state *s, const struct model *model)
{
	if (s->messages <= model->w->max_sms)
		s->messages++;
}

void
state_assign(struct state *s, const struct model *model, size_t parameter,
    unsigned char value, bool by_trigger)
{
	const struct domain *d = &model->domains[parameter];
	const struct trigger *raised = state_trigger(s, model);

	/* The trigger that verifies a PIN removes it. */
	if (value != VALUE_UNSET || strcmp(d->name, NAME_PIN) != 0)
		make_void(s, d->name);
	s->values[parameter] = value;
	if (by_trigger && s->trust == TRUST_ENTERED && raised != NULL &&
	    trigger_verifies(raised) &&
	    strcmp(d->name, NAME_VALIDATION_CHECK) == 0 &&
	    d->values[value] != NULL && strcmp(d->values[value], VALUE_OK) == 0)
		s->trust = TRUST_VERIFIED;
}

/* --- the state's values as the engine's parameters ----------------------- */

struct reader {
	const struct model *model;
	struct state *s;
	int unknown;
};

static const char *
get(void *self, const char *name)
{
	struct reader *r = self;
	int at = model_find(r->model, name);

	if (at == -1)
		return NULL;
	if (r->s->values[at] == VALUE_UNKNOWN)
		r->unknown = at;
	return r->model->domains[at].values[r->s->values[at]];
}

static void
put(struct reader *r, const char *name, const char *value)
{
	int at = model_find(r->model, name);

	make_void(r->s, name);
	if (at == -1)
		return;
	r->s->values[at] = value == NULL
	    ? VALUE_UNSET
	    : domain_find(&r->model->domains[at], value);
}

static void
set(void *self, const char *name, const char *value)
{
	struct reader *r = self;

	put(r, name, value);
	if (strcmp(name, NAME_START_VALIDATION) == 0)
		count_message(r->s, r->model);
}

static void
remove_value(void *self, const char *name)
{
	put(self, name, NULL);
}

/* --- a move --------------------------------------------------------------- */

static void
note_raise(struct state *s, const struct model *model, const struct activity *a)
{
	const struct trigger *t = workflow_trigger(model->w, a->parameter);

	s->raised = (unsigned char)(t - model->w->triggers + 1);
	s->answers = ANSWERS_ALL;
	if (strcmp(t->parameter, NAME_START_VALIDATION) != 0 &&
	    trigger_runs(t, "twofa-sendpin"))
		count_message(s, model);
	/* A PIN that the workflow itself saves proves nothing. */
	if (trigger_verifies(t) && activity_collects(a))
		s->trust = TRUST_ENTERED;
}

static bool
finds_ok(const struct move *move)
{
	return move->kind == MOVE_WENT && move->exit->kind == EXIT_CASE &&
	    strcmp(move->at->parameter, NAME_VALIDATION_CHECK) == 0 &&
	    strcmp(move->exit->key, VALUE_OK) == 0;
}

struct effect
state_move(struct state *s, const struct model *model, struct input input)
{
	struct reader reader = {model, s, -1};
	struct parameters parameters = {&reader, get, set, remove_value};
	struct effect e = {.nowhere = false};
	struct fault f = FAULT_INIT;

	e.nowhere = engine_move(model->w, &s->at, &parameters, &input, &e.move,
			&f) == -1;
	e.unknown = reader.unknown;
	if (e.nowhere || e.unknown != -1 || e.move.kind == MOVE_ASKS ||
	    e.move.kind == MOVE_WAITS)
		return e;
	s->at.since_s = 0;
	s->answers = ANSWERS_NONE;
	s->next = 0;
	if (e.move.kind == MOVE_RAISED)
		note_raise(s, model, e.move.at);
	else if (finds_ok(&e.move) && s->trust == TRUST_VERIFIED)
		s->trust = TRUST_PASSED;
	return e;
}
