/*
 * The setting "log": a file, pipe or terminal to which every decision is
 * appended, as one line of JSON, before its task is written. Events are words
 * of OWASP's Logging Vocabulary, as in the logs of other programs.
 *
 * The log MUST
 *  1. get each line by one write(2), at its end, so that lines of programs
 *     that run side by side stay whole;
 *  2. be private when it is made, and be refused when others can write it;
 *  3. end the run when a line cannot be written.
 * A line MUST NOT hold
 *  4. a PIN, sealed or not, or a key;
 *  5. a telephone number, except its mask;
 *  6. the customer's identifier.
 */
#ifndef COMMON_FILTER_DECISION_LOG_H
#define COMMON_FILTER_DECISION_LOG_H

#include "common/base/login.h"
#include "common/filter/item.h"
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
	const char *ref;    /* plain_is_label(); NULL: none was given */
	const char *number; /* as it is: written masked; NULL: none */
};

/* How the program came to the decision. */
enum {
	DECISION_AFTER_WRONG = 1, /* wrong PINs came before */
	DECISION_AGAIN = 2, /* it was decided before: nothing was done now */
};

/*
 * The event of what a program decided: reason as in the task, NULL when the
 * answer is yes; how: DECISION_ bits. NULL when the reason is none of names.h.
 */
const char *decision_event(
    enum program program, const char *reason, unsigned how);

/* Append the line with its end. Fails as buf_append(). */
MUST_USE int decision_write(
    const struct decision *d, struct buf *out, struct fault *f);

struct decision_log {
	const char *path; /* borrowed */
	int fd;		  /* -1: nothing is logged */
	bool broken;	  /* a line could not be written */
	enum program program;
	const char *ref; /* borrowed */
	char who[LOGIN_SIZE];
	struct buf line;
};

#define DECISION_LOG_INIT                                                      \
	{                                                                      \
		.fd = -1, .line = BUF_INIT(DECISION_MAX)                       \
	}

/*
 * Open what the settings name, if they name one; they must outlive the log.
 * With --dry-run a missing file is not made, but it is said that it will be.
 *
 * /dev/stderr is the program's own standard error. A pipe that nobody reads
 * from is not waited for.
 *
 * Fails with STATUS_CONFIG: it cannot be opened, is no file, pipe or character
 * device, or is standard output, which carries tasks. STATUS_PERMISSION: a
 * file of another user, or writable by others.
 */
MUST_USE int decision_log_open(
    struct decision_log *log, const struct settings *settings, struct fault *f);

/*
 * Append what was decided about an item that acted. Fails with STATUS_IO, also
 * when only a part was written; the log is then broken.
 */
MUST_USE int decision_log_add(
    struct decision_log *log, const struct item *item, struct fault *f);

/* Fails with STATUS_IO; closed in any case. */
MUST_USE int decision_log_close(struct decision_log *log, struct fault *f);

#endif
