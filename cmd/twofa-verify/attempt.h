/*
 * The attempts of a window at PINs. Without a ledger the task remembers them.
 * With one they are charged in one transaction, compared outside of any, and
 * those that are right are marked in another one.
 *
 * This file MUST
 *  1. charge only what the ledger knows, and has attempts for;
 *  2. compare only what was charged, and nothing before the charge is durable,
 *     so that a ledger without room, or a damaged one, answers right and wrong
 *     alike;
 *  3. do nothing before the comparison that depends on its result;
 *  4. give no OK before its mark is durable;
 *  5. judge attempts at one PIN, of one customer or for one number as if they
 *     came one by one.
 */
#ifndef CMD_TWOFA_VERIFY_ATTEMPT_H
#define CMD_TWOFA_VERIFY_ATTEMPT_H

#include "common/ledger/ledger.h"
#include "cmd/twofa-verify/verdict.h"

struct attempt_terms {
	struct verdict_terms verdict;
	struct ledger *ledger;	   /* NULL: the task remembers */
	struct wrong_limits wrong; /* with a ledger */
	/* The PIN was asked for just now: the task's PINEntry is that of
	 * another one. */
	bool is_asked;
};

struct attempt {
	struct verdict verdict;
	const struct task *task;     /* borrowed */
	struct seal_binding binding; /* of the task */
	bool is_due;		     /* to be compared, */
	bool is_given;		     /* and was charged by an earlier run */
	struct ledger_charge charge;
};

/* Begin one: entry is the PIN of the caller, NULL or "" for none. True: it is
 * to be judged; false: there is a verdict already. */
bool attempt_begin(struct attempt *a, const struct task *t, const char *entry,
    const struct attempt_terms *terms);

/*
 * Judge n attempts that are to be judged, outside a transaction;
 * terms->verdict.now_s is set. With a ledger there is one commit for all,
 * another one if some are right, and more where one attempt depends on what
 * another one is charged. Fails as the ledger does: no attempt is then
 * answered, and what was charged stays charged.
 */
MUST_USE int attempt_judge(struct attempt *const attempts[], size_t n,
    struct attempt_terms *terms, struct fault *f);

#endif
