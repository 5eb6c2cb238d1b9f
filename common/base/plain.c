#include "common/base/plain.h"

#include "common/base/cdefs.h"

#include <stdint.h>
#include <string.h>

/*
 * The character of UTF-8 (RFC 3629) at text into *c: its length in bytes, 0
 * when it is none. The NUL after the text ends every sequence.
 */
static size_t
decode(uint32_t *c, const char *text)
{
	/* What a length can hold less of is an overlong form. */
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text;
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

/* Unicode 15.1: Cc, Cf, Zl, Zp. */
static const struct {
	uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001f},
    {0x007f, 0x009f},
    {0x00ad, 0x00ad},
    {0x0600, 0x0605},
    {0x061c, 0x061c},
    {0x06dd, 0x06dd},
    {0x070f, 0x070f},
    {0x0890, 0x0891},
    {0x08e2, 0x08e2},
    {0x180e, 0x180e},
    {0x200b, 0x200f},
    {0x2028, 0x202e},
    {0x2060, 0x206f},
    {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},
    {0xfff9, 0xfffb},
    {0x110bd, 0x110bd},
    {0x110cd, 0x110cd},
    {0x13430, 0x1343f},
    {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
};

static bool
is_plain(uint32_t c)
{
	size_t i;

	if (c >= ' ' && c <= '~')
		return true;
	for (i = 0; i < ARRAY_LEN(hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return false;
	return (c & 0xfffe) != 0xfffe;
}

size_t
plain_character(const char *text, bool *plain)
{
	uint32_t c;
	size_t len = decode(&c, text);

	*plain = len > 0 && is_plain(c);
	return len == 0 ? 1 : len;
}

bool
plain_is_utf8(const char *text)
{
	uint32_t c;
	size_t len;

	for (; *text != '\0'; text += len) {
		len = decode(&c, text);
		if (len == 0)
			return false;
	}
	return true;
}

void
plain_make(char *text)
{
	char *to = text;
	size_t len;
	bool plain;

	for (; *text != '\0'; text += len) {
		len = plain_character(text, &plain);
		if (plain)
			memmove(to, text, len);
		else
			*to = '?';
		to += plain ? len : 1;
	}
	*to = '\0';
}

bool
plain_is_label(const char *text)
{
	size_t len, characters = 0;
	bool plain;

	for (; *text != '\0'; text += len) {
		len = plain_character(text, &plain);
		if (!plain || ++characters > LABEL_MAX_CHARACTERS)
			return false;
	}
	return characters > 0;
}

size_t
plain_printable(const char *text)
{
	uint32_t c = 0;
	size_t len = decode(&c, text);
	bool is_control =
	    c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;

	return len > 0 && is_control ? 0 : len;
}
