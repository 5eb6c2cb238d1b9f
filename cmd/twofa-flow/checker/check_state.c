/*
 * One state of a call, and the engine's move from there.
 *
 * What a verdict is worth follows from what the engine sets and removes, by
 * name: no rule of the engine stands here for a second time.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/task/names.h"

#include <string.h>

void
state_start(struct state *m, const struct model *model)
{
	memset(m, 0, sizeof *m);
	memset(m->values, VALUE_UNKNOWN, model->domain_count);
	position_start(&m->at, model->w, 0);
}

void
state_pack(unsigned char *key, const struct state *m, const struct model *model)
{
	const unsigned char fixed[KEY_FIXED] = {(unsigned char)m->at.activity,
	    (unsigned char)m->at.tries, m->raised, m->opened, m->next, m->trust,
	    m->messages};
	unsigned visits, max;
	size_t i;

	memcpy(key, fixed, KEY_FIXED);
	key += KEY_FIXED;
	for (i = 0; i < model->domain_count; i++)
		key[i] = model_is_live(model, m->at.activity, i) ? m->values[i]
								 : VALUE_OTHER;
	key += model->domain_count;
	for (i = 0; i < model->counted_count; i++) {
		visits = m->at.visits[model->counted[i]];
		max = model->w->activities[model->counted[i]].max;
		key[i] = (unsigned char)(visits > max ? max + 1 : visits);
	}
}

void
state_unpack(
    struct state *m, const unsigned char *key, const struct model *model)
{
	size_t i;

	memset(m, 0, sizeof *m);
	m->at.activity = key[0];
	m->at.tries = key[1];
	m->raised = key[2];
	m->opened = key[3];
	m->next = key[4];
	m->trust = key[5];
	m->messages = key[6];
	key += KEY_FIXED;
	memcpy(m->values, key, model->domain_count);
	key += model->domain_count;
	for (i = 0; i < model->counted_count; i++)
		m->at.visits[model->counted[i]] = key[i];
}

const struct trigger *
state_trigger(const struct state *m, const struct model *model)
{
	return m->raised == 0 ? NULL : &model->w->triggers[m->raised - 1];
}

bool
trigger_may_set(const struct trigger *t, const char *parameter)
{
	/* Whatever is written in the workflow. */
	static const struct {
		const char *program, *parameter;
	} known[] = {
	    {"twofa-lookup", NAME_CUSTOMER_RECOGNIZED},
	    {"twofa-lookup", NAME_SMS_NUMBER},
	    {"twofa-lookup", NAME_REASON},
	    {"twofa-sendpin", NAME_SMS_SENT},
	    {"twofa-sendpin", NAME_GENERATED_PIN},
	    {"twofa-sendpin", NAME_PIN_EXPIRES},
	    {"twofa-sendpin", NAME_PIN_ATTEMPTS},
	    {"twofa-sendpin", NAME_REASON},
	    {"twofa-verify", NAME_VALIDATION_CHECK},
	    {"twofa-verify", NAME_PIN_ATTEMPTS},
	    {"twofa-verify", NAME_REASON},
	};
	size_t i;

	if (trigger_sets(t, parameter))
		return true;
	for (i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].parameter, parameter) == 0 &&
		    trigger_runs(t, known[i].program))
			return true;
	return false;
}

bool
trigger_only_removes(const struct trigger *t, const char *parameter)
{
	return strcmp(parameter, NAME_PIN) == 0 && !trigger_sets(t, parameter);
}

/* Somebody sets or removes it: another customer, message, PIN or verdict. */
static void
make_void(struct state *m, const char *name)
{
	if (strcmp(name, NAME_CUSTOMER_IDENTIFIER) == 0 ||
	    strcmp(name, NAME_START_VALIDATION) == 0 ||
	    strcmp(name, NAME_PIN) == 0)
		m->trust = TRUST_NONE;
	else if (strcmp(name, NAME_VALIDATION_CHECK) == 0 &&
	    m->trust > TRUST_ENTERED)
		m->trust = TRUST_ENTERED;
}

