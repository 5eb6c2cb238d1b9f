/*
 * Child processes: a program with pipes on its stdin and stdout. No shell is
 * involved. stderr is the parent's.
 *
 * This is the one place that starts programs. A child MUST get, as the table of
 * twofa-driver(7) says,
 *
 *	1. of the environment what its kind needs and its arguments name;
 *	2. no open descriptor but 0, 1 and 2;
 *	3. no signal that is blocked or ignored;
 *	4. a session of its own, so that with it all that it started can be
 *ended, and so that no terminal stops it. A signal that ends this program is
 *	   passed on to it.
 */
#ifndef COMMON_PROCESS_CHILD_H
#define COMMON_PROCESS_CHILD_H

#include "common/base/fault.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum child_kind {
	CHILD_COMMAND, /* command:, which sends one message */
	CHILD_EXEC,    /* exec:, a driver of the user's */
	CHILD_DRIVER,  /* a driver of the suite */
	CHILD_SECRET,  /* command:, which prints a secret */
	CHILD_STAGE,   /* a trigger that is a program of the suite */
	CHILD_TRIGGER, /* any other trigger */
};

struct child {
	enum child_kind kind;
	pid_t pid; /* -1: none */
	int to;	   /* writes to its stdin, -1: closed; does not block */
	int from;  /* reads its stdout, -1: closed; does not block */
};

#define CHILD_INIT                                                             \
	{                                                                      \
		.pid = -1, .to = -1, .from = -1                                \
	}

/* How a child ended: its exit status, or 128 and the signal's number. */
enum {
	CHILD_SIGNALLED = 128,
};

/*
 * Start argv[0], a path, with argv. For CHILD_COMMAND stdout is /dev/null and
 * from stays -1. Fails with STATUS_CONFIG when it cannot be executed, STATUS_IO
 * without pipes or processes.
 */
MUST_USE int child_start(
    struct child *c, enum child_kind kind, char *const argv[], struct fault *f);

/* Close its stdin: it sees the end of its input. */
void child_end_input(struct child *c);

/*
 * Has it ended, so that nothing more comes but what is in the pipe? A trigger's
 * output ends only when it is closed.
 */
bool child_has_ended(const struct child *c);

/*
 * Wait for the end of the child until clock_monotonic_ms() is deadline_ms,
 * then kill it. What it started, and left in its process group, is killed with
 * it, and also when it ended by a signal or said by its status that it failed.
 * Closes both pipes. Returns how it ended; nothing to do and 0 for CHILD_INIT.
 */
int child_wait(struct child *c, int64_t deadline_ms);

/*
 * Split "PROGRAM ARG…" at blanks into argv, the strings being in text, which
 * is changed; argv ends in NULL. Returns the number of words. Fails with
 * STATUS_CONFIG for a program without a '/' and for more than max - 1 words.
 */
MUST_USE int child_split(char *text, char *argv[], int max, struct fault *f);

#endif
