#include "cmd/twofa-verify/attempt.h"

#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

enum {
	QUESTION_SIZE = 2 * PIN_SIZE, /* two PINs with a '/' between */
};

void
attempt_judge_by_task(struct attempt *a, const struct verdict_terms *terms)
{
	struct verdict_memory m = verdict_memory_of_task(a->task);
	struct verdict *v = &a->verdict;

	if (terms->clear_pin)
		m.attempts = 0;
	if (!verdict_decide(v, &m, terms))
		return;
	verdict_compare(v);
	if (!v->ok)
		v->attempts =
		    (long)verdict_memory_of_task(a->task).attempts + 1;
}

/*
 * --clear-pin says nothing but digits: the PIN is the one that the ledger keeps
 * for this task, customer and number. The task's own has to be the same, but is
 * compared only when an attempt is charged, or who writes tasks could try
 * digits without using one up.
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
remember(struct verdict_memory *m, struct attempt *a,
    const struct ledger_try *try, const struct attempt_memory *memory,
    struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(a->task);
	struct ledger *l = memory->ledger;
	int given, revoked;

	given = ledger_find_charge(l, try, &a->charge, &m->given_ok, f);
	if (given == -1)
		return -1;
	if (ledger_wrong_forbids(
		l, &binding, &memory->wrong, &m->forbidden, f) == -1)
		return -1;
	revoked = ledger_is_revoked(l, &binding, f);
	if (revoked == -1)
		return -1;
	m->is_known = true;
	m->is_revoked = revoked == 1;
	m->is_given = given == 1;
	m->is_used = try->pin->used;
	/* Earlier than its seal says, when the clock was put right. */
	m->is_expired = ledger_now_s(l) >= try->pin->expires_s;
	m->attempts = try->pin->attempts;
	return 0;
}

/* What it uses up, that it is given again, or why it is not compared. */
static int
note(struct attempt *a, const struct ledger_try *try, struct ledger *l,
    struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(a->task);
	const struct verdict *v = &a->verdict;

	if (v->ok || (a->is_due && a->is_given))
		return ledger_note_again(
		    l, &binding, try->pin, v->ok, &a->charge.again, f);
	if (a->is_due)
		return ledger_charge(l, &binding, try, &a->charge, f);
	if (v->status != STATUS_OK)
		return 0;
	return ledger_note_refusal(
	    l, &binding, "verify", try->pin, v->reason, f);
}

/*
 * What tells one question from another. A PIN that the task claims is part of
 * it: another one under the same PINEntry is another try.
 */
static void
write_question(char out[QUESTION_SIZE], const struct verdict *v)
{
	(void)snprintf(out, QUESTION_SIZE, "%s%s%s", v->keyed,
	    v->claimed[0] == '\0' ? "" : "/", v->claimed);
}

static int
charge(struct attempt *a, const struct ledger_pin *pin, const char *question,
    const struct verdict_terms *terms, const struct attempt_memory *memory,
    struct fault *f)
{
	struct verdict *v = &a->verdict;
	struct verdict_memory m = {.is_known = false};
	struct ledger_try try = {pin,
	    memory->is_asked ? NULL : task_get(a->task, NAME_PIN_ENTRY),
	    question};

	if (pin->row != 0 && v->reason == NULL &&
	    remember(&m, a, &try, memory, f) == -1)
		return -1;
	a->is_given = m.is_given;
	a->is_due = v->reason == NULL && verdict_decide(v, &m, terms);
	if (m.is_known)
		v->attempts = (long)(pin->attempts - (pin->used ? 1 : 0)) +
		    (a->is_due && !a->is_given ? 1 : 0);
	return note(a, &try, memory->ledger, f);
}

int
attempt_charge(struct attempt *a, const struct verdict_terms *terms,
    const struct attempt_memory *memory, struct fault *f)
{
	struct ledger_pin pin = {.row = 0};
	char question[QUESTION_SIZE];
	int r;

	if (find(&a->verdict, a->task, terms, memory->ledger, &pin, f) == -1)
		return -1;
	write_question(question, &a->verdict);
	r = charge(a, &pin, question, terms, memory, f);
	explicit_bzero(question, sizeof question);
	return r;
}

bool
attempt_compare(struct attempt *a)
{
	struct verdict *v = &a->verdict;

	verdict_compare(v);
	/* What was charged before is given again, unless it is right now. */
	if (a->is_given && !v->ok)
		v->compared = false;
	return v->ok;
}

int
attempt_mark(
    struct attempt *a, const struct attempt_memory *memory, struct fault *f)
{
	const struct seal_binding binding = seal_binding_of(a->task);
	struct verdict *v = &a->verdict;

	if (ledger_mark(memory->ledger, &binding, &a->charge, &v->reason,
		&v->attempts, f) == -1)
		return -1;
	v->ok = v->reason == NULL;
	/* It is no wrong one, as which it was charged. */
	v->attempts--;
	return 0;
}
