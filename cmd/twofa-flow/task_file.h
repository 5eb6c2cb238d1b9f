/*
 * One task in a file of its own.
 */
#ifndef CMD_TWOFA_FLOW_TASK_FILE_H
#define CMD_TWOFA_FLOW_TASK_FILE_H

#include "common/task/task.h"

/*
 * Fails with STATUS_IO: it cannot be read. STATUS_DATA: it is not one task.
 * "PATH: why".
 */
MUST_USE int task_file_load(struct task *t, const char *path, struct fault *f);

/*
 * Put the task there, durable and private, in the place of what was there; a
 * pipe or a device gets it as a line, and so does what is the standard output.
 * Fails with STATUS_PERMISSION: a symbolic link to a file, see edit.h.
 * STATUS_IO. The old file stays then.
 */
MUST_USE int task_file_save(
    const struct task *t, const char *path, struct fault *f);

/* Would that work now? Leaves nothing there, and fails in the same way. */
MUST_USE int task_file_try(const char *path, struct fault *f);

/* Is that the standard output, as /dev/stdout is? A device is only a device. */
bool task_file_is_stdout(const char *path);

#endif
