/*
 * How far the position in a task can be believed: whoever can write the task
 * can write any activity there.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_TRUST_H
#define CMD_TWOFA_FLOW_WORKFLOW_TRUST_H

#include "cmd/twofa-flow/workflow/position.h"

/*
 * Does every way to that activity go through a PIN that was collected? Standing
 * there would be a proof, if the task were one.
 */
bool position_is_behind_pin(const struct position *p, const struct workflow *w);

/* Go back to the prompt for the PIN, or to the start when a call can come to
 * none without having had one. */
void position_ask_again(
    struct position *p, const struct workflow *w, int64_t now_s);

#endif
