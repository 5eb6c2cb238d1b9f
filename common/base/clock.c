#include "common/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

_Static_assert(sizeof(time_t) >= 8, "a clock that stops in 2038");

static const char days[7][4] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int64_t
clock_now_s(void)
{
	return (int64_t)time(NULL);
}

int64_t
clock_monotonic_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
clock_sleep_until_ms(int64_t when_ms)
{
	struct timespec ts;

	ts.tv_sec = (time_t)(when_ms / 1000);
	ts.tv_nsec = (long)(when_ms % 1000) * 1000000;
	while (
	    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		continue;
}

void
clock_rfc3339(char out[CLOCK_TEXT_SIZE], int64_t time_s)
{
	struct tm tm = {0};
	time_t t = (time_t)time_s;

	(void)gmtime_r(&t, &tm);
	(void)snprintf(out, CLOCK_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
}

void
clock_rfc1123(char out[CLOCK_TEXT_SIZE], int64_t time_s)
{
	struct tm tm = {0};
	time_t t = (time_t)time_s;

	(void)gmtime_r(&t, &tm);
	(void)snprintf(out, CLOCK_TEXT_SIZE,
	    "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday % 7],
	    tm.tm_mday, months[tm.tm_mon % 12], tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}
