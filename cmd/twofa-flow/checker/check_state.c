/*
 * One moment of a call, and the engine's move from there.
 *
 * What a verdict is worth follows from what the engine sets and removes, by
 * name: no rule of the engine stands here for a second time.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/task/names.h"

#include <string.h>

void
moment_start(struct moment *m, const struct world *world)
{
	memset(m, 0, sizeof *m);
	memset(m->words, WORD_UNKNOWN, world->domain_count);
	position_start(&m->at, world->w, 0);
}

void
moment_pack(
    unsigned char *key, const struct moment *m, const struct world *world)
{
	const unsigned char fixed[KEY_FIXED] = {(unsigned char)m->at.activity,
	    (unsigned char)m->at.tries, m->raised, m->opened, m->next, m->trust,
	    m->messages};
	unsigned visits, max;
	size_t i;

	memcpy(key, fixed, KEY_FIXED);
	key += KEY_FIXED;
	for (i = 0; i < world->domain_count; i++)
		key[i] = world_is_live(world, m->at.activity, i) ? m->words[i]
								 : WORD_OTHER;
	key += world->domain_count;
	for (i = 0; i < world->counted_count; i++) {
		visits = m->at.visits[world->counted[i]];
		max = world->w->activities[world->counted[i]].max;
		key[i] = (unsigned char)(visits > max ? max + 1 : visits);
	}
}

void
moment_unpack(
    struct moment *m, const unsigned char *key, const struct world *world)
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
	memcpy(m->words, key, world->domain_count);
	key += world->domain_count;
	for (i = 0; i < world->counted_count; i++)
		m->at.visits[world->counted[i]] = key[i];
}

const struct trigger *
moment_trigger(const struct moment *m, const struct world *world)
{
	return m->raised == 0 ? NULL : &world->w->triggers[m->raised - 1];
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
make_void(struct moment *m, const char *name)
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
count_message(struct moment *m, const struct world *world)
{
	if (m->messages <= world->w->max_sms)
		m->messages++;
}

void
moment_set(struct moment *m, const struct world *world, size_t parameter,
    unsigned char word, bool by_trigger)
{
	const struct domain *d = &world->domains[parameter];
	const struct trigger *raised = moment_trigger(m, world);

	/* A PIN that was looked at is taken away. */
	if (word != WORD_UNSET || strcmp(d->name, NAME_PIN) != 0)
		make_void(m, d->name);
	m->words[parameter] = word;
	if (by_trigger && m->trust == TRUST_ENTERED && raised != NULL &&
	    trigger_verifies(raised) &&
	    strcmp(d->name, NAME_VALIDATION_CHECK) == 0 &&
	    d->words[word] != NULL && strcmp(d->words[word], VALUE_OK) == 0)
		m->trust = TRUST_VERIFIED;
}

/* --- the moment's values as the engine's parameters ----------------------- */

struct reader {
	const struct world *world;
	struct moment *m;
	int unknown;
};

static const char *
get(void *self, const char *name)
{
	struct reader *r = self;
	int at = world_find(r->world, name);

	if (at == -1)
		return NULL;
	if (r->m->words[at] == WORD_UNKNOWN)
		r->unknown = at;
	return r->world->domains[at].words[r->m->words[at]];
}

static void
put(struct reader *r, const char *name, const char *value)
{
	int at = world_find(r->world, name);

	make_void(r->m, name);
	if (at == -1)
		return;
	r->m->words[at] = value == NULL
	    ? WORD_UNSET
	    : domain_word(&r->world->domains[at], value);
}

static int
set(void *self, const char *name, const char *value, struct fault *f)
{
	struct reader *r = self;

	(void)f;
	put(r, name, value);
	if (strcmp(name, NAME_START_VALIDATION) == 0)
		count_message(r->m, r->world);
	return 0;
}

static void
take_away(void *self, const char *name)
{
	put(self, name, NULL);
}

/* --- a move --------------------------------------------------------------- */

static void
note_raise(
    struct moment *m, const struct world *world, const struct activity *a)
{
	const struct trigger *t = workflow_trigger(world->w, a->parameter);

	m->raised = (unsigned char)(t - world->w->triggers + 1);
	m->opened = OPENED_BY_RAISE;
	if (strcmp(t->parameter, NAME_START_VALIDATION) != 0 &&
	    trigger_runs(t, "twofa-sendpin"))
		count_message(m, world);
	/* A PIN that the workflow itself saves proves nothing. */
	if (trigger_verifies(t) && a->type == ACTIVITY_COLLECT_INFORMATION)
		m->trust = TRUST_ENTERED;
}

static bool
finds_ok(const struct move *move)
{
	return move->kind == MOVE_WENT &&
	    move->at->type == ACTIVITY_CHECK_PARAMETER &&
	    strcmp(move->at->parameter, NAME_VALIDATION_CHECK) == 0 &&
	    move->exit->kind == EXIT_CASE &&
	    strcmp(move->exit->key, VALUE_OK) == 0;
}

void
moment_move(struct moment *m, const struct world *world, struct input *input,
    struct made *out)
{
	struct reader reader = {world, m, -1};
	struct parameters parameters = {&reader, get, set, take_away};
	struct fault f = FAULT_INIT;

	out->nowhere = engine_move(world->w, &m->at, &parameters, input,
			   &out->move, &f) == -1;
	out->unknown = reader.unknown;
	if (out->nowhere || out->unknown != -1 || out->move.kind == MOVE_ASKS ||
	    out->move.kind == MOVE_WAITS)
		return;
	m->at.since_s = 0;
	m->opened = OPENED_NOT;
	m->next = 0;
	if (out->move.kind == MOVE_RAISED)
		note_raise(m, world, out->move.at);
	else if (finds_ok(&out->move) && m->trust == TRUST_VERIFIED)
		m->trust = TRUST_PASSED;
}
