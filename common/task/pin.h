/*
 * PINs: drawing, reading what a caller keyed in, comparing.
 *
 * This file MUST
 *  1. draw every PIN of a length with the same probability, from libsodium;
 *  2. compare in a time that does not depend on the digits;
 *  3. treat a PIN as text, never as a number.
 * It MUST NOT
 *  4. draw a PIN that begins with 0 (a leading zero would not survive where
 *     the use case keeps the PIN as an integer);
 *  5. leave a PIN in out when it fails.
 */
#ifndef COMMON_TASK_PIN_H
#define COMMON_TASK_PIN_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	PIN_MIN_DIGITS = 4,
	PIN_MAX_DIGITS = 10,
	PIN_SIZE = PIN_MAX_DIGITS + 1, /* with a NUL; unused bytes are NUL */
};

/*
 * Draw a PIN of that many digits into out, which the caller wipes.
 * Fails with STATUS_CONFIG when digits is out of range, STATUS_BUG without
 * randomness.
 */
MUST_USE int pin_draw(char out[PIN_SIZE], unsigned digits, struct fault *f);

/*
 * The digits of what a caller entered: out has room for size with a NUL, and is
 * wiped when the result is false: more than size - 1 of them, or something else
 * than digits, blanks, '-' and a final '#'.
 */
MUST_USE bool pin_digits(char *out, size_t size, const char *entry);

/*
 * What a caller entered, without what people key around the digits: blanks,
 * '-' and a final '#'. True if PIN_MIN_DIGITS to PIN_MAX_DIGITS ASCII digits
 * are left.
 */
MUST_USE bool pin_parse(char out[PIN_SIZE], const char *entry);

/* Compares all PIN_SIZE bytes of both. */
bool pin_matches(const char a[PIN_SIZE], const char b[PIN_SIZE]);

#endif
