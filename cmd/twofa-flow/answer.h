/*
 * What the programs of a workflow answer in a call, and what that is worth.
 */
#ifndef CMD_TWOFA_FLOW_ANSWER_H
#define CMD_TWOFA_FLOW_ANSWER_H

#include "cmd/twofa-flow/session.h"

/* Does the task say that the PIN was right? */
bool answer_is_ok(const struct task *t);

/*
 * Give the event that the task is to its trigger, if it has one, and take the
 * answer; the task is a state afterwards, without a PIN. p->answered and
 * p->verified say what came of it.
 */
void answer_event(struct session *p);

#endif
