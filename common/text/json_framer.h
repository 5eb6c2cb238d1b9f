/*
 * Where one JSON object ends in a stream of bytes.
 *
 * Checks the structure only (brackets, strings, commas, colons), so that a cut
 * or broken object is noticed at the first byte that cannot belong to it. The
 * rest is checked by json_parse().
 */
#ifndef COMMON_TEXT_JSON_FRAMER_H
#define COMMON_TEXT_JSON_FRAMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAMER_MAX_DEPTH = 64,	 /* nested objects and arrays */
	FRAMER_MAX_LEN = 1 << 20 /* bytes of one object */
};

enum framer_result {
	FRAMER_MORE, /* the object goes on behind the data */
	FRAMER_DONE, /* pos is the byte behind the closing brace */
	FRAMER_BAD,  /* pos is the byte that does not fit; problem says why */
};

struct framer {
	size_t pos;	     /* bytes looked at since the opening brace */
	const char *problem; /* of FRAMER_BAD */
	uint64_t arrays;     /* one bit a level: is it an array? */
	int depth;
	int expect; /* private */
	bool in_string, in_key, in_escape, in_scalar;
};

/* Start at an opening brace. */
void framer_start(struct framer *f);

/*
 * Look at data, which begins at the opening brace and has len bytes so far:
 * the bytes before f->pos have been seen in an earlier call.
 */
enum framer_result framer_scan(struct framer *f, const char *data, size_t len);

#endif
