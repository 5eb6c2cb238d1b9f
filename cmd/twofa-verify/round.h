/*
 * The attempts of a window: charge, commit, compare, mark, commit.
 *
 * This file MUST
 *  1. compare nothing before its charge is durable, so that a ledger without
 *     room, or a damaged one, answers right and wrong alike;
 *  2. give no OK before its mark is durable;
 *  3. judge attempts at one PIN, of one customer or for one number as if they
 *     came one by one.
 */
#ifndef CMD_TWOFA_VERIFY_ROUND_H
#define CMD_TWOFA_VERIFY_ROUND_H

#include "cmd/twofa-verify/attempt.h"

#include <stddef.h>

/*
 * Judge n attempts by the ledger of memory, outside a transaction; terms->now_s
 * becomes its time. One commit for all of them, another one if some are right;
 * more, in rounds, where one depends on what another one is charged. Fails as
 * the ledger does: there is then no answer to any of them, and what was charged
 * is.
 */
MUST_USE int round_judge(struct attempt *const attempts[], size_t n,
    struct verdict_terms *terms, const struct attempt_memory *memory,
    struct fault *f);

#endif
