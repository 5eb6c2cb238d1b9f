#include "cmd/twofa-verify/round.h"

#include "common/base/clock.h"

#include <string.h>

static bool
is_of_same_party(const struct task *a, const struct task *b)
{
	const struct seal_binding p = seal_binding_of(a);
	const struct seal_binding q = seal_binding_of(b);

	return strcmp(p.customer, q.customer) == 0 ||
	    strcmp(p.number, q.number) == 0;
}

/* Is it about whom one of those n is, of which nobody knows the result? */
static bool
has_to_wait(const struct attempt *a, struct attempt *const before[], size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (before[i]->is_due &&
		    is_of_same_party(before[i]->task, a->task))
			return true;
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
charge(struct attempt *const attempts[], size_t *n, struct verdict_terms *terms,
    const struct attempt_memory *memory, struct fault *f)
{
	size_t i;
	int r = 0;

	if (ledger_begin(memory->ledger, clock_now_s, f) == -1)
		return -1;
	terms->now_s = ledger_now_s(memory->ledger);
	for (i = 0; i < *n && !has_to_wait(attempts[i], attempts, i); i++) {
		r = attempt_charge(attempts[i], terms, memory, f);
		if (r == -1)
			break;
	}
	*n = i;
	return end(memory->ledger, r, f);
}

/* Compare what is due; how many are right. */
static size_t
compare(struct attempt *const attempts[], size_t n)
{
	size_t i, right = 0;

	for (i = 0; i < n; i++)
		if (attempts[i]->is_due)
			right += attempt_compare(attempts[i]);
	return right;
}

static int
mark(struct attempt *const attempts[], size_t n,
    const struct attempt_memory *memory, struct fault *f)
{
	size_t i;
	int r = 0;

	if (ledger_begin(memory->ledger, clock_now_s, f) == -1)
		return -1;
	for (i = 0; i < n && r == 0; i++)
		if (attempts[i]->is_due && attempts[i]->verdict.ok)
			r = attempt_mark(attempts[i], memory, f);
	return end(memory->ledger, r, f);
}

int
round_judge(struct attempt *const attempts[], size_t n,
    struct verdict_terms *terms, const struct attempt_memory *memory,
    struct fault *f)
{
	size_t done, some;

	for (done = 0; done < n; done += some) {
		some = n - done;
		if (charge(attempts + done, &some, terms, memory, f) == -1)
			return -1;
		if (compare(attempts + done, some) > 0 &&
		    mark(attempts + done, some, memory, f) == -1)
			return -1;
	}
	return 0;
}
