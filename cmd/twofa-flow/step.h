/*
 * twofa-flow step: a filter that takes each call as far as it can go without
 * the outside.
 */
#ifndef CMD_TWOFA_FLOW_STEP_H
#define CMD_TWOFA_FLOW_STEP_H

#include "common/base/arena.h"
#include "cmd/twofa-flow/workflow/workflow.h"
#include "common/filter/filter.h"

struct step {
	struct workflow workflow;
	struct arena strings;
	const char *inputs[OPTION_MAX_LIST]; /* of every task, in order */
	size_t input_count;
};

#define STEP_INIT                                                              \
	{                                                                      \
		.input_count = 0                                               \
	}

/* The functions of the filter; see filter.h. self is a struct step. */
MUST_USE int step_open(
    void *self, struct options *o, size_t *window, struct fault *f);
MUST_USE int step_begin(void *self, struct item *item, struct fault *f);
MUST_USE int step_finish(void *self, struct item *item, struct fault *f);
void step_close(void *self);

#endif
