#include "common/filter/loop.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/task/names.h"
#include "common/task/reason.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	/* A window also closes at this size, so that memory stays flat. */
	WINDOW_BYTES = 1 << 20,
	KEPT_BYTES = 1 << 14, /* of a slot's task between two windows */
	PROGRESS_MS = 1000,
};

int
job_fail(struct job *job, int status, const char *reason, struct fault *f,
    const char *format, ...)
{
	va_list ap;

	job->status = status;
	va_start(ap, format);
	(void)vsnprintf(job->problem, sizeof job->problem, format, ap);
	va_end(ap);
	return task_set(&job->task, NAME_REASON, reason, f);
}

void
job_pass_on(struct job *job)
{
	job->status = reason_status(task_get(&job->task, NAME_REASON));
	job->passed_on = job->status != STATUS_OK;
}

int
run_open(struct run *run, const struct stage *stage, size_t window,
    struct decision_log *log, struct fault *f)
{
	size_t i;

	*run = (struct run){.stage = stage,
	    .window = window,
	    .rejects = (struct rejects)REJECTS_INIT,
	    .log = log};
	run->jobs = calloc(window, sizeof *run->jobs);
	run->acting = calloc(window, sizeof(struct job *));
	if (run->jobs == NULL || run->acting == NULL) {
		run_release(run);
		return fault_set(f, STATUS_IO, "out of memory");
	}
	for (i = 0; i < window; i++)
		run->jobs[i].task = (struct task)TASK_INIT;
	return 0;
}

void
run_release(struct run *run)
{
	size_t i;

	for (i = 0; i < run->window && run->jobs != NULL; i++)
		task_release(&run->jobs[i].task);
	free(run->jobs);
	free(run->acting);
	run->jobs = NULL;
	run->acting = NULL;
}

unsigned long
run_total(const struct run *run)
{
	const struct run_counts *c = &run->counts;

	return c->yes + c->no + c->alone + c->unanswered + c->malformed;
}

static void
note_status(struct run *run, int status)
{
	run->status = status_worse(run->status, status);
}

/* With -v a line for each answer, and for what came without one. */
static void
tell(const struct run *run, const struct job *job)
{
	const char *name = run->stage->answer_name, *value, *reason = NULL;

	if (name == NULL || prog_level() < PROG_INFO)
		return;
	value = task_get(&job->task, name);
	/* Of a task that is left alone it may be another program's. */
	if (job->acts || job->passed_on)
		reason = task_get(&job->task, NAME_REASON);
	prog_message(PROG_INFO, "%s:%lu: task %s: %s %s%s%s%s",
	    run->stream->name, job->line, task_id(&job->task), name,
	    value == NULL ? "not set" : value, reason == NULL ? "" : ", ",
	    reason == NULL ? "" : reason, job->acts ? "" : " (left as it was)");
}

static void
count(struct run *run, const struct job *job)
{
	if (job->status != STATUS_OK) {
		run->counts.unanswered++;
		note_status(run, job->status);
		if (job->problem[0] != '\0')
			prog_message(PROG_ERROR, "%s:%lu: task %s: %s",
			    run->stream->name, job->line, task_id(&job->task),
			    job->problem);
		if (job->passed_on)
			tell(run, job);
		return;
	}
	if (job->answer == ANSWER_NONE) {
		run->counts.alone++;
		return;
	}
	run->answered = true;
	if (job->answer == ANSWER_YES)
		run->counts.yes++;
	else
		run->counts.no++;
	note_status(run, job->answer == ANSWER_YES ? STATUS_OK : STATUS_NO);
	tell(run, job);
}

static int
write_task(struct run *run, const struct job *job, struct fault *f)
{
	if (run->stage->write != NULL)
		return run->stage->write(
		    run->stage->self, job, &run->out->buf, f);
	if (task_write(&job->task, &run->out->buf, f) == -1)
		return -1;
	return buf_append_char(&run->out->buf, '\n', f);
}

/* A job whose work failed does not act any more, but something was decided. */
static int
log_job(struct run *run, const struct job *job, struct fault *f)
{
	struct fault lost = FAULT_INIT;

	if ((!job->acts && (job->status == STATUS_OK || job->passed_on)) ||
	    decision_log_add(run->log, job, f) == 0)
		return 0;
	/* Those before it are in the log: they come out. */
	if (out_flush(run->out, &lost) == -1)
		note_status(run, prog_fail(&lost));
	return -1;
}

static int
write_job(struct run *run, struct job *job, struct fault *f)
{
	if (job->acts && run->stage->finish(run->stage->self, job, f) == -1)
		return -1;
	if (log_job(run, job, f) == -1)
		return -1;
	count(run, job);
	if (task_is_changed(&job->task))
		run->changed = true;
	if (write_task(run, job, f) == -1)
		return -1;
	return out_written(run->out, f);
}

static int
close_window(struct run *run, struct fault *f)
{
	size_t i;

	if (run_work(run, f) == -1)
		return -1;
	for (i = 0; i < run->filled; i++) {
		if (write_job(run, &run->jobs[i], f) == -1)
			return -1;
		/* A slot keeps its room for the next task, but not for all time
		 * that of the largest one. */
		if (run->jobs[i].task.text.size > KEPT_BYTES)
			task_release(&run->jobs[i].task);
	}
	run->filled = 0;
	run->bytes = 0;
	return 0;
}

