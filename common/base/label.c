#include "common/base/label.h"

#include "common/base/plain.h"

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
	size_t len = plain_decode(&c, text);

	return len > 0 && is_control(c) ? 0 : len;
}

bool
label_is_valid(const char *text)
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
