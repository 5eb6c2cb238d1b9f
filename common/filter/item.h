/*
 * A task on its way through a filter, and its answer.
 */
#ifndef COMMON_FILTER_ITEM_H
#define COMMON_FILTER_ITEM_H

#include "common/base/fault.h"
#include "common/task/task.h"

#include <stdbool.h>
#include <stddef.h>

enum answer {
	ANSWER_NONE, /* an event that is another program's */
	ANSWER_YES,
	ANSWER_NO,
};

struct item {
	struct task task;
	size_t slot; /* 0 to window - 1: index of the filter's own data */
	bool acts;   /* set by begin: work and finish are wanted */
	enum answer answer;
	/* Set by finish: the answer was found before, and nothing was done for
	 * it now but to give it again. */
	bool again;
	bool passed_on; /* by item_pass_on() */
	/* STATUS_OK, or why there is no answer: STATUS_SERVICE, _TEMPORARY or
	 * _CONFIG. problem then says what to tell the user. */
	int status;
	char problem[FAULT_SIZE];
	unsigned long line;
};

/*
 * The task is left alone without an answer. If it says that a program before
 * this one could not answer it, that program's status is this one's, too: in a
 * pipe only the last one counts.
 */
void item_pass_on(struct item *item);

/* The item has no answer, for that reason; sets TwofaReason. */
void item_fail(struct item *item, int status, const char *reason,
    const char *format, ...) PRINTF_LIKE(4, 5);

#endif
