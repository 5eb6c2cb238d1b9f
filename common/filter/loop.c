#include "common/filter/loop.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/task/names.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	/* A window also closes at this size, so that memory stays flat. */
	WINDOW_BYTES = 1 << 20,
	KEPT_BYTES = 1 << 14, /* of a slot's task between two windows */
	PROGRESS_MS = 1000,
};

void
loop_open(struct loop *loop, const struct filter *filter, size_t window,
    struct decision_log *log)
{
	size_t i;

	*loop = (struct loop){.filter = filter,
	    .window = window,
	    .rejects = (struct rejects)REJECTS_INIT,
	    .log = log};
	loop->items = memory_new(window, sizeof *loop->items);
	loop->acting = memory_new(window, sizeof(struct item *));
	for (i = 0; i < window; i++)
		loop->items[i].task = (struct task)TASK_INIT;
}

void
loop_release(struct loop *loop)
{
	size_t i;

	for (i = 0; i < loop->window; i++)
		task_release(&loop->items[i].task);
	free(loop->items);
	free(loop->acting);
}

unsigned long
loop_total(const struct loop *loop)
{
	const struct loop_counts *c = &loop->counts;

	return c->yes + c->no + c->alone + c->unanswered + c->malformed;
}

static void
note_status(struct loop *loop, int status)
{
	loop->status = status_worse(loop->status, status);
}

void
loop_fail(struct loop *loop, struct fault *f)
{
	note_status(loop, prog_fail(f));
	fault_clear(f);
}

/* With -v a line for each answer, and for what came without one. */
static void
tell(const struct loop *loop, const struct item *item)
{
	const char *name = loop->filter->answer_name, *value, *reason = NULL;

	if (name == NULL || prog_level() < PROG_INFO)
		return;
	value = task_get(&item->task, name);
	/* Of a task that is left alone it may be another program's. */
	if (item->acts || item->passed_on)
		reason = task_get(&item->task, NAME_REASON);
	prog_message(PROG_INFO, "%s:%lu: task %s: %s %s%s%s%s",
	    loop->stream->name, item->line, task_id(&item->task), name,
	    value == NULL ? "not set" : value, reason == NULL ? "" : ", ",
	    reason == NULL ? "" : reason,
	    item->acts ? "" : " (left as it was)");
}

static void
count(struct loop *loop, const struct item *item)
{
	if (item->status != STATUS_OK) {
		loop->counts.unanswered++;
		note_status(loop, item->status);
		if (item->problem[0] != '\0')
			prog_message(PROG_ERROR, "%s:%lu: task %s: %s",
			    loop->stream->name, item->line,
			    task_id(&item->task), item->problem);
		if (item->passed_on)
			tell(loop, item);
		return;
	}
	if (item->answer == ANSWER_NONE) {
		loop->counts.alone++;
		return;
	}
	loop->answered = true;
	if (item->answer == ANSWER_YES)
		loop->counts.yes++;
	else
		loop->counts.no++;
	note_status(loop, item->answer == ANSWER_YES ? STATUS_OK : STATUS_NO);
	tell(loop, item);
}

static int
write_task(struct loop *loop, const struct item *item, struct fault *f)
{
	if (loop->filter->write != NULL)
		return loop->filter->write(
		    loop->filter->self, item, &loop->out->buf, f);
	if (task_write(&item->task, &loop->out->buf, f) == -1)
		return -1;
	return buf_append_char(&loop->out->buf, '\n', f);
}

/* An item whose work failed does not act, but its failure is logged, too. */
static int
log_item(struct loop *loop, const struct item *item, struct fault *f)
{
	struct fault lost = FAULT_INIT;

	if ((!item->acts && (item->status == STATUS_OK || item->passed_on)) ||
	    decision_log_add(loop->log, item, f) == 0)
		return 0;
	/* The tasks before it are in the log: write them. */
	if (out_flush(loop->out, &lost) == -1)
		loop_fail(loop, &lost);
	return -1;
}

static int
write_item(struct loop *loop, struct item *item, struct fault *f)
{
	if (item->acts &&
	    loop->filter->finish(loop->filter->self, item, f) == -1)
		return -1;
	if (log_item(loop, item, f) == -1)
		return -1;
	count(loop, item);
	if (task_is_changed(&item->task))
		loop->changed = true;
	if (write_task(loop, item, f) == -1)
		return -1;
	return out_written(loop->out, f);
}

static int
close_window(struct loop *loop, struct fault *f)
{
	size_t i;

	loop_work(loop);
	for (i = 0; i < loop->filled; i++) {
		if (write_item(loop, &loop->items[i], f) == -1)
			return -1;
		/* The memory is used for the next task, unless it is much. */
		if (loop->items[i].task.text.size > KEPT_BYTES)
			task_release(&loop->items[i].task);
	}
	loop->filled = 0;
	loop->bytes = 0;
	return 0;
}

