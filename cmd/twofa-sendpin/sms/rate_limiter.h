/*
 * At most so many events in any period of a length.
 */
#ifndef CMD_TWOFA_SENDPIN_SMS_RATE_LIMITER_H
#define CMD_TWOFA_SENDPIN_SMS_RATE_LIMITER_H

#include "common/base/fault.h"
#include "common/base/number.h"

#include <stddef.h>
#include <stdint.h>

struct pace {
	struct rate rate;
	int64_t *times_ms; /* ring of the last rate.count events; 0: never */
	size_t next;
};

#define PACE_INIT                                                              \
	{                                                                      \
		{0, 0}, NULL, 0                                                \
	}

/* rate.count 0: no limit. Fails with STATUS_IO without memory. */
MUST_USE int pace_open(struct pace *p, struct rate rate, struct fault *f);

/* When the next event may happen; not after now_ms: at once. */
int64_t pace_next_ms(const struct pace *p);

/* How many of n may happen now. */
size_t pace_allows(const struct pace *p, size_t n, int64_t now_ms);

/* One happens now. */
void pace_note(struct pace *p, int64_t now_ms);

void pace_release(struct pace *p);

#endif
