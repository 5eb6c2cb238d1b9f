/*
 * A driver's loop, twofa-driver(7): a request a line on stdin, an answer a
 * line on stdout, in any order, with the network in between. Nothing of it
 * blocks, and a watchdog ends the process when a library does.
 *
 * stdin at its end means: finish what is open. A malformed line means the
 * same, and a fault.
 */
#ifndef COMMON_NET_SERVE_H
#define COMMON_NET_SERVE_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/net/requests.h"

enum {
	SERVE_LINE_MAX = 65536,	    /* bytes of a request */
	SERVE_OUTPUT_HIGH = 65536,  /* bytes of unread answers; stdin waits */
	SERVE_OUTPUT_MAX = 1 << 23, /* and those of what was open then */
	SERVE_OPEN_MAX = 1024,	    /* requests; then stdin waits */
};

/*
 * Write hello and serve until stdin has ended and nothing is open; http is
 * freed.
 *
 * Fails with STATUS_DATA after a malformed line, everything before it having
 * been answered, and with STATUS_IO at once when stdin or stdout break. The
 * watchdog stays set for the rest of the process, which should end now.
 */
MUST_USE int serve(const struct request_type *type, void *driver,
    struct http *http, struct fault *f);

#endif
