/*
 * Decimal numbers, durations and rates as they stand in options and files.
 * The whole text must be one: no blanks, no sign, nothing after it.
 */
#ifndef COMMON_BASE_NUMBER_H
#define COMMON_BASE_NUMBER_H

#include "common/base/cdefs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number of events in a period, such as 200/1m. */
struct rate {
	unsigned long count; /* 0: no limit */
	unsigned long period_s;
};

/* True if text is a decimal number from min to max, which is put into *out. */
MUST_USE bool number_parse(
    unsigned long *out, const char *text, unsigned long min, unsigned long max);

/* The end of the year 9999, which is as far as a time can be written. */
#define TIME_MAX_S INT64_C(253402300799)

/* The same for a time in seconds since 1970, up to TIME_MAX_S. */
MUST_USE bool time_parse(int64_t *out_s, const char *text);

/* The same for a duration: "90", "90s", "2m", "1h", "1d". */
MUST_USE bool duration_parse(unsigned long *out_s, const char *text,
    unsigned long min_s, unsigned long max_s);

enum {
	RATE_MAX_PERIOD_S = 7 * 86400,
};

/*
 * The same for "N/PERIOD": N from 1 to 100000, PERIOD a duration up to
 * RATE_MAX_PERIOD_S, or a unit alone: "200/m" is "200/1m".
 */
MUST_USE bool rate_parse(struct rate *out, const char *text);

enum {
	LIMIT_MAX_RATES = 4,
};

/* "5/10m,10/1d": all of them hold. count 0: no limit. */
struct limit {
	struct rate rates[LIMIT_MAX_RATES];
	size_t count;
};

/*
 * The same for "none", or 1 to LIMIT_MAX_RATES rates with commas and nothing
 * else between.
 */
MUST_USE bool limit_parse(struct limit *out, const char *text);

/* True if text is one or more ASCII digits and nothing else. */
bool is_digits(const char *text);

/* What stands behind a noun that is counted: "1 task", "2 tasks", "0 tasks". */
const char *number_plural(uint64_t n);

#endif
