/*
 * At most rate.count events in any period of rate.period_s.
 */
#ifndef CMD_TWOFA_SENDPIN_SMS_RATE_LIMITER_H
#define CMD_TWOFA_SENDPIN_SMS_RATE_LIMITER_H

#include "common/base/number.h"

#include <stddef.h>
#include <stdint.h>

struct rate_limiter {
	struct rate rate;
	int64_t *times_ms; /* ring of the last rate.count events; 0: never */
	size_t next;
};

/* Every *l will do. rate.count 0: no limit. */
void rate_limiter_open(struct rate_limiter *l, struct rate rate);

/* When the next event may happen; a time in the past: at once. */
int64_t rate_limiter_next_ms(const struct rate_limiter *l);

/* How many of n events may happen now. */
size_t rate_limiter_allows(
    const struct rate_limiter *l, size_t n, int64_t now_ms);

/* An event happens now. */
void rate_limiter_note(struct rate_limiter *l, int64_t now_ms);

void rate_limiter_release(struct rate_limiter *l);

#endif
