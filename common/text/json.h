/*
 * jansson as the suite uses it: strict, with limits, and without leaving
 * copies of secrets in freed memory.
 */
#ifndef COMMON_TEXT_JSON_H
#define COMMON_TEXT_JSON_H

#include "common/base/buf.h"
#include "common/base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * First call, once, before any other use of jansson in the process: blocks
 * that jansson frees are wiped, because a task may hold a PIN, and without
 * memory the program ends: jansson never returns NULL for want of it.
 */
void json_wipe_freed(void);

/*
 * Parse one value that fills text. *out is new.
 *
 * Refused with STATUS_DATA, and a message "line N: reason": anything that is
 * not RFC 8259, duplicate members, U+0000, invalid UTF-8, lone surrogates,
 * numbers beyond a double. Integers come as reals:
 * jansson would refuse those beyond 64 bits.
 */
MUST_USE int json_parse(
    json_t **out, const char *text, size_t len, struct fault *f);

/* Why a text that begins with that byte is no JSON, when it may be in another
 * encoding, or NULL. */
const char *json_encoding(unsigned char first);

/*
 * Append value as compact JSON; integers and strings only. Fails with STATUS_IO
 * when it is too long; out is then as it was.
 */
MUST_USE int json_write(const json_t *value, struct buf *out, struct fault *f);

/*
 * buf_add() text as a JSON string with its quotes. buf_check() also fails when
 * it was not valid UTF-8.
 */
void json_add_string(const char *text, struct buf *out);

/* The string member name of object, or NULL; borrowed. */
const char *json_member_text(const json_t *object, const char *name);

#endif
