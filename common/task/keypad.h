/*
 * What a caller keyed in: digits, and what people key around them.
 */
#ifndef COMMON_TASK_KEYPAD_H
#define COMMON_TASK_KEYPAD_H

#include "common/base/cdefs.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Put the digits of entry into out, which has room for size with a NUL and is
 * wiped when false comes back: more than size - 1 of them, or something else
 * than digits, blanks, '-' and a final '#'.
 */
MUST_USE bool keypad_digits(char *out, size_t size, const char *entry);

#endif
