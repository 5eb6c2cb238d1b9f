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

#include "common/base/buf.h"
#include "common/process/child.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	DRIVER_MAX_DEATHS = 3,
	DRIVER_MAX_LINE = 65536, /* bytes of an answer */
	DRIVER_WORDS = 32,	 /* of a command line */
	DRIVER_GRACE_MS = 5000,	 /* beyond a request's own time, then it dies */
	DRIVER_HELLO_MS = 60000, /* for its first line */
};

enum driver_state {
	DRIVER_UNSENT,	 /* not one byte of it reached the driver */
	DRIVER_OPEN,	 /* sent; no answer yet. Afterwards: the driver died */
	DRIVER_ANSWERED, /* answer is set */
};

/* One request and, after the exchange, its answer. */
struct driver_call {
	const char *id;	    /* the request's; borrowed from it */
	json_t *message;    /* the request; owned */
	struct buf request; /* as a line */
	enum driver_state state;
	json_t *answer; /* owned; NULL unless DRIVER_ANSWERED */
};

struct driver {
	char *argv[DRIVER_WORDS + 1];
	char *text;	  /* owned: what argv points into */
	const char *kind; /* "sms" or "directory" */
	enum child_kind child_kind;
	struct child child;
	struct buf in;
	json_t *hello; /* its first line, also when it died since */
	int deaths;    /* in a row, without an answer */
};

#define DRIVER_INIT                                                            \
	{                                                                      \
		.child = CHILD_INIT                                            \
	}

/*
 * Name the program: for scheme "exec" the words of rest, a path first; for any
 * other scheme the driver KIND-SCHEME of the suite, with rest as its argument.
 * The suite's drivers are looked for in ../libexec/twofa beside the program's
 * own directory, then in the directory that was compiled in; never in PATH.
 *
 * Fails with STATUS_CONFIG: no such driver (which names those that there
 * are), no path. Nothing is started.
 */
MUST_USE int driver_open(struct driver *d, const char *kind, const char *scheme,
    const char *rest, struct fault *f);

/*
 * Start it, if it does not run, and read its first line into d->hello.
 *
 * Fails with its own status when it ended with 64 or more before that line,
 * else with STATUS_CONFIG; with STATUS_TEMPORARY after too many deaths.
 */
MUST_USE int driver_start(struct driver *d, struct fault *f);

/* Is the member of its first line true? False before driver_start(). */
bool driver_says(const struct driver *d, const char *member);
/* Does the array "needs" of its first line name that? */
bool driver_needs(const struct driver *d, const char *what);

/* n calls without a request, or NULL without memory. */
struct driver_call *driver_calls_new(size_t n);

/*
 * The request of a call; message is an object with a member "id" and is
 * stolen. NULL, which jansson gives for text that is not UTF-8, is refused
 * with STATUS_DATA.
 */
MUST_USE int driver_call_set(
    struct driver_call *call, json_t *message, struct fault *f);

/* Wipe and free calls, requests and answers. */
void driver_calls_free(struct driver_call *calls, size_t n);

/*
 * Send the calls, at most open_max at a time, and collect the answers until
 * every call is answered, the driver died, or time_allowed_ms and a grace have
 * passed since the last of them was sent or answered (it is killed then).
 *
 * Fails only when the driver cannot be started (see driver_start()). A dead
 * driver is no failure: the calls' states tell. f then holds nothing.
 */
MUST_USE int driver_exchange(struct driver *d, struct driver_call *calls,
    size_t n, size_t open_max, int time_allowed_ms, struct fault *f);

/* End of input for the driver; waits a moment, then kills. */
void driver_close(struct driver *d);

#endif
