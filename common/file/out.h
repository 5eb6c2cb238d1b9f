/*
 * Buffered output to a descriptor. What is in the buffer may hold a PIN: it is
 * wiped.
 */
#ifndef COMMON_FILE_OUT_H
#define COMMON_FILE_OUT_H

#include "common/base/buf.h"

struct out {
	int fd;		  /* borrowed */
	const char *name; /* for messages; borrowed */
	struct buf buf;	  /* append lines here, then call out_written() */
};

void out_open(struct out *o, int fd, const char *name);

/* After appending: flushes when enough has come together. */
MUST_USE int out_written(struct out *o, struct fault *f);

/* Fails with STATUS_IO; "NAME: reason". */
MUST_USE int out_flush(struct out *o, struct fault *f);

void out_release(struct out *o);

#endif
