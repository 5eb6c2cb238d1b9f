/*
 * The end of a process that hangs.
 *
 * A library may block for ever although it was given a time limit: libcurl
 * 7.88 does when fcntl(2) fails on its socket. The parent takes what a dead
 * driver had open for unknown, so nothing is lost by dying.
 */
#ifndef COMMON_NET_WATCHDOG_H
#define COMMON_NET_WATCHDOG_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <stdint.h>

enum {
	WATCHDOG_GRACE_MS = 2000,
};

/*
 * Take SIGALRM: the process then ends at once with STATUS_TEMPORARY. Fails
 * with STATUS_IO.
 */
MUST_USE int watchdog_start(struct fault *f);

/*
 * Let it strike WATCHDOG_GRACE_MS after clock_monotonic_ms() is deadline_ms;
 * 0: not at all. What was set before is forgotten.
 */
void watchdog_set(int64_t deadline_ms);

#endif
