/*
 * --rejects FILE: malformed tasks, as they were read.
 */
#ifndef COMMON_STAGE_REJECTS_H
#define COMMON_STAGE_REJECTS_H

#include "common/base/fault.h"

#include <stddef.h>

struct rejects {
	const char *path; /* NULL: not wanted; borrowed */
	int fd;		  /* -1: not yet opened */
	char last;	  /* byte written last; '\n' at first */
};

#define REJECTS_INIT                                                           \
	{                                                                      \
		NULL, -1, '\n'                                                 \
	}

/*
 * Append text. begins: it is the first part of a malformed task, which then
 * begins a line. The file is made with mode 0600. Fails with STATUS_IO.
 */
MUST_USE int rejects_add(struct rejects *r, const char *text, size_t len,
    int begins, struct fault *f);

/* End the last line. Fails with STATUS_IO; closed in any case. */
MUST_USE int rejects_close(struct rejects *r, struct fault *f);

#endif
