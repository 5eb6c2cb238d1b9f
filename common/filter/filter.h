/*
 * The loop of every filter: tasks in, tasks out, in order.
 *
 * A filter is asked for each task in turn (begin), then does its work for a
 * whole window of tasks at once (work), then says for each what came of it
 * (finish); then the window is written. A window closes when it is full or
 * when reading on would block, so that a single task is answered at once and a
 * stream is answered in groups: requests run side by side and what must be
 * durable is made so once a window.
 */
#ifndef COMMON_FILTER_FILTER_H
#define COMMON_FILTER_FILTER_H

#include "common/file/file.h"
#include "common/filter/item.h"
#include "common/settings/settings.h"

struct filter {
	void *self; /* the first argument of the functions below */
	const struct command *command; /* NULL, or whose options are checked */
	/*
	 * NULL, or open what the settings name, and say how many tasks a window
	 * has (1 unless said). May take operands that are no files off the
	 * front. close is called in any case.
	 */
	int (*open)(void *self, struct settings *settings, size_t *window,
	    struct fault *f);
	void (*close)(void *self);
	/*
	 * Look at a task: item->acts, and item->answer or item_pass_on() when
	 * it is left alone. Fails for the whole run. NULL: every task acts, if
	 * there is a finish.
	 */
	int (*begin)(void *self, struct item *item, struct fault *f);
	/*
	 * Do the work of the items that act; NULL when there is none. When it
	 * fails, none of them nor any later one is answered: TwofaReason is
	 * then reason_of_status().
	 */
	int (*work)(
	    void *self, struct item *const items[], size_t n, struct fault *f);
	/* NULL, or change the task. Fails for the whole run. */
	int (*finish)(void *self, struct item *item, struct fault *f);
	/* NULL, or how a task is written, with its line end, if not as JSON. */
	int (*write)(void *self, const struct item *item, struct buf *out,
	    struct fault *f);
	/* NULL, or where the tasks come from instead of being read. */
	int (*produce)(void *self, struct out *out, struct fault *f);
	/* NULL, or called behind the last task; returns a status. */
	int (*end)(void *self);
	/* The answer when no task at all had one. */
	enum answer no_answer;
	/* Of a task, for -v: "SMSSent"; the words of the answer. */
	const char *answer_name;
};

/*
 * The whole of a program that is a filter: reads the options and the
 * configuration file, does --help and --version, opens the filter and runs it
 * over the operands or stdin, to stdout or, with -i, back into each file.
 * Prints messages. Returns the exit status: return filter_program(...);
 */
int filter_program(const struct filter *filter, const struct usage *usage,
    int argc, char *argv[]);

#endif
