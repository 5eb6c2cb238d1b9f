/*
 * All of a child's input to it, and all of its output from it.
 */
#ifndef COMMON_PROCESS_CHILD_TALK_H
#define COMMON_PROCESS_CHILD_TALK_H

#include "common/base/buf.h"
#include "common/process/child.h"

#include <poll.h>

/*
 * Write len bytes to a child whose output is read, and append what it says to
 * out until its output ends: it closed it, or child_has_ended(). One that does
 * not read its input is no failure. Until clock_monotonic_ms() is deadline_ms.
 *
 * 1: its output ended, 0: the time is out; end it with child_wait(). Fails
 * with STATUS_DATA: more than out->max bytes. STATUS_IO: reading failed.
 */
MUST_USE int child_talk(struct child *c, const char *input, size_t len,
    struct buf *out, int64_t deadline_ms, struct fault *f);

/*
 * Wait until there is something to read, [0], or, with to_write, something can
 * be written, [1]. 1: look at revents; 0: its output ended, as above, though
 * another process has the pipe; -1: it is deadline_ms.
 */
MUST_USE int child_poll(
    struct child *c, bool to_write, int64_t deadline_ms, struct pollfd fds[2]);

#endif
