#include "cmd/twofa-sendpin/sms/rate_limiter.h"

#include "common/base/memory.h"

#include <stdlib.h>

void
rate_limiter_open(struct rate_limiter *l, struct rate rate)
{
	*l = (struct rate_limiter){.rate = rate};
	l->times_ms = memory_new(rate.count, sizeof *l->times_ms);
}

int64_t
rate_limiter_next_ms(const struct rate_limiter *l)
{
	if (l->rate.count == 0 || l->times_ms[l->next] == 0)
		return 0;
	return l->times_ms[l->next] + (int64_t)l->rate.period_s * 1000;
}

size_t
rate_limiter_allows(const struct rate_limiter *l, size_t n, int64_t now_ms)
{
	const int64_t period_ms = (int64_t)l->rate.period_s * 1000;
	size_t i, at;

	if (l->rate.count == 0)
		return n;
	for (i = 0; i < n && i < l->rate.count; i++) {
		at = (l->next + i) % l->rate.count;
		if (l->times_ms[at] != 0 &&
		    l->times_ms[at] + period_ms > now_ms)
			break;
	}
	return i;
}

void
rate_limiter_note(struct rate_limiter *l, int64_t now_ms)
{
	if (l->rate.count == 0)
		return;
	l->times_ms[l->next] = now_ms == 0 ? 1 : now_ms;
	l->next = (l->next + 1) % l->rate.count;
}

void
rate_limiter_release(struct rate_limiter *l)
{
	free(l->times_ms);
	l->times_ms = NULL;
}
