#include "cmd/twofa-sendpin/sms/rate_limiter.h"

#include <stdlib.h>

int
pace_open(struct pace *p, struct rate rate, struct fault *f)
{
	*p = (struct pace)PACE_INIT;
	p->rate = rate;
	if (rate.count == 0)
		return 0;
	p->times_ms = calloc(rate.count, sizeof *p->times_ms);
	if (p->times_ms == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	return 0;
}

int64_t
pace_next_ms(const struct pace *p)
{
	if (p->rate.count == 0 || p->times_ms[p->next] == 0)
		return 0;
	return p->times_ms[p->next] + (int64_t)p->rate.period_s * 1000;
}

size_t
pace_allows(const struct pace *p, size_t n, int64_t now_ms)
{
	const int64_t period_ms = (int64_t)p->rate.period_s * 1000;
	size_t i, at;

	if (p->rate.count == 0)
		return n;
	for (i = 0; i < n && i < p->rate.count; i++) {
		at = (p->next + i) % p->rate.count;
		if (p->times_ms[at] != 0 &&
		    p->times_ms[at] + period_ms > now_ms)
			break;
	}
	return i;
}

void
pace_note(struct pace *p, int64_t now_ms)
{
	if (p->rate.count == 0)
		return;
	p->times_ms[p->next] = now_ms == 0 ? 1 : now_ms;
	p->next = (p->next + 1) % p->rate.count;
}

void
pace_release(struct pace *p)
{
	free(p->times_ms);
	*p = (struct pace)PACE_INIT;
}
