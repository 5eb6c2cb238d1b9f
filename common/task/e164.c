#include "common/task/e164.h"

#include <stdio.h>
#include <string.h>

bool
e164_is_valid(const char *number)
{
	size_t digits;

	if (number[0] != '+' || number[1] < '1' || number[1] > '9')
		return false;
	digits = strspn(number + 1, "0123456789");
	return number[1 + digits] == '\0' && digits >= E164_MIN_DIGITS &&
	    digits <= E164_MAX_DIGITS;
}

void
e164_mask(char out[E164_SIZE], const char *number)
{
	size_t i, len;

	if (!e164_is_valid(number)) {
		(void)snprintf(out, E164_SIZE, "(no number)");
		return;
	}
	len = strlen(number);
	for (i = 0; i < len; i++)
		out[i] = i == 0 || i >= len - 2 ? number[i] : '*';
	out[len] = '\0';
}
