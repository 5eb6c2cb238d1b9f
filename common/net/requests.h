/*
 * The open requests of a driver, twofa-driver(7): each is sent over HTTP, sent
 * again while its time lasts, and answered. What a request says and what an
 * answer means is the driver's.
 *
 * 1. Every request MUST be answered by its deadline.
 * 2. A request MUST NOT be sent again before the time that the service asked
 *    for; else after 1, 2, 4 ... 32 s and up to half of that again.
 */
#ifndef COMMON_NET_REQUESTS_H
#define COMMON_NET_REQUESTS_H

#include "common/base/buf.h"
#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/net/http.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REQUEST_ID_SIZE = 65,
	REQUEST_TIME_MAX_MS = 3600000,
	REQUEST_TIME_STANDARD_MS = 30000, /* without timeoutMs */
	REQUEST_ATTEMPT_MIN_MS = 1000,	  /* the least time for one answer */
	REQUEST_ATTEMPTS = 3,	 /* that fit into its time without waits */
	REQUEST_SPREAD_MS = 250, /* added to a Retry-After, so that many part */
};

enum request_step {
	REQUEST_WAITING, /* for due_ms and a free connection */
	REQUEST_RUNNING,
	REQUEST_ENDED,
};

/* The first member of what a driver knows of a request. */
struct request {
	struct request *next;
	char id[REQUEST_ID_SIZE]; /* of the protocol */
	int64_t due_ms, deadline_ms, time_ms;
	unsigned attempts;
	enum request_step step;
};

/* What a driver does; driver is its own state. */
struct request_type {
	const char *hello; /* its first line */
	size_t size;	   /* of its struct that begins with struct request */
	/*
	 * Fill the rest of r, which is zero, from a JSON object with a valid
	 * id. Fails with STATUS_DATA, request_malformed(): never with what
	 * stands in it.
	 */
	int (*parse)(void *driver, struct request *r, const json_t *object,
	    struct fault *f);
	/* Begin an attempt by http_post(), with owner = r. */
	int (*begin)(void *driver, struct request *r, struct http *http,
	    int64_t time_ms, struct fault *f);
	/* An attempt ended so. true: another one cannot change the answer. */
	bool (*judge)(struct request *r, const struct http_answer *answer);
	/*
	 * Append the answer, shorter than PIPE_BUF, without its line end.
	 * Without an attempt no connection was free within its time.
	 */
	int (*write)(const struct request *r, struct buf *out, struct fault *f);
	/* Release what the rest of r holds. */
	void (*release)(struct request *r);
};

struct requests {
	const struct request_type *type;
	void *driver;
	struct http *http;
	struct request *first, **last; /* oldest first */
	size_t open, running;
};

void requests_init(struct requests *q, const struct request_type *type,
    void *driver, struct http *http);
/* http was freed before. */
void requests_release(struct requests *q);

/* "malformed request: member ..."; returns -1. */
int request_malformed(struct fault *f, const char *member);

/*
 * Take a request from its line. Its time begins now. Fails with STATUS_DATA: no
 * JSON object, a wrong member, or an id that is open already.
 */
MUST_USE int requests_take(
    struct requests *q, const char *line, size_t len, struct fault *f);

/*
 * Take what http_next() has, begin what is due, and append the answers to what
 * ended, a line each.
 */
MUST_USE int requests_work(
    struct requests *q, struct buf *out, struct fault *f);

/* When requests_work() has something to do without an event, INT64_MAX: never,
 * and by when all are answered, 0: there is none. */
void requests_times(
    const struct requests *q, int64_t *due_ms, int64_t *deadline_ms);

/*
 * The loop of the driver: write hello, then take a request a line on stdin and
 * write an answer a line on stdout, in any order, until stdin has ended and
 * nothing is open; http is freed. Nothing of it blocks, and a watchdog ends the
 * process when a library does.
 *
 * Fails with STATUS_DATA after a malformed line, when everything before it has
 * been answered, and with STATUS_IO at once when stdin or stdout fail. The
 * watchdog stays set for the rest of the process, which should end now.
 */
MUST_USE int serve(const struct request_type *type, void *driver,
    struct http *http, struct fault *f);

/* --- parts of that ---------------------------------------------------------
 */

/* How long an attempt that begins at now_ms may take. */
int64_t request_attempt_ms(const struct request *r, int64_t now_ms);

/* An attempt ended so: end the request, or set when the next one is due. Does
 * not wait for what lies beyond the deadline. */
void request_answered(struct request *r, const struct request_type *type,
    const struct http_answer *answer, int64_t now_ms);

/* How long to wait after that many attempts, if the service asked for
 * retry_after_ms; 0: for nothing. random: any number. */
int64_t request_wait_ms(
    unsigned attempts, int64_t retry_after_ms, uint32_t random);

#endif
