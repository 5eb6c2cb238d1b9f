#include "cmd/twofa-verify/attempt.h"

#include "common/base/clock.h"
#include "common/task/names.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum {
	QUESTION_SIZE = 2 * PIN_SIZE, /* two PINs with a '/' between */
};

bool
attempt_begin(struct attempt *a, const struct task *t, const char *entry,
    const struct attempt_terms *terms)
{
	*a = (struct attempt){.task = t, .binding = seal_binding_of(t)};
	verdict_open(&a->verdict, t, entry, &terms->verdict);
	return a->verdict.opened;
}

/* --- without a ledger ----------------------------------------------------- */

static void
judge_by_task(struct attempt *a, const struct attempt_terms *terms)
{
	struct verdict_memory m = verdict_memory_of_task(a->task);
	const unsigned long attempts = m.attempts;
	struct verdict *v = &a->verdict;

	if (terms->verdict.clear_pin)
		m.attempts = 0;
	if (!verdict_decide(v, &m, &terms->verdict))
		return;
	verdict_compare(v);
	if (!v->ok && attempts < LONG_MAX)
		v->attempts = (long)attempts + 1;
}

/* --- with a ledger: charge ------------------------------------------------ */

/*
 * A PIN in clear has no id: it is the one that the ledger keeps for this task,
 * customer and number. The task's own has to be the same, but is compared only
 * when an attempt is charged, or whoever writes tasks could try digits without
 * using one up.
 */
static int
find(struct attempt *a, struct ledger_pin *pin,
    const struct attempt_terms *terms, struct fault *f)
{
	int found;

	if (!terms->verdict.clear_pin)
		return ledger_find_pin(
		    terms->ledger, a->verdict.seal.id, pin, f);
	found = ledger_find_send(terms->ledger, &a->binding, pin, f);
	if (found == 1)
		verdict_open_sealed(
		    &a->verdict, pin->sealed, &a->binding, &terms->verdict);
	return found;
}

/* What the ledger knows of the PIN and of this very attempt. */
static int
recall(struct verdict_memory *m, struct attempt *a,
    const struct ledger_try *try, const struct attempt_terms *terms,
    struct fault *f)
{
	struct ledger *l = terms->ledger;
	int given, revoked;

	given = ledger_find_charge(l, try, &a->charge, &m->given_ok, f);
	if (given == -1 ||
	    ledger_wrong_forbids(
		l, &a->binding, &terms->wrong, &m->forbidden, f) == -1)
		return -1;
	revoked = ledger_is_revoked(l, &a->binding, f);
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

/* Charge it, or note that it is given again, or why it is not compared. */
static int
note(struct attempt *a, const struct ledger_try *try, struct ledger *l,
    struct fault *f)
{
	const struct verdict *v = &a->verdict;

