/*
 * Child processes: a program with pipes on its stdin and stdout. No shell is
 * involved. stderr is the parent's.
 */
#ifndef COMMON_IO_CHILD_H
#define COMMON_IO_CHILD_H

#include "common/base/fault.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
	pid_t pid; /* -1: none */
	int to;	   /* writes to its stdin, -1: closed; does not block */
	int from;  /* reads its stdout, -1: closed; does not block */
};

#define CHILD_INIT                                                             \
	{                                                                      \
		-1, -1, -1                                                     \
	}

/* How a child ended: its exit status, or 128 and the signal's number. */
enum {
	CHILD_SIGNALLED = 128,
};

/*
 * Start argv[0], a path, with argv. Without wants_output its stdout is
 * /dev/null and from stays -1. Fails with STATUS_CONFIG when it cannot be
 * executed, STATUS_IO without pipes or processes.
 */
MUST_USE int child_start(
    struct child *c, char *const argv[], bool wants_output, struct fault *f);

/* Close its stdin: it sees the end of its input. */
void child_end_input(struct child *c);

/*
 * Wait for the end of the child until clock_monotonic_ms() is deadline_ms,
 * then kill it. Closes both pipes. Returns how it ended; nothing to do and 0
 * for CHILD_INIT.
 */
int child_wait(struct child *c, int64_t deadline_ms);

/*
 * Split "PROGRAM ARG…" at blanks into argv, the strings being in text, which
 * is changed. Returns the number of words, at most max - 1; argv ends in NULL.
 */
int child_split(char *text, char *argv[], int max);

#endif
