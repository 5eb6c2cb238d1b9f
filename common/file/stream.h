/*
 * Tasks as a stream: JSON objects in, one compact object a line out.
 *
 * Objects may stand one a line, several on a line, or over many lines. An
 * object that is not one is reported and reading goes on at the next line that
 * begins with '{'.
 */
#ifndef COMMON_FILE_STREAM_H
#define COMMON_FILE_STREAM_H

#include "common/base/buf.h"
#include "common/text/json_framer.h"

#include <stdbool.h>
#include <stddef.h>

enum stream_result {
	STREAM_FAILED = -1, /* cannot read: fault, STATUS_IO */
	STREAM_END,	    /* no more input */
	STREAM_OBJECT,	    /* text, len, line: one whole object */
	STREAM_MALFORMED,   /* text, len: not one; fault, STATUS_DATA */
	STREAM_SKIPPED,	    /* text, len: more of the malformed text before */
	STREAM_WAIT,	    /* the next object is not there yet */
};

struct stream {
	int fd;		  /* borrowed */
	const char *name; /* for messages; borrowed */
	const char *text; /* of the last result; until the next call */
	size_t len;
	unsigned long line; /* on which text begins, from 1 */
	/* private */
	struct buf in;
	size_t start; /* of what is not consumed in in */
	struct framer framer;
	bool framing, skipping, at_line_start, ended;
};

void stream_open(struct stream *s, int fd, const char *name);
void stream_release(struct stream *s);

/*
 * Find the next object. With may_block false STREAM_WAIT comes instead of
 * waiting for input. A fault's message begins with "NAME:LINE: ".
 */
enum stream_result stream_next(
    struct stream *s, bool may_block, struct fault *f);

#endif
