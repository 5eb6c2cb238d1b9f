/*
 * A decision as a line of the log: one JSON object. What happened is said in
 * the words of OWASP's Logging Vocabulary, so that it can be watched together
 * with the logs of other programs.
 *
 * A line MUST NOT hold
 *  1. a PIN, sealed or not, or a key;
 *  2. a telephone number, but for its mask;
 *  3. the customer's identifier.
 */
#ifndef COMMON_FILTER_DECISION_H
#define COMMON_FILTER_DECISION_H

#include "common/base/buf.h"
#include "common/settings/settings.h"

#include <stdint.h>

enum {
	/* Of a line: what a pipe takes whole from many writers (PIPE_BUF). */
	DECISION_MAX = 4096,
};

struct decision {
	int64_t time_s;
	const char *program; /* "twofa-verify" */
	const char *task_id;
	const char *event;
	const char *reason; /* NULL: there is none */
	const char *who;    /* login_name() */
	const char *ref;    /* label_is_valid(); NULL: none was given */
	const char *number; /* as it is: written masked; NULL: none */
};

/* How it came to what was decided. */
enum {
	DECISION_AFTER_WRONG = 1, /* wrong PINs came before */
	DECISION_AGAIN = 2, /* it was decided before: nothing was done now */
};

/*
 * The word for what a program decided. reason is a REASON_ of names.h, NULL
 * when the answer is yes; how: DECISION_ bits. NULL when the reason is none of
 * them.
 */
const char *decision_event(
    enum program program, const char *reason, unsigned how);

/* Append the line with its end. Fails as buf_append(). */
MUST_USE int decision_write(
    const struct decision *d, struct buf *out, struct fault *f);

#endif
