#include "common/base/number.h"

#include <string.h>

enum {
	RATE_MAX_COUNT = 100000,
	DAY_S = 86400,
};

static bool
digits_parse(unsigned long *out, const char *text, size_t len)
{
	unsigned long value = 0;
	size_t i;

	/* Eighteen digits always fit into 64 bits. */
	if (len == 0 || len > 18)
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (unsigned long)(text[i] - '0');
	}
	*out = value;
	return true;
}

bool
number_parse(
    unsigned long *out, const char *text, unsigned long min, unsigned long max)
{
	unsigned long value;

	if (!digits_parse(&value, text, strlen(text)) || value < min ||
	    value > max)
		return false;
	*out = value;
	return true;
}

static unsigned long
unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return DAY_S;
	default:
		return 0;
	}
}

bool
duration_parse(unsigned long *out_s, const char *text, unsigned long min_s,
    unsigned long max_s)
{
	size_t len = strlen(text);
	unsigned long unit = len > 0 ? unit_seconds(text[len - 1]) : 0;
	unsigned long value;

	if (unit > 0)
		len--;
	else
		unit = 1;
	if (!digits_parse(&value, text, len) || value > max_s / unit)
		return false;
	value *= unit;
	if (value < min_s || value > max_s)
		return false;
	*out_s = value;
	return true;
}

bool
rate_parse(struct rate *out, const char *text)
{
	const char *slash = strchr(text, '/');
	struct rate rate;

	if (slash == NULL ||
	    !digits_parse(&rate.count, text, (size_t)(slash - text)) ||
	    rate.count < 1 || rate.count > RATE_MAX_COUNT ||
	    !duration_parse(&rate.period_s, slash + 1, 1, RATE_MAX_PERIOD_S))
		return false;
	*out = rate;
	return true;
}

bool
is_digits(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}
