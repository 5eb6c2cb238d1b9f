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

#include "common/base/buf.h"
#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/net/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SERVE_LINE_MAX = 65536,	    /* bytes of a request */
	SERVE_OUTPUT_HIGH = 65536,  /* bytes of unread answers; stdin waits */
	SERVE_OUTPUT_MAX = 1 << 23, /* and those of what was open then */
	SERVE_OPEN_MAX = 1024,	    /* requests; then stdin waits */
};

/* What a service has to do. */
struct serve_need {
	size_t open;	     /* requests without an answer */
	int64_t due_ms;	     /* call work() then; INT64_MAX: after events */
	int64_t deadline_ms; /* by then all of them are answered */
};

struct serve_service {
	/*
	 * Take one request, without its line end. Fails when it is malformed
	 * (STATUS_DATA) or there is no memory.
	 */
	int (*take)(void *state, const char *line, size_t len, struct fault *f);

	/*
	 * Take what http_next() has, begin what is due, append the answers to
	 * what ended to out, each a line of at most PIPE_BUF bytes.
	 */
	int (*work)(void *state, struct buf *out, struct fault *f);

	/* Only reads the state. */
	void (*need)(void *state, struct serve_need *need);
};

/*
 * Write hello and serve until stdin has ended and nothing is open.
 *
 * Fails with STATUS_DATA after a malformed line, everything before it having
 * been answered, and with STATUS_IO at once when stdin or stdout break. The
 * watchdog stays set for the rest of the process, which should end now.
 */
MUST_USE int serve(const struct serve_service *service, void *state,
    struct http *http, const char *hello, struct fault *f);

#endif
