#include "cmd/twofa-verify/verdict.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/task/dependents.h"
#include "common/task/names.h"
#include "common/task/reason.h"
#include "common/task/pin.h"

#include <limits.h>
#include <string.h>

/* --clear-pin: only the digits are known. */
static void
open_clear(struct verdict *v, const char *generated)
{
	v->seal = (struct seal)SEAL_INIT;
	v->seal.expires_s = INT64_MAX;
	v->seal.max_attempts = UINT_MAX;
	if (!is_digits(generated) || !pin_parse(v->seal.pin, generated))
		v->reason = REASON_FORGED;
	else
		v->opened = true;
	memcpy(v->claimed, v->seal.pin, sizeof v->claimed);
}

/* Was it sent under the ledger that is in use? */
static void
check_ledger(struct verdict *v, const struct verdict_terms *terms)
{
	const char *wanted = terms->ledger == NULL ? "" : terms->ledger;

	v->opened = strcmp(v->seal.ledger, wanted) == 0;
	if (v->opened)
		return;
	v->reason = REASON_CONFIGURATION;
	if (v->seal.ledger[0] == '\0')
		fault_set(&v->fault, STATUS_CONFIG,
		    "its PIN was sent without a ledger: give twofa-sendpin "
		    "and twofa-verify the same -l");
	else
		fault_set(&v->fault, STATUS_CONFIG,
		    "its PIN was sent with ledger %s: give that with -l",
		    v->seal.ledger);
}

void
verdict_open_sealed(struct verdict *v, const char *sealed,
    const struct seal_binding *binding, const struct verdict_terms *terms)
{
	char key_id[KEY_ID_SIZE];

	v->opened = false;
	switch (seal_open(&v->seal, key_id, sealed, binding, terms->keys)) {
	case SEAL_OPENED:
		if (strlen(v->entered) != strlen(v->seal.pin))
			v->reason = REASON_MALFORMED;
		else
			check_ledger(v, terms);
		break;
	case SEAL_UNKNOWN_KEY:
		v->reason = REASON_CONFIGURATION;
		fault_set(&v->fault, STATUS_CONFIG,
		    "its PIN is sealed with key %s, which is not in the key "
		    "file: put it back there, behind the first, or name the "
		    "key file of twofa-sendpin with -k",
		    key_id);
		break;
	case SEAL_FORGED:
		v->reason = REASON_FORGED;
		break;
	}
}

void
verdict_open(struct verdict *v, const struct task *t, const char *entry,
    const struct verdict_terms *terms)
{
	const struct seal_binding binding = seal_binding_of(t);
	const char *generated = task_get(t, NAME_GENERATED_PIN);

	memset(v, 0, sizeof *v);
	v->attempts = -1;
	if (generated == NULL)
		v->reason = REASON_NOT_SENT;
	else if (entry == NULL || entry[0] == '\0')
		v->reason = REASON_NO_PIN;
	else if (!pin_parse(v->entered, entry))
		v->reason = REASON_MALFORMED;
	else if (terms->clear_pin)
		open_clear(v, generated);
	else
		verdict_open_sealed(v, generated, &binding, terms);
}

struct verdict_memory
verdict_memory_of_task(const struct task *t)
{
	const char *text = task_get(t, NAME_PIN_ATTEMPTS);
	struct verdict_memory m = {.is_known = true};

	/* Anything but a number counts as too many. */
	if (text != NULL && !number_parse(&m.attempts, text, 0, LONG_MAX - 1))
		m.attempts = LONG_MAX;
	return m;
}

bool
verdict_decide(struct verdict *v, const struct verdict_memory *m,
    const struct verdict_terms *terms)
{
	unsigned long limit = v->seal.max_attempts;
	bool expired = m->is_expired || terms->now_s >= v->seal.expires_s;
	bool given = m->is_given && !expired;

	if (terms->max_attempts > 0 && terms->max_attempts < limit)
		limit = terms->max_attempts;
	if (m->is_known && !m->is_expired &&
	    terms->now_s < v->seal.sent_s - CLOCK_SLACK_S) {
		v->reason = REASON_TEMPORARY;
		fault_set(&v->fault, STATUS_TEMPORARY,
		    "its PIN was sent in the future: the clock was set back");
		return false;
	}
	if (!m->is_known)
		v->reason = REASON_UNKNOWN_PIN;
	else if (m->is_revoked)
		v->reason = REASON_LOCKED;
	else if (m->forbidden != NULL && !given)
		v->reason = m->forbidden;
	else if (given)
		v->ok = m->given_ok;
	else if (m->is_used)
		v->reason = REASON_USED;
	else if (m->attempts >= limit)
		v->reason = REASON_EXHAUSTED;
	else if (expired)
		v->reason = REASON_EXPIRED;
	else if (strlen(v->entered) != strlen(v->seal.pin))
		v->reason = REASON_MALFORMED;
	return v->reason == NULL && !v->ok;
}

void
verdict_compare(struct verdict *v)
{
	bool matches = pin_matches(v->entered, v->seal.pin);
	/* Nothing is claimed, or nothing but what was sent. */
	bool holds =
	    v->claimed[0] == '\0' || pin_matches(v->claimed, v->seal.pin);

	v->compared = true;
	v->ok = holds && matches;
	/* A claim that is wrong is forged, also with the right PIN: one answer
	 * tells about one PIN only. */
	if (!v->ok)
		v->reason = holds ? REASON_WRONG : REASON_FORGED;
}

void
verdict_apply(const struct verdict *v, struct task *t)
{
	if (task_is_event_of(t, NAME_PIN))
		task_empty_event_value(t);
	task_remove(t, NAME_PIN); /* with its dependents, PINEntry too */
	dependents_remove(t, NAME_PIN);
	if (v->ok || reason_find(v->reason)->ends_pin)
		task_remove(t, NAME_GENERATED_PIN);
	if (v->attempts >= 0)
		task_set_count(
		    t, NAME_PIN_ATTEMPTS, (unsigned long)v->attempts);
	task_set(t, NAME_VALIDATION_CHECK, v->ok ? VALUE_OK : VALUE_FAILED);
	if (!v->ok)
		task_set(t, NAME_REASON, v->reason);
}

void
verdict_wipe(struct verdict *v)
{
	explicit_bzero(v->entered, sizeof v->entered);
	explicit_bzero(v->claimed, sizeof v->claimed);
	seal_wipe(&v->seal);
}
