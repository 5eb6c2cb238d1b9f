/*
 * Child processes: a program with pipes on its stdin and stdout. No shell is
 * involved. stderr is the parent's, unless another file is given.
 *
 * Programs are started nowhere else. A child MUST get, as the table of
 * twofa-driver(7) says,
 *
 *  1. only those environment variables that its kind needs or its arguments
 *     name;
 *  2. no open descriptor but 0, 1 and 2;
 *  3. no signal that is blocked or ignored;
 *  4. a session of its own, so that it can be killed together with everything
 *     it started, and no terminal stops it. A signal that ends this program is
 *     passed on to it.
 */
#ifndef COMMON_PROCESS_CHILD_H
#define COMMON_PROCESS_CHILD_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

enum child_kind {
	CHILD_COMMAND, /* command:, which sends one message */
	CHILD_EXEC,    /* exec:, any other driver */
	CHILD_DRIVER,  /* a driver of the suite */
	CHILD_SECRET,  /* command:, which prints a secret */
	CHILD_FILTER,  /* a trigger that is a program of the suite */
	CHILD_TRIGGER, /* any other trigger */
};

struct child {
	enum child_kind kind;
	pid_t pid; /* -1: none */
	int to;	   /* writes to its stdin, -1: closed; does not block */
	int from;  /* reads its stdout, -1: closed; does not block */
	int err;   /* set this before the start: its stderr */
};

#define CHILD_INIT                                                             \
	{                                                                      \
		.pid = -1, .to = -1, .from = -1, .err = STDERR_FILENO          \
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

/*
 * Write len bytes to the child, close its input, and append what it writes to
 * out until it closes its output or, unless it is a trigger, ends. A child that
 * does not read its input is no failure. Of CHILD_COMMAND nothing is read: out
 * may be NULL. Until clock_monotonic_ms() is deadline_ms.
 *
 * 1: its output ended, 0: the time is up; end it with child_wait(). Fails with
 * STATUS_DATA: more than out->max bytes. STATUS_IO: reading failed.
 */
MUST_USE int child_talk(struct child *c, const char *input, size_t len,
    struct buf *out, int64_t deadline_ms, struct fault *f);

enum {
	CHILD_READABLE = 1,
	CHILD_WRITABLE = 2,
};

/*
 * Wait until the child can be read or, with to_write, written: a sum of the
 * above. 0: its output ended, even if another process still has the pipe; -1:
 * the time is up.
 */
MUST_USE int child_poll(struct child *c, bool to_write, int64_t deadline_ms);

/* Append what there is to out. 1: go on, 0: it is closed. Fails as above. */
MUST_USE int child_read(struct child *c, struct buf *out, struct fault *f);

/*
 * Close both pipes and wait for the end of the child; kill it when
 * clock_monotonic_ms() is deadline_ms. Unless its exit status says that it
 * succeeded, everything in its process group is killed, too. Returns how it
 * ended; does nothing and returns 0 for CHILD_INIT.
 */
int child_wait(struct child *c, int64_t deadline_ms);

/*
 * Split "PROGRAM ARG…" at blanks into argv, which ends in NULL. The words are
 * in text, which is changed. Returns the number of words. Fails with
 * STATUS_CONFIG for a program without a '/' and for more than max - 1 words.
 */
MUST_USE int child_split(char *text, char *argv[], int max, struct fault *f);

#endif
