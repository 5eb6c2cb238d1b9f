/*
 * Is that the PIN? The rules of verification, without I/O.
 *
 * This file MUST
 *  1. say OK only for the PIN of a seal that opens for this very task,
 *     customer and number, and has neither expired nor been tried too often;
 *  2. compare in constant time, and only after all that;
 *  3. leave the PIN nowhere in the task once there is a verdict;
 *  4. count every wrong PIN.
 */
#ifndef COMMON_VERIFY_VERDICT_H
#define COMMON_VERIFY_VERDICT_H

#include "common/task/keyring.h"
#include "common/task/task.h"

#include <stdbool.h>
#include <stdint.h>

struct verdict_terms {
	const struct keyring *keys; /* unused with clear_pin */
	bool clear_pin;		    /* GeneratedPIN is the use case's */
	unsigned long max_attempts; /* 0: what was sealed counts */
	int64_t now_s;
};

struct verdict {
	bool ok;
	/* Why not: a REASON_ of names.h; NULL when ok. */
	const char *reason;
	/* STATUS_OK, or the status of a task that cannot be answered, which
	 * stays as it is; problem then says what to do. */
	int status;
	char problem[FAULT_SIZE];
};

/* Decide about what the caller entered; NULL or "": nothing. */
void verdict_decide(struct verdict *v, const struct task *t, const char *entry,
    const struct verdict_terms *terms);

/*
 * Write a verdict with STATUS_OK into the task. Fails with STATUS_IO without
 * memory.
 */
MUST_USE int verdict_apply(
    const struct verdict *v, struct task *t, struct fault *f);

#endif
