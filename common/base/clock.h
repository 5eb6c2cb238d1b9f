/*
 * The two clocks and the two ways in which a time is written.
 */
#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

#include "common/base/cdefs.h"

#include <stdint.h>

enum {
	CLOCK_TEXT_SIZE = 40, /* of either form below with its NUL */
	CLOCK_SLACK_S = 5,    /* clocks may differ, or be set back, by that */
};

/* Seconds since 1970 in UTC. */
int64_t clock_now_s(void);

/* Milliseconds of a clock that only goes forward; for waiting. */
int64_t clock_monotonic_ms(void);

/* Sleep until clock_monotonic_ms() is at least when_ms. */
void clock_sleep_until_ms(int64_t when_ms);

/* "2026-11-24T10:02:49Z" (RFC 3339). */
void clock_rfc3339(char out[CLOCK_TEXT_SIZE], int64_t time_s);

/*
 * "Tue, 24 Nov 2026 10:02:49 GMT" (RFC 1123, as RFC 9110 wants it): English
 * names and a day of two digits whatever the locale is.
 */
void clock_rfc1123(char out[CLOCK_TEXT_SIZE], int64_t time_s);

#endif
