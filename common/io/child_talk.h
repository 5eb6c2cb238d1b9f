/*
 * All of a child's input to it, and all of its output from it.
 */
#ifndef COMMON_IO_CHILD_TALK_H
#define COMMON_IO_CHILD_TALK_H

#include "common/base/buf.h"
#include "common/io/child.h"

/*
 * Write len bytes to a child that child_start() started with wants_output, and
 * append what it says to out until it closes its output; a child that does not
 * read its input is no failure. Until clock_monotonic_ms() is deadline_ms.
 *
 * 1: it closed its output, 0: the time is out; end it with child_wait(). Fails
 * with STATUS_DATA: more than out->max bytes. STATUS_IO: reading failed.
 */
MUST_USE int child_talk(struct child *c, const char *input, size_t len,
    struct buf *out, int64_t deadline_ms, struct fault *f);

#endif
