/*
 * One run of a filter: the window and what has been counted so far. Between
 * filter.c, which knows about files, and loop.c, which knows about tasks.
 */
#ifndef COMMON_FILTER_LOOP_H
#define COMMON_FILTER_LOOP_H

#include "common/file/file.h"
#include "common/file/stream.h"
#include "common/filter/decision_log.h"
#include "common/filter/rejects.h"
#include "common/filter/filter.h"

#include <stdint.h>

/* How the tasks ended: their sum is the number of tasks in the input. */
struct loop_counts {
	unsigned long yes, no, alone, unanswered, malformed;
};

struct loop {
	const struct filter *filter;
	size_t window;
	struct item *items;   /* window of them */
	struct item **acting; /* those of the window that act */
	size_t filled;	      /* items in the window */
	size_t bytes;	      /* of their text */
	struct stream *stream;
	struct out *out;
	struct rejects rejects;
	struct decision_log *log; /* borrowed */
	struct loop_counts counts;
	int status;	     /* so far */
	bool answered;	     /* some task had an answer */
	bool changed;	     /* some task, since it was last set to false */
	struct fault broken; /* why work failed the last time */
	int64_t again_ms;    /* it is not tried again before that */
	int64_t pause_ms;    /* how long that was put off */
	int64_t next_progress_ms;
};

void loop_open(struct loop *loop, const struct filter *filter, size_t window,
    struct decision_log *log);
void loop_release(struct loop *loop);

/*
 * Take every task from one descriptor to another. Fails with STATUS_IO when
 * reading or writing does; what came before is answered and written as far as
 * it can be. No task comes out whose line is not in the log.
 */
MUST_USE int loop_stream(struct loop *loop, int in, const char *in_name, int to,
    const char *to_name, struct fault *f);

/*
 * Read every task without doing anything: 0 none is malformed; 1 some are,
 * which are reported, and all are counted. Fails with STATUS_IO.
 */
MUST_USE int loop_check(
    struct loop *loop, int in, const char *in_name, struct fault *f);

/*
 * Do the work of the items that act, when the window closes. Where it fails
 * they do not act any more, and have no answer.
 */
void loop_work(struct loop *loop);

/* Print the fault, count its status and clear it. */
void loop_fail(struct loop *loop, struct fault *f);

unsigned long loop_total(const struct loop *loop);

#endif
