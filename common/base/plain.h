/*
 * Plain text, which may be printed for people: input of others must not begin
 * a line, control a terminal or be shown in another order than it has.
 */
#ifndef COMMON_BASE_PLAIN_H
#define COMMON_BASE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

enum {
	LABEL_MAX_CHARACTERS = 64,
	LABEL_SIZE = LABEL_MAX_CHARACTERS * 4 + 1, /* in UTF-8, with the NUL */
};

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

/*
 * Is it a label, which a user gives and a record keeps, such as the number of a
 * ticket: 1 to LABEL_MAX_CHARACTERS plain characters?
 */
bool plain_is_label(const char *text);

/*
 * The bytes of the character that text begins with; 0 when it is a control
 * character, a separator of lines, or not UTF-8. Format characters are allowed.
 */
size_t plain_printable(const char *text);

#endif
