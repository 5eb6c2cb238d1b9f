/*
 * A task taken through its workflow until it needs something from outside.
 */
#ifndef CMD_TWOFA_FLOW_STEP_H
#define CMD_TWOFA_FLOW_STEP_H

#include "cmd/twofa-flow/workflow/engine.h"
#include "common/task/task.h"

struct advance {
	const char *const *inputs; /* what the caller keys in, in order */
	size_t input_count;
	size_t taken;	    /* so many of them were asked for */
	struct move last;   /* RAISED, ASKS, WAITS or ENDED */
	struct position at; /* where the call is now */
};

/*
 * Take the task as far as it can go. One that moved becomes the event that the
 * last move raised, or a state; one that did not is as it was.
 *
 * Fails as position_load() and engine_move() do; the task is unusable then.
 */
MUST_USE int advance_task(struct advance *a, const struct workflow *w,
    struct task *t, int64_t now_s, struct fault *f);

#endif
