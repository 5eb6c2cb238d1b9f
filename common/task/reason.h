/*
 * TwofaReason of a task that has no answer, and the exit status for it: one
 * table for all programs, both ways.
 */
#ifndef COMMON_TASK_REASON_H
#define COMMON_TASK_REASON_H

/*
 * The status of a task that could not be answered for that reason; STATUS_OK
 * when the reason is that of an answer, none of names.h, or NULL.
 */
int reason_status(const char *reason);

/* The reason, a REASON_ of names.h, of a status for which all it says is that
 * something failed. */
const char *reason_of_status(int status);

#endif
