/*
 * One attempt at a PIN: who remembers it, and what is remembered.
 *
 * This file MUST
 *  1. compare only what the ledger knows, and has attempts for;
 *  2. note in the same transaction what the comparison used up, so that no
 *     answer leaves before that is durable.
 */
#ifndef COMMON_VERIFY_ATTEMPT_H
#define COMMON_VERIFY_ATTEMPT_H

#include "common/ledger/ledger.h"
#include "common/verify/verdict.h"

struct attempt_memory {
	struct ledger *ledger; /* NULL: the task remembers */
	struct policy_limit limit_wrong;
	/* What was keyed in was asked for just now: the task's PINEntry is
	 * that of something else. */
	bool is_asked;
};

/*
 * Judge an opened verdict. With a ledger inside its transaction: the verdict
 * counts when that is committed. Fails as the ledger does.
 */
MUST_USE int attempt_judge(struct verdict *v, const struct task *t,
    const struct verdict_terms *terms, const struct attempt_memory *memory,
    struct fault *f);

#endif