	if (v->ok || (a->is_due && a->is_given))
		return ledger_note_again(
		    l, &a->binding, try->pin, v->ok, &a->charge.again, f);
	if (a->is_due)
		return ledger_charge(l, &a->binding, try, &a->charge, f);
	if (v->fault.status != STATUS_OK)
		return 0;
	return ledger_note_refusal(
	    l, &a->binding, "verify", try->pin, v->reason, f);
}

static int
charge_found(struct attempt *a, const struct ledger_try *try,
    const struct attempt_terms *terms, struct fault *f)
{
	const struct ledger_pin *pin = try->pin;
	struct verdict_memory m = {.is_known = false};
	struct verdict *v = &a->verdict;

	if (pin->row != 0 && v->reason == NULL &&
	    recall(&m, a, try, terms, f) == -1)
		return -1;
	a->is_given = m.is_given;
	a->is_due = v->reason == NULL && verdict_decide(v, &m, &terms->verdict);
	if (m.is_known)
		v->attempts = (long)(pin->attempts - (pin->used ? 1 : 0)) +
		    (a->is_due && !a->is_given ? 1 : 0);
	return note(a, try, terms->ledger, f);
}

/* In a transaction: find the PIN, decide whether it is compared, and charge
 * that. */
static int
charge(struct attempt *a, const struct attempt_terms *terms, struct fault *f)
{
	const struct verdict *v = &a->verdict;
	struct ledger_pin pin = {.row = 0};
	char question[QUESTION_SIZE];
	const struct ledger_try try = {.pin = &pin,
	    .entry = terms->is_asked ? NULL : task_get(a->task, NAME_PIN_ENTRY),
	    .entered = question};
	int r;

	if (find(a, &pin, terms, f) == -1)
		return -1;
	/* What tells one attempt from another. With another PIN claimed by the
	 * task, the same PINEntry is another attempt. */
	(void)snprintf(question, sizeof question, "%s%s%s", v->entered,
	    v->claimed[0] == '\0' ? "" : "/", v->claimed);
	r = charge_found(a, &try, terms, f);
	explicit_bzero(question, sizeof question);
	return r;
}

/* --- compare, mark -------------------------------------------------------- */

static bool
compare(struct attempt *a)
{
	struct verdict *v = &a->verdict;

	verdict_compare(v);
	/* What was charged before is given again, unless it is right now. */
	if (a->is_given && !v->ok)
		v->compared = false;
	return v->ok;
}

/* In another transaction: mark what was right, or say why it came too late. */
static int
mark(struct attempt *a, struct ledger *l, struct fault *f)
{
	struct verdict *v = &a->verdict;

	if (ledger_mark(
		l, &a->binding, &a->charge, &v->reason, &v->attempts, f) == -1)
		return -1;
	v->ok = v->reason == NULL;
	/* It was charged as a wrong one. */
	v->attempts--;
	return 0;
}

/* --- a window ------------------------------------------------------------- */

/* Does it depend on the result of one of the n before it? */
static bool
has_to_wait(const struct attempt *a, struct attempt *const before[], size_t n)
{
	const struct seal_binding *p = &a->binding, *q;
	size_t i;

	for (i = 0; i < n; i++) {
		q = &before[i]->binding;
		if (before[i]->is_due &&
		    (strcmp(p->customer, q->customer) == 0 ||
			strcmp(p->number, q->number) == 0))
			return true;
	}
	return false;
}

/* End a transaction. */
static int
end(struct ledger *l, int r, struct fault *f)
{
	if (r == 0)
		return ledger_commit(l, f);
	ledger_rollback(l);
	return -1;
}

/* *n becomes the number of them that are in this round. */
static int
charge_all(struct attempt *const attempts[], size_t *n,
    struct attempt_terms *terms, struct fault *f)
{
	size_t i;
	int r = 0;

	if (ledger_begin(terms->ledger, clock_now_s, f) == -1)
		return -1;
	terms->verdict.now_s = ledger_now_s(terms->ledger);
	for (i = 0; i < *n && !has_to_wait(attempts[i], attempts, i); i++) {
		r = charge(attempts[i], terms, f);
		if (r == -1)
			break;
	}
	*n = i;
	return end(terms->ledger, r, f);
}

/* How many are right. */
static size_t
compare_all(struct attempt *const attempts[], size_t n)
{
	size_t i, right = 0;

	for (i = 0; i < n; i++)
		if (attempts[i]->is_due)
			right += compare(attempts[i]);
	return right;
}

static int
mark_all(struct attempt *const attempts[], size_t n, struct ledger *l,
    struct fault *f)
{
	size_t i;
	int r = 0;

	if (ledger_begin(l, clock_now_s, f) == -1)
		return -1;
	for (i = 0; i < n && r == 0; i++)
		if (attempts[i]->is_due && attempts[i]->verdict.ok)
			r = mark(attempts[i], l, f);
	return end(l, r, f);
}

int
attempt_judge(struct attempt *const attempts[], size_t n,
    struct attempt_terms *terms, struct fault *f)
{
	size_t i, done, some;

	if (terms->ledger == NULL) {
		terms->verdict.now_s = clock_now_s();
		for (i = 0; i < n; i++)
			judge_by_task(attempts[i], terms);
		return 0;
	}
	for (done = 0; done < n; done += some) {
		some = n - done;
		if (charge_all(attempts + done, &some, terms, f) == -1)
			return -1;
		if (compare_all(attempts + done, some) > 0 &&
		    mark_all(attempts + done, some, terms->ledger, f) == -1)
			return -1;
	}
	return 0;
}
