/*
 * Tasks as a stream: JSON objects in, one compact object a line out.
 *
 * There may be one object on a line, several, or one on many lines. A malformed
 * object is reported, and reading continues at the next line that begins with
 * '{'.
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
	STREAM_MALFORMED,   /* text, len: no object; fault, STATUS_DATA */
	STREAM_SKIPPED,	    /* text, len: more of that text */
	STREAM_WAIT,	    /* the next object has not come yet */
};

struct stream {
	int fd;		  /* borrowed */
	const char *name; /* for messages; borrowed */
	const char *text; /* of the last result; until the next call */
	size_t len;
	unsigned long line; /* on which text begins, from 1 */
	/* private */
	struct buf in;
	size_t start; /* offset in in of what is not consumed */
	struct framer framer;
	bool framing, skipping, at_line_start, ended;
};

void stream_open(struct stream *s, int fd, const char *name);
void stream_release(struct stream *s);

/*
 * Find the next object. Unless may_block, return STREAM_WAIT instead of waiting
 * for input. The message of a fault begins with "NAME:LINE: ".
 */
enum stream_result stream_next(
    struct stream *s, bool may_block, struct fault *f);

#endif
