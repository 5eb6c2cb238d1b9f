/*
 * A short text that a user gives and a record keeps, such as the number of a
 * ticket.
 */
#ifndef COMMON_BASE_LABEL_H
#define COMMON_BASE_LABEL_H

#include <stdbool.h>
#include <stddef.h>

enum {
	LABEL_MAX_CHARACTERS = 64,
	LABEL_SIZE = LABEL_MAX_CHARACTERS * 4 + 1, /* in UTF-8, with the NUL */
};

/*
 * Is it plain text, plain_character(), of 1 to LABEL_MAX_CHARACTERS characters?
 */
bool label_is_valid(const char *text);

/*
 * The bytes of the character that text begins with; 0 when it is a control
 * character (C0, DEL, C1), a separator of lines (U+2028, U+2029) or no UTF-8.
 */
size_t label_character(const char *text);

#endif
