#include "common/filter/decision_log.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/file/append.h"
#include "common/task/e164.h"
#include "common/task/names.h"
#include "common/task/reason.h"
#include "common/text/json.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* The event of a yes. */
static const char *
yes_event(enum program program, unsigned how)
{
	if (program == PROGRAM_LOOKUP || (how & DECISION_AGAIN) != 0)
		return "sensitive_read";
	if (program == PROGRAM_SENDPIN)
		return "authn_token_created";
	return (how & DECISION_AFTER_WRONG) != 0
	    ? "authn_login_successafterfail"
	    : "authn_login_success";
}

const char *
decision_event(enum program program, const char *word, unsigned how)
{
	const struct reason *r = reason_find(word);

	if (program != PROGRAM_LOOKUP && program != PROGRAM_SENDPIN &&
	    program != PROGRAM_VERIFY)
		return NULL;
	if (word == NULL)
		return yes_event(program, how);
	if (r == NULL)
		return NULL;
	if ((how & DECISION_AGAIN) != 0 && r->again_event != NULL)
		return r->again_event;
	if (program == PROGRAM_LOOKUP && r->lookup_event != NULL)
		return r->lookup_event;
	if (program == PROGRAM_SENDPIN && r->resend_event != NULL)
		return r->resend_event;
	return r->event;
}

/* before: the text between the member before it and the value. */
static void
member(struct buf *out, const char *before, const char *value)
{
	if (value == NULL)
		return;
	buf_add_text(out, before);
	json_add_string(value, out);
}

int
decision_write(const struct decision *d, struct buf *out, struct fault *f)
{
	char time[CLOCK_TEXT_SIZE], number[E164_SIZE] = "";

	clock_rfc3339(time, d->time_s);
	if (d->number != NULL)
		e164_mask(number, d->number);
	member(out, "{\"time\":", time);
	member(out, ",\"program\":", d->program);
	member(out, ",\"taskId\":", d->task_id);
	member(out, ",\"event\":", d->event);
	member(out, ",\"reason\":", d->reason);
	member(out, ",\"who\":", d->who);
	member(out, ",\"ref\":", d->ref);
	member(out, ",\"number\":", d->number == NULL ? NULL : number);
	buf_add_text(out, "}\n");
	return buf_check(out, f);
}

int
decision_log_open(
    struct decision_log *log, const struct settings *settings, struct fault *f)
{
	bool dry = settings->dry_run;

	log->path = settings->log;
	if (log->path == NULL)
		return 0;
	switch (append_open(&log->fd, log->path, FILE_TRUSTED, !dry, f)) {
	case 0:
		prog_message(PROG_WARNING, "log %s: will be made", log->path);
		break;
	case -1:
		fault_prefix(f, "log");
		return -1;
	default:
		break;
	}
	log->program = settings->usage->program;
	log->ref = settings->ref;
	if (!dry)
		login_name(log->who);
	return 0;
}

/* Did wrong PINs come before? What is no number counts as too many. */
static bool
had_wrong_pins(const struct task *t)
{
	const char *text = task_get(t, NAME_PIN_ATTEMPTS);
	unsigned long n;

	return text != NULL && (!number_parse(&n, text, 0, LONG_MAX) || n > 0);
}

static int
append(struct decision_log *log, struct fault *f)
{
	ssize_t n;

	do
		n = write(log->fd, log->line.data, log->line.len);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return fault_errno(f, STATUS_IO, "log %s", log->path);
	if ((size_t)n != log->line.len)
		return fault_set(f, STATUS_IO,
		    "log %s: a line was written in part", log->path);
	return 0;
}

int
decision_log_add(
    struct decision_log *log, const struct item *item, struct fault *f)
{
	const struct task *t = &item->task;
	bool yes = item->status == STATUS_OK && item->answer == ANSWER_YES;
	struct decision d = {.program = prog_name(),
	    .task_id = task_id(t),
	    .reason = yes ? NULL : task_get(t, NAME_REASON),
	    .who = log->who,
	    .ref = log->ref,
	    .number = task_get(t, NAME_SMS_NUMBER)};

	if (log->fd == -1)
		return 0;
	d.time_s = clock_now_s();
	if (yes || d.reason != NULL)
		d.event = decision_event(log->program, d.reason,
		    (had_wrong_pins(t) ? DECISION_AFTER_WRONG : 0U) |
			(item->again ? DECISION_AGAIN : 0U));
	if (d.event == NULL)
		return fault_set(f, STATUS_BUG, "task %s: no event for '%s'",
		    d.task_id, d.reason == NULL ? "" : d.reason);
	buf_clear(&log->line);
	if (decision_write(&d, &log->line, f) == 0 && append(log, f) == 0)
		return 0;
	log->broken = true;
	return -1;
}

int
decision_log_close(struct decision_log *log, struct fault *f)
{
	int r = 0;

	buf_release(&log->line);
	if (log->fd != -1 && close(log->fd) == -1)
		r = fault_errno(f, STATUS_IO, "log %s", log->path);
	log->fd = -1;
	return r;
}
