/*
 * One attempt at a PIN: who remembers it, and what is remembered.
 *
 * With a ledger it is charged in one transaction, compared outside of any, and
 * if it was right marked in another one (round.h). This file MUST
 *  1. charge only what the ledger knows, and has attempts for;
 *  2. compare only what was charged;
 *  3. do nothing before the comparison that depends on its result.
 */
#ifndef CMD_TWOFA_VERIFY_ATTEMPT_H
#define CMD_TWOFA_VERIFY_ATTEMPT_H

#include "common/ledger/ledger.h"
#include "cmd/twofa-verify/verdict.h"

struct attempt_memory {
	struct ledger *ledger; /* NULL: the task remembers */
	struct policy_wrong wrong;
	/* What was keyed in was asked for just now: the task's PINEntry is
	 * that of something else. */
	bool is_asked;
};

struct attempt {
	struct verdict verdict;	 /* opened */
	const struct task *task; /* borrowed */
	/* Set by attempt_charge(): it is to be compared, */
	bool is_due;
	bool is_given; /* and was charged by an earlier run */
	struct ledger_charge charge;
};

/* Judge by what the task remembers. */
void attempt_judge_by_task(
    struct attempt *a, const struct verdict_terms *terms);

/*
 * In a transaction of the ledger: find the PIN, decide whether it is compared,
 * and charge that. It counts when that is committed. Fails as the ledger does.
 */
MUST_USE int attempt_charge(struct attempt *a,
    const struct verdict_terms *terms, const struct attempt_memory *memory,
    struct fault *f);

/* Compare one that is due, when its charge is durable: is it right? */
MUST_USE bool attempt_compare(struct attempt *a);

/*
 * In another transaction: mark what was right, or say why it came too late. It
 * counts when that is committed. Fails as the ledger does.
 */
MUST_USE int attempt_mark(
    struct attempt *a, const struct attempt_memory *memory, struct fault *f);

#endif
