/*
 * The programs that a workflow's triggers name, run as child processes: the
 * task goes to their standard input, and comes back from their standard output.
 *
 * A program is a name, found beside the running program, or a path with '/';
 * never anything in PATH.
 */
#ifndef CMD_TWOFA_FLOW_TRIGGER_H
#define CMD_TWOFA_FLOW_TRIGGER_H

#include "cmd/twofa-flow/trigger_child.h"
#include "cmd/twofa-flow/workflow/workflow.h"
#include "common/task/task.h"

#include <stdint.h>

/*
 * Give it the task and replace the task with what it writes. ref, if not NULL,
 * is passed with --ref to the suite's own programs.
 *
 * Returns the exit status of the program or TRIGGER_LATE, see trigger_child.h.
 * The task stays as it was, and a message says why, when the program was late,
 * cannot be run (STATUS_CONFIG or STATUS_IO) or wrote something else than one
 * task with the same taskId (STATUS_DATA).
 */
MUST_USE int trigger_run(const struct trigger *t, struct task *task,
    const char *ref, int64_t deadline_ms);

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
