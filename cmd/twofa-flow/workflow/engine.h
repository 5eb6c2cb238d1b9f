/*
 * One move of a call through its workflow.
 *
 * Nothing is read, written or waited for here, and no clock is asked: what
 * comes from outside is in the arguments, what has to happen outside is in the
 * result. So the same function serves a pipe, a terminal, a telephone system,
 * and the search through every call that there can be (check.h).
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
	MOVE_AGAIN,  /* the input was no answer: the prompt again */
	MOVE_ASKS,   /* a prompt: nothing happens without input */
	MOVE_WAITS,  /* until the parameter is set or the time is out */
	MOVE_ENDED,  /* the call is over; no move after it */
};

struct move {
	enum move_kind kind;
	const struct activity *at; /* where it was made */
	/* Of WENT, RAISED, SAID, and the one that led nowhere: or NULL. */
	const struct workflow_exit *exit;
};

enum input_kind {
	INPUT_NONE,
	INPUT_KEYS,    /* what the caller keyed in; "" is no input */
	INPUT_FAILURE, /* the trigger that is waited for has failed */
};

/* What comes from outside. It is taken by the first move that wants it, and its
 * kind is INPUT_NONE then. */
struct input {
	enum input_kind kind;
	const char *keys; /* of INPUT_KEYS; borrowed */
	int64_t now_s;	  /* Unix seconds, in any case */
};

/*
 * Make a move. parameters and position change only when the kind says so.
 *
 *  - A parameter is saved as twofa-task(1) sets it: what is derived from its
 *    old value goes, and what its trigger sets. A PIN gets a PINEntry beside
 *    it, the name of the activity and the number of the visit: the same digits
 *    at the same visit are the same question, see twofa-task(5).
 *    Who can remember puts a random one in its place.
 *  - A parameter that is set beats the failure, and both beat the time-out.
 *  - Digits are taken as keypad_digits() does; a key among the choices alone is
 *    that choice. Another number of digits, or of none, is no answer.
 *
 * Fails with STATUS_CONFIG when the activity has no exit that is wanted (a
 * workflow that was checked has all of them), and as parameters->set.
 */
MUST_USE int engine_move(const struct workflow *w, struct position *p,
    const struct parameters *parameters, struct input *input, struct move *out,
    struct fault *f);

#endif
