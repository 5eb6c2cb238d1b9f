/*
 * One run of a trigger's program as a child process.
 */
#ifndef CMD_TWOFA_FLOW_TRIGGER_CHILD_H
#define CMD_TWOFA_FLOW_TRIGGER_CHILD_H

#include "common/base/buf.h"
#include "common/process/child.h"

enum {
	TRIGGER_LATE = 256, /* no exit status: it was killed */
	/* Bytes; what it prints on stderr beyond that is lost, if copied. */
	TRIGGER_STDERR_MAX = 1 << 16,
};

/*
 * Start argv[0], a path, write input to it, and append what it prints to
 * output. Its stderr is ours; when messages also go elsewhere (prog.h), they go
 * there, too, when it has ended.
 *
 * Returns its exit status, or 128 and the signal's number; or TRIGGER_LATE,
 * when it was killed because it still ran, or had not closed its output, when
 * clock_monotonic_ms() was deadline_ms. Then, and when it was killed by a
 * signal, its own children, and theirs, are killed, also those in a session of
 * their own. Fails as child_start() and child_talk().
 */
MUST_USE int trigger_child_run(enum child_kind kind, char *const argv[],
    const struct buf *input, struct buf *output, int64_t deadline_ms,
    struct fault *f);

#endif
