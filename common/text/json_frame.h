/*
 * Where one JSON object ends in a stream of bytes.
 *
 * Follows the structure only (brackets, strings, commas, colons), so that a
 * cut or broken object is noticed at the byte that cannot belong to it, and
 * not megabytes later. What stands inside strings and numbers is json.h's
 * business.
 */
#ifndef COMMON_IO_FRAME_H
#define COMMON_IO_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAME_MAX_DEPTH = 64,	/* nested objects and arrays */
	FRAME_MAX_LEN = 1 << 20 /* bytes of one object */
};

enum frame_result {
	FRAME_MORE, /* the object goes on behind the data */
	FRAME_DONE, /* pos is the byte behind the closing brace */
	FRAME_BAD,  /* pos is the byte that does not fit; problem says why */
};

struct frame {
	size_t pos;	     /* bytes looked at since the opening brace */
	const char *problem; /* of FRAME_BAD */
	uint64_t arrays;     /* one bit a level: is it an array? */
	int depth;
	int expect; /* private */
	bool in_string, in_key, in_escape, in_scalar;
};

/* Start at an opening brace. */
void frame_start(struct frame *f);

/*
 * Look at data, which begins at the opening brace and has len bytes so far:
 * the bytes before f->pos have been seen in an earlier call.
 */
enum frame_result frame_scan(struct frame *f, const char *data, size_t len);

#endif
