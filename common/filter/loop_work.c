/*
 * The work of a window, and when it is tried again after it failed.
 */
#include "common/filter/loop.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/task/reason.h"

enum {
	/* Between two tries of work that fails again and again. */
	PAUSE_FIRST_MS = 100,
	PAUSE_MAX_MS = 2000,
	/* Memory kept for requests, answers and output. */
	RESERVE_BYTES = 1 << 16,
	RESERVE_ITEM_BYTES = 1 << 13,
};

/*
 * A temporary failure, or a full disk, may be over when the next window is
 * worked on: nothing of the failed window counts. Wrong settings stay wrong for
 * the whole run.
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

/* Did it work? It is tried again with the next window. */
static bool
try_work(struct loop *loop, size_t n)
{
	int64_t pause_ms = loop->pause_ms;

	if (loop->broken.status != STATUS_OK)
		pause_ms = pause_ms == 0 ? PAUSE_FIRST_MS : pause_ms * 2;
	fault_clear(&loop->broken);
	if (loop->filter->work(
		loop->filter->self, loop->acting, n, &loop->broken) == 0) {
		loop->pause_ms = 0;
		return true;
	}
	loop->pause_ms = pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS;
	loop->again_ms = clock_monotonic_ms() + loop->pause_ms;
	return false;
}

/* The work failed for all items; the first one says why. */
static void
fail_all(struct loop *loop, size_t n, bool tell_why)
{
	const char *reason = reason_of_status(loop->broken.status);
	size_t i;

	for (i = 0; i < n; i++) {
		loop->acting[i]->acts = false;
		item_fail(loop->acting[i], loop->broken.status, reason, "%s",
		    tell_why && i == 0 ? loop->broken.message : "");
	}
}

void
loop_work(struct loop *loop)
{
	bool tries = may_work(loop);
	size_t i, n = 0;

	for (i = 0; i < loop->filled; i++)
		if (loop->items[i].acts)
			loop->acting[n++] = &loop->items[i];
	if (n == 0 || loop->filter->work == NULL)
		return;
	/* The window is not begun without the memory to finish it. */
	if (tries)
		memory_reserve(RESERVE_BYTES + n * RESERVE_ITEM_BYTES +
		    2 * loop->bytes + 2 * loop->out->buf.len);
	if (!tries || !try_work(loop, n))
		fail_all(loop, n, tries);
}
