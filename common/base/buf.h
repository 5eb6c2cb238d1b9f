/*
 * A buffer that grows up to a limit and is wiped.
 *
 * A buf may hold a PIN or a key: the old block is wiped when it grows and
 * everything is wiped by buf_release(). data is never NULL once anything was
 * appended, and a NUL that does not count stands behind the last byte.
 */
#ifndef COMMON_BASE_BUF_H
#define COMMON_BASE_BUF_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <stddef.h>

struct buf {
	char *data;
	size_t len;	     /* bytes in use, without the NUL */
	size_t size;	     /* bytes allocated */
	size_t max;	     /* len may not pass it */
	const char *problem; /* why buf_add() did nothing; NULL: it did */
};

#define BUF_INIT(max_len)                                                      \
	{                                                                      \
		NULL, 0, 0, (max_len), NULL                                    \
	}

/*
 * Append len bytes. Fails with STATUS_DATA when the limit would be passed; the
 * buf is then as it was.
 */
MUST_USE int buf_append(
    struct buf *b, const void *data, size_t len, struct fault *f);
MUST_USE int buf_append_text(struct buf *b, const char *text, struct fault *f);
MUST_USE int buf_append_char(struct buf *b, char c, struct fault *f);
MUST_USE int buf_printf(struct buf *b, struct fault *f, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The same of a text whose characters are made plain, as by plain_make(). */
MUST_USE int buf_append_plain(struct buf *b, const char *text, struct fault *f);

/*
 * To append in many steps and check once: when the limit would be passed,
 * nothing is added from then on, and buf_check() fails with STATUS_DATA, until
 * the buf is cleared.
 */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_text(struct buf *b, const char *text);
MUST_USE int buf_check(const struct buf *b, struct fault *f);

/* Make room for len more bytes behind data + b->len; failures as above. */
MUST_USE int buf_reserve(struct buf *b, size_t len, struct fault *f);

/* Forget the first len bytes (at most b->len); the rest moves to the front. */
void buf_consume(struct buf *b, size_t len);

/* Wipe what is in use and make it empty; the block is kept. */
void buf_clear(struct buf *b);

/* Wipe and free. The buf can be used again. */
void buf_release(struct buf *b);

/* The content as a string; "" when nothing was appended. */
const char *buf_text(const struct buf *b);

#endif
