/*
 * The work of a window, and when it is tried again after it failed.
 */
#include "common/filter/loop.h"

#include "common/base/clock.h"
#include "common/task/reason.h"

enum {
	/* Between two tries of work that fails again and again. */
	PAUSE_FIRST_MS = 100,
	PAUSE_MAX_MS = 2000,
};

/*
 * What is temporary is so for one window. A disk that is full has room again
 * one day: of what a window did that failed, nothing counts. Settings are what
 * they are for the whole run.
 */
static bool
is_for_good(int status)
{
	return status != STATUS_TEMPORARY && status != STATUS_IO;
}

static bool
may_work(const struct loop *loop)
{
	if (loop->broken.status == STATUS_OK)
		return true;
	return !is_for_good(loop->broken.status) &&
	    clock_monotonic_ms() >= loop->again_ms;
}

/* 1 it worked, 0 not this time. The second try comes with the next window. */
static int
try_work(struct loop *loop, size_t n)
{
	int64_t pause_ms = loop->pause_ms;

	if (loop->broken.status != STATUS_OK)
		pause_ms = pause_ms == 0 ? PAUSE_FIRST_MS : pause_ms * 2;
	fault_clear(&loop->broken);
	if (loop->filter->work(
		loop->filter->self, loop->acting, n, &loop->broken) == 0) {
		loop->pause_ms = 0;
		return 1;
	}
	loop->pause_ms = pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS;
	loop->again_ms = clock_monotonic_ms() + loop->pause_ms;
	return 0;
}

/* None of the items could be worked on; the reason is told with the first. */
static int
fail_all(struct loop *loop, size_t n, bool tell_why, struct fault *f)
{
	const char *reason = reason_of_status(loop->broken.status);
	size_t i;

	for (i = 0; i < n; i++) {
		loop->acting[i]->acts = false;
		if (item_fail(loop->acting[i], loop->broken.status, reason, f,
			"%s",
			tell_why && i == 0 ? loop->broken.message : "") == -1)
			return -1;
	}
	return 0;
}

int
loop_work(struct loop *loop, struct fault *f)
{
	bool tries = may_work(loop);
	size_t i, n = 0;

	for (i = 0; i < loop->filled; i++)
		if (loop->items[i].acts)
			loop->acting[n++] = &loop->items[i];
	if (n == 0 || loop->filter->work == NULL)
		return 0;
	if (tries && try_work(loop, n) == 1)
		return 0;
	return fail_all(loop, n, tries, f);
}
