/*
 * --rejects FILE: malformed tasks, as they were read but for what may be a PIN.
 *
 * Which value is a PIN is unknown where the text cannot be parsed, so every
 * value that could be one is blanked: 4 to 10 digits, with blanks, '-' and '#'
 * around or between them as callers key them, and without a letter, another
 * digit or a sign of a number next to them. Each digit becomes a '*'.
 */
#ifndef COMMON_FILTER_REJECTS_H
#define COMMON_FILTER_REJECTS_H

#include "common/base/buf.h"
#include "common/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	/* Of digits and what may stand between them: longer is blanked too. */
	REJECTS_RUN_MAX = 256,
};

struct rejects {
	const char *path; /* NULL: not wanted; borrowed */
	int fd;		  /* -1: not yet opened */
	/* private */
	char last;	 /* byte taken last; '\n' at first */
	bool is_value;	 /* what is before the run does not belong to it */
	unsigned digits; /* in the run */
	struct buf run;	 /* held back: its end decides */
	struct buf out;
};

#define REJECTS_INIT                                                           \
	{                                                                      \
		.fd = -1, .last = '\n', .is_value = true,                      \
		.run = BUF_INIT(REJECTS_RUN_MAX), .out = BUF_INIT(1 << 22)     \
	}

/*
 * Set the path, which is borrowed; NULL: none. What is there is opened, what is
 * not is made with the first text. Fails as append_open() for a secret file.
 */
MUST_USE int rejects_open(struct rejects *r, const char *path, struct fault *f);

/*
 * Append text. begins: it is the first part of a malformed task, which then
 * begins a line. The file is made with mode 0600. Fails as append_open(), and
 * with STATUS_IO.
 */
MUST_USE int rejects_add(struct rejects *r, const char *text, size_t len,
    bool begins, struct fault *f);

/* End the last line. Fails with STATUS_IO; closed in any case. */
MUST_USE int rejects_close(struct rejects *r, struct fault *f);

#endif
