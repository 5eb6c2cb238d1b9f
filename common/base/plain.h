/*
 * Plain text: what may be printed where people read. What a stranger wrote
 * must not begin a line, steer a terminal or be seen in another order than it
 * stands in.
 */
#ifndef COMMON_BASE_PLAIN_H
#define COMMON_BASE_PLAIN_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The character of UTF-8 (RFC 3629) at text into *c: its length in bytes, 0
 * when it is none. The NUL behind the text ends every sequence.
 */
size_t plain_decode(uint32_t *c, const char *text);

/*
 * The bytes of the character that text begins with, or 1 when it is none.
 * *plain: may it be printed? Not a control character (C0, DEL, C1), a
 * separator of lines (U+2028, U+2029), a format character (Unicode's Cf, which
 * has the controls of bidirectional text), a noncharacter, nor what is no
 * UTF-8.
 */
size_t plain_character(const char *text, bool *plain);

bool plain_is_utf8(const char *text);

/* Put '?' in the place of each character that may not be printed. */
void plain_make(char *text);

/* Append text, made plain. Fails as buf_append(). */
MUST_USE int plain_append(struct buf *out, const char *text, struct fault *f);

#endif
