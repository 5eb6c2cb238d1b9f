/*
 * The programs that a workflow's triggers name, run as child processes: the
 * task goes to their standard input, and comes back from their standard output.
 *
 * A program is a name, found beside the running program, or a path with '/';
 * never anything in PATH.
 */
#ifndef CMD_TWOFA_FLOW_TRIGGER_H
#define CMD_TWOFA_FLOW_TRIGGER_H

#include "cmd/twofa-flow/session.h"

/*
 * Give the event that the task of the session is to its trigger, if it has one,
 * within the time of the wait that follows, and replace the task with what it
 * writes. The task stays as it was, and a message says why, when the program is
 * late, cannot be run or writes something else than one task with the same
 * taskId. It is a state afterwards, without a PIN.
 *
 * Sets s->answered, s->verified and s->has_entry. The suite's own programs get
 * the reference with --ref.
 */
void trigger_answer(struct session *s);

/*
 * Run each trigger of the workflow with --dry-run on empty input, so that a
 * wrong setting is found before there is a caller; unless dry, first
 * twofa-sendpin without it, which makes key and ledger. Fails with
 * STATUS_CONFIG or STATUS_PERMISSION when a program ends so, and with
 * STATUS_USAGE when one of the suite's own does; it has said why.
 */
MUST_USE int trigger_try_all(
    const struct workflow *w, bool dry, struct fault *f);

#endif
