/*
 * The reasons: what TwofaReason can be, and all that follows from each.
 */
#ifndef COMMON_TASK_REASON_H
#define COMMON_TASK_REASON_H

#include <stdbool.h>

struct reason {
	const char *word; /* a REASON_ of names.h */
	const char *why;  /* for the agent in a session: {Why} */
	/* The exit status of a task without an answer: run it again, or have
	 * somebody mend what is wrong. STATUS_OK: the answer is no. */
	int status;
	bool ends_pin; /* nothing can be compared with this PIN any more */
	/* What the decision log calls it; the others are NULL where it is the
	 * same: of twofa-lookup, of a request to send the PIN again, of a
	 * decision that is given again. */
	const char *event, *lookup_event, *resend_event, *again_event;
};

/* NULL: word is none of them, or NULL. */
const struct reason *reason_find(const char *word);

/* The status of that reason; STATUS_OK when it is none, or NULL. */
int reason_status(const char *word);

/* The reason of a status that says only that something failed. */
const char *reason_of_status(int status);

#endif
