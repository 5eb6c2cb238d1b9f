#include "cmd/twofa-flow/advance.h"

#include <stdbool.h>

/* Did that change where the call stands? */
static bool
is_move(enum move_kind kind)
{
	return kind != MOVE_ASKS && kind != MOVE_WAITS;
}

/* One move; 1: another one can follow, 0: not, -1 failed. */
static int
move(struct advance *a, const struct workflow *w,
    const struct parameters *parameters, int64_t now_s, struct fault *f)
{
	struct input input = {INPUT_NONE, NULL, now_s};

	if (a->taken < a->input_count)
		input = (struct input){INPUT_KEYS, a->inputs[a->taken], now_s};
	if (engine_move(w, &a->at, parameters, &input, &a->last, f) == -1)
		return -1;
	if (a->taken < a->input_count && input.kind == INPUT_NONE)
		a->taken++;
	return a->last.kind == MOVE_WENT || a->last.kind == MOVE_SAID ||
	    a->last.kind == MOVE_AGAIN;
}

/* The event is about the parameter that was saved, and has its value. */
static int
make_event(struct task *t, const struct activity *a, struct fault *f)
{
	return task_make_event(t, a->parameter, task_get(t, a->parameter), f);
}

int
advance_task(struct advance *a, const struct workflow *w, struct task *t,
    int64_t now_s, struct fault *f)
{
	struct parameters parameters = parameters_of_task(t);
	bool was_ended, moved = false;
	int r;

	a->taken = 0;
	if (position_load(&a->at, w, &parameters, now_s, f) == -1)
		return -1;
	was_ended = a->at.ended;
	do {
		r = move(a, w, &parameters, now_s, f);
		moved = moved || (r != -1 && is_move(a->last.kind));
	} while (r == 1);
	if (r == -1)
		return -1;
	if (!moved || was_ended)
		return 0;
	if (a->last.kind == MOVE_RAISED) {
		if (make_event(t, a->last.at, f) == -1)
			return -1;
	} else {
		task_make_state(t);
	}
	return position_store(&a->at, w, &parameters, f);
}
