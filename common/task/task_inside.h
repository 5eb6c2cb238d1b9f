/*
 * What the three files of the task share. Not for others.
 */
#ifndef COMMON_TASK_TASK_INSIDE_H
#define COMMON_TASK_TASK_INSIDE_H

#include "common/task/task.h"

/* A new, empty row; NULL and STATUS_IO without memory. Moves the others. */
MUST_USE struct task_member *task_member_append(
    struct task *t, struct fault *f);
MUST_USE struct task_parameter *task_parameter_append(
    struct task *t, struct fault *f);

/* Neither "" nor "NULL"? */
bool task_text_is_set(const char *text);

/* The exact name of a member of the object; NULL for MEMBER_FOREIGN. */
const char *task_member_name(enum task_member_kind kind);

#endif
