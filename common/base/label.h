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
 * Is it UTF-8 (RFC 3629) of 1 to LABEL_MAX_CHARACTERS characters, without
 * control characters (C0, DEL, C1) and the two separators U+2028 and U+2029,
 * which end a line?
 */
bool label_is_valid(const char *text);

/*
 * The bytes of the character that text begins with; 0 when it is none that a
 * label may have.
 */
size_t label_character(const char *text);

#endif
