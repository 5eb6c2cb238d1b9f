/*
 * Preloaded: the time stands still, so that no PIN expires while its power
 * cuts are looked at.
 */
#include <stdlib.h>
#include <time.h>

time_t
time(time_t *out)
{
	const char *text = getenv("STILL_CLOCK");
	time_t now = text == NULL ? 0 : (time_t)strtoll(text, NULL, 10);

	if (out != NULL)
		*out = now;
	return now;
}