static void
show_progress(struct run *run)
{
	int64_t now_ms = clock_monotonic_ms();

	if (run->next_progress_ms == 0)
		run->next_progress_ms = now_ms + PROGRESS_MS;
	if (now_ms < run->next_progress_ms)
		return;
	run->next_progress_ms = now_ms + PROGRESS_MS;
	prog_progress(
	    "%lu task%s", run_total(run), number_plural(run_total(run)));
}

static void
report_malformed(struct run *run, const struct fault *why)
{
	prog_message(PROG_ERROR, "%s", why->message);
	run->counts.malformed++;
	note_status(run, STATUS_DATA);
}

static int
take_malformed(struct run *run, const struct fault *why, struct fault *f)
{
	report_malformed(run, why);
	return rejects_add(
	    &run->rejects, run->stream->text, run->stream->len, true, f);
}

/* 1: parsed, 0: malformed and why, -1 failed. */
static int
parse(
    const struct stream *s, struct task *t, struct fault *why, struct fault *f)
{
	if (task_parse(t, s->text, s->len, why) == 0)
		return 1;
	if (why->status == STATUS_DATA) {
		fault_prefix(why, "%s:%lu: malformed task", s->name, s->line);
		return 0;
	}
	*f = *why;
	return -1;
}

static int
take_object(struct run *run, struct fault *f)
{
	struct job *job = &run->jobs[run->filled];
	struct fault why = FAULT_INIT;
	int got;

	got = parse(run->stream, &job->task, &why, f);
	if (got == 0)
		return take_malformed(run, &why, f);
	if (got == -1)
		return -1;
	job->slot = run->filled;
	job->acts = false;
	job->answer = ANSWER_NONE;
	job->again = job->passed_on = false;
	job->status = STATUS_OK;
	job->problem[0] = '\0';
	job->line = run->stream->line;
	run->filled++;
	run->bytes += run->stream->len;
	if (run->stage->begin(run->stage->self, job, f) == -1)
		return -1;
	if (run->filled < run->window && run->bytes < WINDOW_BYTES)
		return 0;
	show_progress(run);
	return close_window(run, f);
}

/* The input is not there yet, or ended: nothing may wait in our hands. */
static int
settle(struct run *run, struct fault *f)
{
	if (close_window(run, f) == -1)
		return -1;
	return out_flush(run->out, f);
}

/* One step of the loop: 1 go on, 0 end of input, -1 failed. */
static int
step(struct run *run, struct fault *f)
{
	struct stream *s = run->stream;
	struct fault why = FAULT_INIT;
	bool idle = run->filled == 0 && run->out->buf.len == 0;

	switch (stream_next(s, idle, &why)) {
	case STREAM_OBJECT:
		return take_object(run, f) == -1 ? -1 : 1;
	case STREAM_MALFORMED:
		return take_malformed(run, &why, f) == -1 ? -1 : 1;
	case STREAM_SKIPPED:
		return rejects_add(&run->rejects, s->text, s->len, false, f) ==
			-1
		    ? -1
		    : 1;
	case STREAM_WAIT:
		return settle(run, f) == -1 ? -1 : 1;
	case STREAM_END:
		return settle(run, f);
	case STREAM_FAILED:
	default:
		/* What was read before is answered all the same. */
		if (settle(run, f) == 0)
			*f = why;
		return -1;
	}
}

int
run_stream(struct run *run, int in, const char *in_name, int to,
    const char *to_name, struct fault *f)
{
	struct stream stream;
	struct out out;
	int r;

	stream_open(&stream, in, in_name);
	out_open(&out, to, to_name);
	run->stream = &stream;
	run->out = &out;
	do
		r = step(run, f);
	while (r == 1);
	run->filled = 0;
	run->bytes = 0;
	run->stream = NULL;
	run->out = NULL;
	stream_release(&stream);
	out_release(&out);
	return r;
}

int
run_check(struct run *run, int in, const char *in_name, struct fault *f)
{
	struct stream stream;
	struct fault why = FAULT_INIT;
	enum stream_result got;
	unsigned long whole = 0;
	int r = 0;

	stream_open(&stream, in, in_name);
	while (
	    r != -1 && (got = stream_next(&stream, true, &why)) != STREAM_END) {
		if (got == STREAM_FAILED) {
			*f = why;
			r = -1;
			break;
		}
		if (got == STREAM_OBJECT)
			got = parse(&stream, &run->jobs[0].task, &why, f) == 1
			    ? STREAM_OBJECT
			    : STREAM_MALFORMED;
		if (f->status != STATUS_OK) {
			r = -1;
		} else if (got == STREAM_MALFORMED) {
			report_malformed(run, &why);
			r = 1;
		} else if (got == STREAM_OBJECT) {
			whole++;
		}
		fault_clear(&why);
	}
	if (r == 1)
		run->counts.unanswered += whole;
	stream_release(&stream);
	return r;
}
