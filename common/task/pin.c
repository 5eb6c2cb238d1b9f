#include "common/task/pin.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int
pin_draw(char out[PIN_SIZE], unsigned digits, struct fault *f)
{
	uint32_t first, rest, bound = 1;
	unsigned i;

	memset(out, 0, PIN_SIZE);
	if (digits < PIN_MIN_DIGITS || digits > PIN_MAX_DIGITS)
		return fault_set(f, STATUS_CONFIG,
		    "a PIN has %d to %d digits, not %u", PIN_MIN_DIGITS,
		    PIN_MAX_DIGITS, digits);
	if (sodium_init() == -1)
		return fault_set(f, STATUS_BUG, "libsodium does not start");
	/* Ten digits are beyond 32 bits, nine are not. */
	for (i = 1; i < digits; i++)
		bound *= 10;
	first = 1 + randombytes_uniform(9);
	rest = randombytes_uniform(bound);
	(void)snprintf(out, PIN_SIZE, "%u%0*u", first, (int)digits - 1, rest);
	sodium_memzero(&first, sizeof first);
	sodium_memzero(&rest, sizeof rest);
	return 0;
}

bool
pin_digits(char *out, size_t size, const char *entry)
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

bool
pin_parse(char out[PIN_SIZE], const char *entry)
{
	return pin_digits(out, PIN_SIZE, entry) &&
	    strlen(out) >= PIN_MIN_DIGITS;
}

bool
pin_matches(const char a[PIN_SIZE], const char b[PIN_SIZE])
{
	return sodium_memcmp(a, b, PIN_SIZE) == 0;
}