static void
count_message(struct state *m, const struct model *model)
{
	if (m->messages <= model->w->max_sms)
		m->messages++;
}

void
state_assign(struct state *m, const struct model *model, size_t parameter,
    unsigned char value, bool by_trigger)
{
	const struct domain *d = &model->domains[parameter];
	const struct trigger *raised = state_trigger(m, model);

	/* A PIN that was looked at is taken away. */
	if (value != VALUE_UNSET || strcmp(d->name, NAME_PIN) != 0)
		make_void(m, d->name);
	m->values[parameter] = value;
	if (by_trigger && m->trust == TRUST_ENTERED && raised != NULL &&
	    trigger_verifies(raised) &&
	    strcmp(d->name, NAME_VALIDATION_CHECK) == 0 &&
	    d->values[value] != NULL && strcmp(d->values[value], VALUE_OK) == 0)
		m->trust = TRUST_VERIFIED;
}

/* --- the state's values as the engine's parameters ----------------------- */

struct reader {
	const struct model *model;
	struct state *m;
	int unknown;
};

static const char *
get(void *self, const char *name)
{
	struct reader *r = self;
	int at = model_find(r->model, name);

	if (at == -1)
		return NULL;
	if (r->m->values[at] == VALUE_UNKNOWN)
		r->unknown = at;
	return r->model->domains[at].values[r->m->values[at]];
}

static void
put(struct reader *r, const char *name, const char *value)
{
	int at = model_find(r->model, name);

	make_void(r->m, name);
	if (at == -1)
		return;
	r->m->values[at] = value == NULL
	    ? VALUE_UNSET
	    : domain_value(&r->model->domains[at], value);
}

static int
set(void *self, const char *name, const char *value, struct fault *f)
{
	struct reader *r = self;

	(void)f;
	put(r, name, value);
	if (strcmp(name, NAME_START_VALIDATION) == 0)
		count_message(r->m, r->model);
	return 0;
}

static void
take_away(void *self, const char *name)
{
	put(self, name, NULL);
}

/* --- a move --------------------------------------------------------------- */

static void
note_raise(struct state *m, const struct model *model, const struct activity *a)
{
	const struct trigger *t = workflow_trigger(model->w, a->parameter);

	m->raised = (unsigned char)(t - model->w->triggers + 1);
	m->opened = OPENED_BY_RAISE;
	if (strcmp(t->parameter, NAME_START_VALIDATION) != 0 &&
	    trigger_runs(t, "twofa-sendpin"))
		count_message(m, model);
	/* A PIN that the workflow itself saves proves nothing. */
	if (trigger_verifies(t) && activity_collects(a))
		m->trust = TRUST_ENTERED;
}

static bool
finds_ok(const struct move *move)
{
	return move->kind == MOVE_WENT && move->exit->kind == EXIT_CASE &&
	    strcmp(move->at->parameter, NAME_VALIDATION_CHECK) == 0 &&
	    strcmp(move->exit->key, VALUE_OK) == 0;
}

void
state_move(struct state *m, const struct model *model, struct input *input,
    struct made *out)
{
	struct reader reader = {model, m, -1};
	struct parameters parameters = {&reader, get, set, take_away};
	struct fault f = FAULT_INIT;

	out->nowhere = engine_move(model->w, &m->at, &parameters, input,
			   &out->move, &f) == -1;
	out->unknown = reader.unknown;
	if (out->nowhere || out->unknown != -1 || out->move.kind == MOVE_ASKS ||
	    out->move.kind == MOVE_WAITS)
		return;
	m->at.since_s = 0;
	m->opened = OPENED_NOT;
	m->next = 0;
	if (out->move.kind == MOVE_RAISED)
		note_raise(m, model, out->move.at);
	else if (finds_ok(&out->move) && m->trust == TRUST_VERIFIED)
		m->trust = TRUST_PASSED;
}
