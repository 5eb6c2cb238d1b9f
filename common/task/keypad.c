#include "common/task/keypad.h"

#include <string.h>

bool
keypad_digits(char *out, size_t size, const char *entry)
{
	size_t n = 0;

	memset(out, 0, size);
	for (; *entry != '\0'; entry++) {
		if (*entry == ' ' || *entry == '\t' || *entry == '-')
			continue;
		if (*entry == '#' &&
		    entry[1 + strspn(entry + 1, " \t")] == '\0')
			break;
		if (*entry < '0' || *entry > '9' || n == size - 1) {
			explicit_bzero(out, size);
			return false;
		}
		out[n++] = *entry;
	}
	return true;
}
