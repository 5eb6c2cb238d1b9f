#include "common/base/label.h"

#include <stdint.h>

/*
 * The character at p into *c: its length in bytes, 0 when it is no UTF-8. The
 * NUL behind the text ends every sequence.
 */
static size_t
decode(uint32_t *c, const unsigned char *p)
{
	/* What a length can hold less of is an overlong form. */
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t i, len;

	if (p[0] < 0x80) {
		*c = p[0];
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	*c = p[0] & (0x7fU >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3fU);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return len;
}

static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	    c == 0x2029;
}

size_t
label_character(const char *text)
{
	uint32_t c;
	size_t len = decode(&c, (const unsigned char *)text);

	return len > 0 && is_control(c) ? 0 : len;
}

bool
label_is_valid(const char *text)
{
	size_t len, characters = 0;

	for (; *text != '\0'; text += len) {
		len = label_character(text);
		if (len == 0 || ++characters > LABEL_MAX_CHARACTERS)
			return false;
	}
	return characters > 0;
}
