/*
 * Telephone numbers in the form of ITU-T E.164: '+', a first digit from 1 to
 * 9, 7 to 15 digits in all. Nothing is guessed or normalised: a number in any
 * other form may be somebody else's.
 */
#ifndef COMMON_TASK_E164_H
#define COMMON_TASK_E164_H

#include <stdbool.h>

enum {
	E164_MIN_DIGITS = 7,
	E164_MAX_DIGITS = 15,
	E164_SIZE = 1 + E164_MAX_DIGITS + 1, /* '+', digits, NUL */
};

bool e164_is_valid(const char *number);

/*
 * The number for the eyes of others: all digits but the last two are '*'.
 * What is no number becomes "(no number)".
 */
void e164_mask(char out[E164_SIZE], const char *number);

#endif
