#include "common/base/number.h"

#include <string.h>

enum {
	RATE_MAX_COUNT = 100000,
	DAY_S = 86400,
	RATE_SIZE =
	    40, /* the longest rate that rate_parse() takes is shorter */
};

static bool
digits_parse(uint64_t *out, const char *text, size_t len)
{
	uint64_t value = 0;
	size_t i;

	/* Eighteen digits always fit; into a long of 32 bits they would not. */
	if (len == 0 || len > 18)
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	*out = value;
	return true;
}

bool
number_parse(
    unsigned long *out, const char *text, unsigned long min, unsigned long max)
{
	uint64_t value;

	if (!digits_parse(&value, text, strlen(text)) || value < min ||
	    value > max)
		return false;
	*out = (unsigned long)value;
	return true;
}

bool
time_parse(int64_t *out_s, const char *text)
{
	uint64_t value;

	if (!digits_parse(&value, text, strlen(text)) || value > TIME_MAX_S)
		return false;
	*out_s = (int64_t)value;
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
	uint64_t value;

	if (unit > 0)
		len--;
	else
		unit = 1;
	if (!digits_parse(&value, text, len) || value > max_s / unit)
		return false;
	value *= unit;
	if (value < min_s || value > max_s)
		return false;
	*out_s = (unsigned long)value;
	return true;
}

/* The period of a rate: a duration, or a unit alone for one of it. */
static bool
period_parse(unsigned long *out_s, const char *text)
{
	if (text[0] != '\0' && text[1] == '\0' && unit_seconds(text[0]) > 0) {
		*out_s = unit_seconds(text[0]);
		return true;
	}
	return duration_parse(out_s, text, 1, RATE_MAX_PERIOD_S);
}

bool
rate_parse(struct rate *out, const char *text)
{
	const char *slash = strchr(text, '/');
	struct rate rate;
	uint64_t count;

	if (slash == NULL ||
	    !digits_parse(&count, text, (size_t)(slash - text)) || count < 1 ||
	    count > RATE_MAX_COUNT || !period_parse(&rate.period_s, slash + 1))
		return false;
	rate.count = (unsigned long)count;
	*out = rate;
	return true;
}

static bool
one_rate(struct rate *out, const char *text, size_t len)
{
	char one[RATE_SIZE];

	if (len >= sizeof one)
		return false;
	memcpy(one, text, len);
	one[len] = '\0';
	return rate_parse(out, one);
}

bool
limit_parse(struct limit *out, const char *text)
{
	struct limit limit = {.count = 0};
	const char *next = strcmp(text, "none") == 0 ? NULL : text;
	size_t len;

	while (next != NULL) {
		len = strcspn(next, ",");
		if (limit.count == LIMIT_MAX_RATES ||
		    !one_rate(&limit.rates[limit.count], next, len))
			return false;
		limit.count++;
		next = next[len] == ',' ? next + len + 1 : NULL;
	}
	*out = limit;
	return true;
}

bool
is_digits(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

const char *
number_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
