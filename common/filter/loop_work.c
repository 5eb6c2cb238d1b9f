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
may_work(const struct run *run)
{
	if (run->broken.status == STATUS_OK)
		return true;
	return !is_for_good(run->broken.status) &&
	    clock_monotonic_ms() >= run->again_ms;
}

/* 1 it worked, 0 not this time. The second try comes with the next window. */
static int
try_work(struct run *run, size_t n)
{
	int64_t pause_ms = run->pause_ms;

	if (run->broken.status != STATUS_OK)
		pause_ms = pause_ms == 0 ? PAUSE_FIRST_MS : pause_ms * 2;
	fault_clear(&run->broken);
	if (run->stage->work(run->stage->self, run->acting, n, &run->broken) ==
	    0) {
		run->pause_ms = 0;
		return 1;
	}
	run->pause_ms = pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS;
	run->again_ms = clock_monotonic_ms() + run->pause_ms;
	return 0;
}

/* None of the jobs could be worked on; the reason is told with the first. */
static int
fail_all(struct run *run, size_t n, bool tell_why, struct fault *f)
{
	const char *reason = reason_of_status(run->broken.status);
	size_t i;

	for (i = 0; i < n; i++) {
		run->acting[i]->acts = false;
		if (job_fail(run->acting[i], run->broken.status, reason, f,
			"%s",
			tell_why && i == 0 ? run->broken.message : "") == -1)
			return -1;
	}
	return 0;
}

int
run_work(struct run *run, struct fault *f)
{
	bool tries = may_work(run);
	size_t i, n = 0;

	for (i = 0; i < run->filled; i++)
		if (run->jobs[i].acts)
			run->acting[n++] = &run->jobs[i];
	if (n == 0 || run->stage->work == NULL)
		return 0;
	if (tries && try_work(run, n) == 1)
		return 0;
	return fail_all(run, n, tries, f);
}
