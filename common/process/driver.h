/*
 * The parent's side of the driver protocol, twofa-driver(7): a child process
 * that reads a request a line and writes an answer a line, in any order,
 * matched by the member "id".
 *
 * A driver is started when it is first needed and again after it died, until
 * it died DRIVER_MAX_DEATHS times in a row without a single answer. Its death
 * fails only the requests that were open.
 */
#ifndef COMMON_PROCESS_DRIVER_H
#define COMMON_PROCESS_DRIVER_H

#include "common/base/fault.h"
#include "common/text/address.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	DRIVER_MAX_DEATHS = 3,
	DRIVER_MAX_LINE = 65536, /* bytes of a request or an answer */
	DRIVER_WORDS = 32,	 /* of a command line */
	DRIVER_GRACE_MS = 5000,	 /* beyond the time of a request; then killed */
	DRIVER_HELLO_MS = 60000, /* for its first line */
};

enum driver_state {
	DRIVER_UNSENT, /* not one byte of the request reached the driver */
	DRIVER_OPEN,   /* sent, no answer: the driver died */
	DRIVER_ANSWERED,
};

struct driver_batch {
	size_t count;
	size_t open_max; /* requests that wait for an answer at a time */
	int time_allowed_ms;
	void *self; /* of the functions */
	/* Request number i: new, an object with an "id"; NULL: not UTF-8. */
	json_t *(*request)(void *self, size_t i);
	/* What became of it; answer is NULL unless DRIVER_ANSWERED. */
	void (*answered)(void *self, size_t i, enum driver_state state,
	    const json_t *answer);
};

struct driver;

/*
 * Name the program: for the scheme "exec" the words of the address, a path
 * first; for any other the driver KIND-SCHEME of the suite, with the rest of
 * the address as its argument. The suite's drivers are looked for in
 * ../libexec/twofa beside the program's own directory, then in the directory
 * that was compiled in; never in PATH.
 *
 * kind, "sms" or "directory", is borrowed. Fails with STATUS_CONFIG: no path,
 * or no such driver; the message names those that there are. Nothing is
 * started.
 */
MUST_USE int driver_open(struct driver **out, const char *kind,
    const struct address *address, struct fault *f);

/*
 * Start it, if it does not run, and read its first line.
 *
 * Fails with its own status when it ended with 64 or more before that line,
 * else with STATUS_CONFIG; with STATUS_TEMPORARY after too many deaths.
 */
MUST_USE int driver_start(struct driver *d, struct fault *f);

/* Is the member of its first line true? False before driver_start(). */
bool driver_says(const struct driver *d, const char *member);
/* Does the array "needs" of its first line name that? */
bool driver_needs(const struct driver *d, const char *what);

/*
 * Send the requests and collect the answers until each is answered or was open
 * when a driver died. A driver that neither takes a request nor answers for
 * time_allowed_ms and a grace is killed.
 *
 * Fails when a request is not UTF-8 (STATUS_DATA) or the driver cannot be
 * started, see driver_start(), and nothing was sent; answered is not called
 * then. A dead driver is no failure.
 */
MUST_USE int driver_exchange(
    struct driver *d, const struct driver_batch *batch, struct fault *f);

/* End its input, and kill it unless it ends soon. NULL: do nothing. */
void driver_close(struct driver *d);

#endif
