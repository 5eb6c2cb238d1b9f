/*
 * One run of a stage: the window and what has been counted so far. Between
 * stage.c, which knows about files, and run.c, which knows about tasks.
 */
#ifndef COMMON_STAGE_RUN_H
#define COMMON_STAGE_RUN_H

#include "common/file/out.h"
#include "common/file/stream.h"
#include "common/filter/decision_log.h"
#include "common/filter/rejects.h"
#include "common/filter/filter.h"

#include <stdint.h>

/* How the tasks ended: their sum is the number of tasks in the input. */
struct run_counts {
	unsigned long yes, no, alone, unanswered, malformed;
};

struct run {
	const struct stage *stage;
	size_t window;
	struct job *jobs;    /* window of them */
	struct job **acting; /* those of the window that act */
	size_t filled;	     /* jobs in the window */
	size_t bytes;	     /* of their text */
	struct stream *stream;
	struct out *out;
	struct rejects rejects;
	struct decision_log *log; /* borrowed */
	struct run_counts counts;
	int status;	     /* so far */
	bool answered;	     /* some task had an answer */
	bool changed;	     /* some task, since it was last set to false */
	struct fault broken; /* why work failed the last time */
	int64_t again_ms;    /* it is not tried again before that */
	int64_t pause_ms;    /* how long that was put off */
	int64_t next_progress_ms;
};

/* Fails with STATUS_IO without memory. */
MUST_USE int run_open(struct run *run, const struct stage *stage, size_t window,
    struct decision_log *log, struct fault *f);
void run_release(struct run *run);

/*
 * Take every task from one descriptor to another. Fails with STATUS_IO when
 * reading or writing does; what came before is answered and written as far as
 * it can be. No task comes out whose line is not in the log.
 */
MUST_USE int run_stream(struct run *run, int in, const char *in_name, int to,
    const char *to_name, struct fault *f);

/*
 * Read every task without doing anything: 0 none is malformed; 1 some are,
 * which are reported, and all are counted. Fails with STATUS_IO.
 */
MUST_USE int run_check(
    struct run *run, int in, const char *in_name, struct fault *f);

/*
 * Do the work of the jobs that act, when the window closes. Where it fails they
 * do not act any more, and have no answer. Fails as job_fail().
 */
MUST_USE int run_work(struct run *run, struct fault *f);

unsigned long run_total(const struct run *run);

#endif
