/*
 * One task in a file of its own.
 */
#ifndef COMMON_CALL_TASK_FILE_H
#define COMMON_CALL_TASK_FILE_H

#include "common/task/task.h"

/*
 * Fails with STATUS_IO: it cannot be read. STATUS_DATA: it is not one task.
 * "PATH: why".
 */
MUST_USE int task_file_load(struct task *t, const char *path, struct fault *f);

/*
 * Put the task there, durable and private, in the place of what was there; a
 * pipe or a device gets it as a line. Fails
 * with STATUS_IO, and the old file stays.
 */
MUST_USE int task_file_save(
    const struct task *t, const char *path, struct fault *f);

#endif
