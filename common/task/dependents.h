/*
 * Which parameters stand for a fact that another one led to. When that one
 * gets a new value they are no longer true and go. One table for every
 * program that sets a parameter.
 */
#ifndef COMMON_TASK_DEPENDENTS_H
#define COMMON_TASK_DEPENDENTS_H

#include "common/task/task.h"

/* Call remove for what is derived from the parameter name, and from that… */
void dependents_each(const char *name,
    void (*remove)(void *self, const char *derived), void *self);

/* Remove what was derived from the parameter name, and from that, and so on. */
void dependents_remove(struct task *t, const char *name);

/* derived_remove() and task_set(). Fails as task_set(). */
MUST_USE int dependents_set(
    struct task *t, const char *name, const char *value, struct fault *f);

#endif
