/*
 * The parameters that a workflow reads and sets, wherever they are kept.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_PARAMETERS_H
#define CMD_TWOFA_FLOW_WORKFLOW_PARAMETERS_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

struct parameters {
	void *self; /* the first argument of the functions */
	/* The value, or NULL when it is not set; borrowed until the next set.
	 */
	const char *(*get)(void *self, const char *name);
	/* The value is copied. */
	int (*set)(
	    void *self, const char *name, const char *value, struct fault *f);
	void (*remove)(void *self, const char *name);
};

struct task;

/* Those of a task, which is borrowed. */
struct parameters parameters_of_task(struct task *t);

#endif
