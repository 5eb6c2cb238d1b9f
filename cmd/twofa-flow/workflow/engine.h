/*
 * One move of a call through its workflow.
 *
 * engine_move() does no I/O, does not wait, and takes the time as an argument:
 * its result says what the caller of it has to do. So it serves a filter, a
 * terminal, a telephone system, and the search through all calls (checker.h).
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_ENGINE_H
#define CMD_TWOFA_FLOW_WORKFLOW_ENGINE_H

#include "cmd/twofa-flow/workflow/position.h"
#include "cmd/twofa-flow/workflow/workflow.h"

enum move_kind {
	MOVE_WENT,   /* through exit, to the position's new activity */
	MOVE_RAISED, /* the same, and a parameter that has a trigger was saved:
		      * its trigger is due before the next move */
	MOVE_SAID,   /* the same, and the activity's text is to be said */
	MOVE_AGAIN,  /* the input was invalid: the prompt again */
	MOVE_ASKS,   /* a prompt: the next move needs input */
	MOVE_WAITS,  /* until the parameter is set or the time-out */
	MOVE_ENDED,  /* the call is over; no move after it */
};

struct move {
	enum move_kind kind;
	const struct activity *at; /* where it was made */
	/* Of WENT, RAISED and SAID, and of one that led nowhere; or NULL. */
	const struct workflow_exit *exit;
};

enum input_kind {
	INPUT_NONE,
	INPUT_KEYS,    /* what the caller keyed in; "" is nothing */
	INPUT_FAILURE, /* the trigger that the call waits for has failed */
};

/* The first move that uses it sets its kind to INPUT_NONE. */
struct input {
	enum input_kind kind;
	const char *keys; /* of INPUT_KEYS; borrowed */
	int64_t now_s;	  /* Unix seconds, of every kind */
};

/*
 * Make a move. parameters and position change only when the kind says so.
 *
 *  - A parameter is saved as twofa-task(1) sets it: the parameters that depend
 *    on it, and those that its trigger sets, are removed. A PIN gets a PINEntry
 *    beside it, the name of the activity and the number of the visit: the same
 *    digits at the same visit are the same attempt, see twofa-task(5). A caller
 *    that keeps state may replace it by a random one.
 *  - A parameter that is set wins over the failure, and both over the time-out.
 *  - Digits are read as pin_digits() does; a single key that is a choice is
 *    that choice. Any other number of digits, or other characters, is invalid.
 *
 * Fails with STATUS_CONFIG when the activity lacks the exit; a workflow that
 * was checked has all of them.
 */
MUST_USE int engine_move(const struct workflow *w, struct position *p,
    const struct parameters *parameters, struct input *input, struct move *out,
    struct fault *f);

#endif
