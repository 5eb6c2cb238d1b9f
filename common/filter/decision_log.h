/*
 * The setting "log": a file, pipe or terminal that every decision is appended
 * to before its task comes out.
 *
 * The log MUST
 *  1. get each line by one write(2), at its end, so that lines of programs
 *     that run side by side stay whole;
 *  2. be private when it is made, and be refused when others can write it;
 *  3. end the run when a line cannot be written.
 */
#ifndef COMMON_FILTER_DECISION_LOG_H
#define COMMON_FILTER_DECISION_LOG_H

#include "common/base/login.h"
#include "common/filter/decision.h"
#include "common/filter/item.h"

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
 * Open what the options name, if they name any; they must outlive the log.
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
 * Append what was decided about a item that acted. Fails with STATUS_IO, also
 * when only a part was written; the log is then broken.
 */
MUST_USE int decision_log_add(
    struct decision_log *log, const struct item *item, struct fault *f);

/* Fails with STATUS_IO; closed in any case. */
MUST_USE int decision_log_close(struct decision_log *log, struct fault *f);

#endif
