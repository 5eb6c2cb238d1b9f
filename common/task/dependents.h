/*
 * Which parameters follow from another one. When that one gets a new value
 * they are no longer true and are removed.
 */
#ifndef COMMON_TASK_DEPENDENTS_H
#define COMMON_TASK_DEPENDENTS_H

#include "common/task/task.h"

/* Call remove for each parameter that dependents_remove() removes. */
void dependents_each(const char *name,
    void (*remove)(void *self, const char *dependent), void *self);

/* Remove what depends on the parameter name, and on that, and so on. */
void dependents_remove(struct task *t, const char *name);

/* dependents_remove() and task_set(). */
void dependents_set(struct task *t, const char *name, const char *value);

#endif
