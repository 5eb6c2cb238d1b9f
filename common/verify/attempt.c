#include "common/verify/attempt.h"

#include "common/task/names.h"

#include <string.h>

static void
judge_by_task(
    struct verdict *v, const struct task *t, const struct verdict_terms *terms)
{
	struct verdict_memory m = verdict_memory_of_task(t);

	if (terms->clear_pin)
		m.attempts = 0;
	verdict_judge(v, &m, terms);
	if (v->reason != NULL && strcmp(v->reason, REASON_WRONG) == 0)
		v->attempts = (long)verdict_memory_of_task(t).attempts + 1;
}

/*
 * --clear-pin says nothing but digits: the PIN is the one that the ledger keeps
 * for this task, customer and number. The task's own is not even compared with
 * it, or who writes tasks could try digits without using up an attempt.
 */
static int
find_by_task(struct verdict *v, const struct task *t,
    const struct verdict_terms *terms, struct ledger *l, struct ledger_pin *pin,
    struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);
	int found = ledger_find_send(l, &binding, pin, f);

	if (found == 1)
		verdict_open_sealed(v, pin->sealed, &binding, terms);
	return found;
}

static int
find(struct verdict *v, const struct task *t, const struct verdict_terms *terms,
    struct ledger *l, struct ledger_pin *pin, struct fault *f)
{
	return terms->clear_pin ? find_by_task(v, t, terms, l, pin, f)
				: ledger_find_pin(l, v->seal.id, pin, f);
}

static int
remember(struct verdict_memory *m, const struct task *t,
    const struct ledger_pin *pin, const struct ledger_try *try,
    const struct attempt_memory *memory, struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);
	int given, locked, revoked;

	given = ledger_find_verdict(memory->ledger, try, &m->given_ok, f);
	if (given == -1)
		return -1;
	locked =
	    ledger_is_locked(memory->ledger, &binding, &memory->limit_wrong, f);
	if (locked == -1)
		return -1;
	revoked = ledger_is_revoked(memory->ledger, &binding, f);
	if (revoked == -1)
		return -1;
	m->is_known = true;
	m->is_revoked = revoked == 1;
	m->is_given = given == 1;
	m->is_locked = locked == 1;
	m->is_used = pin->used;
	/* Earlier than its seal says, when the clock was put right. */
	m->is_expired = ledger_now_s(memory->ledger) >= pin->expires_s;
	m->attempts = pin->attempts;
	return 0;
}

/* What the verdict used up, that it was given again, or why there is none. */
static int
note(const struct verdict *v, const struct task *t,
    const struct ledger_try *try, struct ledger *l, struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(t);

	if (v->compared)
		return ledger_note_verdict(l, &binding, try, v->ok, f);
	if (v->status != STATUS_OK)
		return 0;
	if (v->ok || strcmp(v->reason, REASON_WRONG) == 0)
		return ledger_note_again(l, &binding, try->pin, v->ok, f);
	return ledger_note_refusal(
	    l, &binding, "verify", try->pin, v->reason, f);
}

static int
judge_by_ledger(struct verdict *v, const struct task *t,
    const struct verdict_terms *terms, const struct attempt_memory *memory,
    struct fault *f)
{
	struct verdict_memory m = {.is_known = false};
	struct ledger_pin pin = {.row = 0};
	struct ledger_try try = {&pin,
	    memory->is_asked ? NULL : task_get(t, NAME_PIN_ENTRY), v->keyed};
	int found = find(v, t, terms, memory->ledger, &pin, f);

	if (found == -1)
		return -1;
	if (found == 1 && v->reason == NULL &&
	    remember(&m, t, &pin, &try, memory, f) == -1)
		return -1;
	if (v->reason == NULL)
		verdict_judge(v, &m, terms);
	if (m.is_known)
		v->attempts = (long)(pin.attempts - (pin.used ? 1 : 0)) +
		    (v->compared && !v->ok ? 1 : 0);
	return note(v, t, &try, memory->ledger, f);
}

int
attempt_judge(struct verdict *v, const struct task *t,
    const struct verdict_terms *terms, const struct attempt_memory *memory,
    struct fault *f)
{
	if (memory->ledger != NULL)
		return judge_by_ledger(v, t, terms, memory, f);
	judge_by_task(v, t, terms);
	return 0;
}