static void
show_progress(struct loop *loop)
{
	int64_t now_ms = clock_monotonic_ms();

	if (loop->next_progress_ms == 0)
		loop->next_progress_ms = now_ms + PROGRESS_MS;
	if (now_ms < loop->next_progress_ms)
		return;
	loop->next_progress_ms = now_ms + PROGRESS_MS;
	prog_progress(
	    "%lu task%s", loop_total(loop), number_plural(loop_total(loop)));
}

static void
report_malformed(struct loop *loop, const struct fault *why)
{
	prog_message(PROG_ERROR, "%s", why->message);
	loop->counts.malformed++;
	note_status(loop, STATUS_DATA);
}

static int
take_malformed(struct loop *loop, const struct fault *why, struct fault *f)
{
	report_malformed(loop, why);
	return rejects_add(
	    &loop->rejects, loop->stream->text, loop->stream->len, true, f);
}

static bool
parse(const struct stream *s, struct task *t, struct fault *why)
{
	if (task_parse(t, s->text, s->len, why) == 0)
		return true;
	(void)fault_prefix(why, "%s:%lu: malformed task", s->name, s->line);
	return false;
}

static int
take_object(struct loop *loop, struct fault *f)
{
	const struct filter *filter = loop->filter;
	struct item *item = &loop->items[loop->filled];
	struct fault why = FAULT_INIT;

	if (!parse(loop->stream, &item->task, &why))
		return take_malformed(loop, &why, f);
	item->slot = loop->filled;
	item->acts = filter->begin == NULL && filter->finish != NULL;
	item->again = item->passed_on = false;
	item->answer = ANSWER_NONE;
	item->status = STATUS_OK;
	item->problem[0] = '\0';
	item->line = loop->stream->line;
	loop->filled++;
	loop->bytes += loop->stream->len;
	if (filter->begin != NULL && filter->begin(filter->self, item, f) == -1)
		return -1;
	if (loop->filled < loop->window && loop->bytes < WINDOW_BYTES)
		return 0;
	show_progress(loop);
	return close_window(loop, f);
}

/* Reading on would block, or the input has ended: flush everything. */
static int
settle(struct loop *loop, struct fault *f)
{
	if (close_window(loop, f) == -1)
		return -1;
	return out_flush(loop->out, f);
}

/* One step of the loop: 1 go on, 0 end of input, -1 failed. */
static int
step(struct loop *loop, struct fault *f)
{
	struct stream *s = loop->stream;
	struct fault why = FAULT_INIT;
	bool idle = loop->filled == 0 && loop->out->buf.len == 0;

	switch (stream_next(s, idle, &why)) {
	case STREAM_OBJECT:
		return take_object(loop, f) == -1 ? -1 : 1;
	case STREAM_MALFORMED:
		return take_malformed(loop, &why, f) == -1 ? -1 : 1;
	case STREAM_SKIPPED:
		if (rejects_add(&loop->rejects, s->text, s->len, false, f) == 0)
			return 1;
		return -1;
	case STREAM_WAIT:
		return settle(loop, f) == -1 ? -1 : 1;
	case STREAM_END:
		return settle(loop, f);
	case STREAM_FAILED:
	default:
		/* Answer what was read before. */
		if (settle(loop, f) == 0)
			*f = why;
		return -1;
	}
}

int
loop_stream(struct loop *loop, int in, const char *in_name, int to,
    const char *to_name, struct fault *f)
{
	struct stream stream;
	struct out out;
	int r;

	stream_open(&stream, in, in_name);
	out_open(&out, to, to_name);
	/* A file that is edited stays as it was. */
	if (to == STDOUT_FILENO)
		memory_before_exhausted(out_rescue, &out);
	loop->stream = &stream;
	loop->out = &out;
	do
		r = step(loop, f);
	while (r == 1);
	memory_before_exhausted(NULL, NULL);
	loop->filled = 0;
	loop->bytes = 0;
	loop->stream = NULL;
	loop->out = NULL;
	stream_release(&stream);
	out_release(&out);
	return r;
}

int
loop_check(struct loop *loop, int in, const char *in_name, struct fault *f)
{
	struct stream stream;
	struct fault why = FAULT_INIT;
	enum stream_result got;
	unsigned long whole = 0;
	int r = 0;

	stream_open(&stream, in, in_name);
	while ((got = stream_next(&stream, true, &why)) != STREAM_END) {
		if (got == STREAM_FAILED) {
			*f = why;
			r = -1;
			break;
		}
		if (got == STREAM_MALFORMED ||
		    (got == STREAM_OBJECT &&
			!parse(&stream, &loop->items[0].task, &why))) {
			report_malformed(loop, &why);
			r = 1;
		} else if (got == STREAM_OBJECT) {
			whole++;
		}
		fault_clear(&why);
	}
	if (r == 1)
		loop->counts.unanswered += whole;
	stream_release(&stream);
	return r;
}
