/*
 * Is that the PIN? The rules of verification, without I/O: verdict_open() opens
 * the PIN that was sent, verdict_decide() decides by what is known of it
 * whether it is compared, verdict_compare() compares. In between an attempt is
 * charged (attempt.h).
 *
 * This file MUST
 *  1. say OK only for the PIN of a seal that opens for this very task,
 *     customer and number, and has neither expired nor been tried too often;
 *  2. compare in constant time, and only after all that, also what the task
 *     says was sent: whoever writes there tries a PIN as if it were entered;
 *  3. leave the PIN nowhere in the task once there is a verdict;
 *  4. count every wrong PIN.
 */
#ifndef CMD_TWOFA_VERIFY_VERDICT_H
#define CMD_TWOFA_VERIFY_VERDICT_H

#include "common/task/keyring.h"
#include "common/task/seal.h"
#include "common/task/task.h"

#include <stdbool.h>
#include <stdint.h>

struct verdict_terms {
	const struct keyring *keys; /* unused with clear_pin alone */
	bool clear_pin;		    /* GeneratedPIN is not sealed */
	const char *ledger;	    /* id of the ledger in use, NULL: none */
	unsigned long max_attempts; /* 0: what was sealed counts */
	int64_t now_s;
};

struct verdict {
	bool opened; /* there is no verdict yet */
	bool ok;
	bool compared; /* now, which used up an attempt */
	/* Why not: a REASON_ of names.h; NULL when ok. */
	const char *reason;
	/* Why the task cannot be answered, and stays as it is. */
	struct fault fault;
	/* PINAttempts as it goes out; -1: as it came. */
	long attempts;
	/* Secrets: wiped by verdict_wipe(). */
	char entered[PIN_SIZE]; /* by the caller */
	/* With clear_pin, what the task says was sent; else "". */
	char claimed[PIN_SIZE];
	struct seal seal; /* what was sent */
};

/* What is known of a PIN whose seal is open. */
struct verdict_memory {
	bool is_known;	 /* false: the ledger does not have it */
	bool is_revoked; /* its customer or number */
	bool is_given;	 /* the very same attempt was charged before, */
	bool given_ok;	 /* and was right, as far as is known */
	/* Wrong PINs, as ledger_wrong_forbids(): a REASON_, or NULL. */
	const char *forbidden;
	bool is_used;
	bool is_expired;	/* whatever its seal says */
	unsigned long attempts; /* used up */
};

/*
 * Open the PIN of the task. entry is what the caller entered; NULL or "":
 * nothing. Sets v->opened, or there is a verdict already.
 */
void verdict_open(struct verdict *v, const struct task *t, const char *entry,
    const struct verdict_terms *terms);

/* The same for a sealed PIN from the ledger; v->entered and v->claimed are set.
 */
void verdict_open_sealed(struct verdict *v, const char *sealed,
    const struct seal_binding *binding, const struct verdict_terms *terms);

/* What the task itself knows of its PIN, when there is no ledger. */
struct verdict_memory verdict_memory_of_task(const struct task *t);

/*
 * Is it to be compared? Otherwise there is a verdict: the first rule that is
 * broken decides, or it was right before. Nothing here depends on whether the
 * PIN is right.
 */
MUST_USE bool verdict_decide(struct verdict *v,
    const struct verdict_memory *memory, const struct verdict_terms *terms);

/* Compare what verdict_decide() says is to be. */
void verdict_compare(struct verdict *v);

/* Write a verdict without a fault into the task. */
void verdict_apply(const struct verdict *v, struct task *t);

void verdict_wipe(struct verdict *v);

#endif
