/*
 * Texts of tests. JSON in C without a backslash before every quote:
 * q("{'a':1}") is {"a":1}.
 */
#ifndef TESTS_UNIT_QUOTE_H
#define TESTS_UNIT_QUOTE_H

#include <stdio.h>

enum {
	QUOTE_SIZE = 4096,
	QUOTE_KEPT = 8, /* results that are valid at a time */
};

static inline const char *
q(const char *text)
{
	static char kept[QUOTE_KEPT][QUOTE_SIZE];
	static unsigned next;
	char *out = kept[next++ % QUOTE_KEPT], *p;

	if (text == NULL)
		return NULL;
	(void)snprintf(out, QUOTE_SIZE, "%s", text);
	for (p = out; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	return out;
}

/* text over what stands there, without its NUL. */
static inline void
overwrite(char *at, const char *text)
{
	for (; *text != '\0'; text++)
		*at++ = *text;
}

#endif
