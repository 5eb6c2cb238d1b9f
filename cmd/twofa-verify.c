/*
 * twofa-verify: did the caller enter the PIN that was sent?
 */
#include "common/base/clock.h"
#include "common/base/option.h"
#include "common/base/prog.h"
#include "common/io/ask.h"
#include "common/stage/stage.h"
#include "common/task/names.h"
#include "common/verify/verdict.h"

#include <stdio.h>
#include <string.h>

enum {
	ENTRY_SIZE = 128,
	WINDOW = 64,
};

struct verify {
	struct keyring keys;
	struct verdict_terms terms;
	bool asks;	    /* -p */
	bool asks_on_stdin; /* which no task comes from */
	char entry[ENTRY_SIZE];
};

#define VERIFY_INIT                                                            \
	{                                                                      \
		.keys = KEYRING_INIT                                           \
	}

static bool
is_pin_event(const struct task *t)
{
	const char *name = task_event_name(t);

	return name != NULL && strcmp(name, NAME_PIN) == 0;
}

static int
verify_begin(void *self, struct job *job, struct fault *f)
{
	const struct verify *v = self;
	const struct task *t = &job->task;

	(void)f;
	if (v->asks) {
		job->acts = true;
		return 0;
	}
	if (task_is_event(t) && !is_pin_event(t))
		return 0;
	job->acts = (is_pin_event(t) ? task_event_value(t)
				     : task_get(t, NAME_PIN)) != NULL;
	job->answer = ANSWER_NO;
	return 0;
}

static int
ask(struct verify *v, const struct task *t, struct fault *f)
{
	char prompt[200];

	(void)snprintf(prompt, sizeof prompt, "PIN for task %s: ", task_id(t));
	/* No line is no PIN: the verdict says so. */
	return ask_line(
		   v->entry, sizeof v->entry, prompt, v->asks_on_stdin, f) == -1
	    ? -1
	    : 0;
}

static int
verify_finish(void *self, struct job *job, struct fault *f)
{
	struct verify *v = self;
	struct task *t = &job->task;
	const char *entry;
	struct verdict verdict;

	if (v->asks && ask(v, t, f) == -1)
		return -1;
	entry = v->asks	      ? v->entry
	    : is_pin_event(t) ? task_event_value(t)
			      : task_get(t, NAME_PIN);
	v->terms.now_s = clock_now_s();
	verdict_decide(&verdict, t, entry, &v->terms);
	explicit_bzero(v->entry, sizeof v->entry);
	if (verdict.status != STATUS_OK)
		return job_fail(job, verdict.status, verdict.reason, f, "%s",
		    verdict.problem);
	job->answer = verdict.ok ? ANSWER_YES : ANSWER_NO;
	return verdict_apply(&verdict, t, f);
}

static int
verify_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	struct verify *v = self;

	v->asks = option_given(o, OPTION_ASK);
	v->asks_on_stdin = o->operand_count > 0;
	if (v->asks && !v->asks_on_stdin && !ask_has_terminal())
		return fault_set(f, STATUS_USAGE,
		    "-p: no terminal to ask on: name the task files and give "
		    "the PIN on stdin");
	/* Whoever is asked wants to see the answer before the next question. */
	*window = v->asks ? 1 : WINDOW;
	v->terms.keys = &v->keys;
	v->terms.clear_pin = option_given(o, OPTION_CLEAR_PIN);
	v->terms.max_attempts = option_number(o, OPTION_MAX_ATTEMPTS);
	if (strcmp(option_text(o, OPTION_LEDGER), "none") != 0)
		return fault_set(
		    f, STATUS_CONFIG, "ledger: only none is known: -l none");
	if (v->terms.clear_pin) {
		prog_message(PROG_WARNING,
		    "--clear-pin: no expiry, limit of attempts or single use "
		    "holds");
		return 0;
	}
	return keyring_open(&v->keys, o, false, f);
}

static void
verify_close(void *self)
{
	struct verify *v = self;

	keyring_release(&v->keys);
}

int
main(int argc, char *argv[])
{
	struct verify verify = VERIFY_INIT;
	const struct stage stage = {.self = &verify,
	    .open = verify_open,
	    .close = verify_close,
	    .begin = verify_begin,
	    .finish = verify_finish,
	    .no_answer = ANSWER_NO,
	    .answer_name = NAME_VALIDATION_CHECK};

	return stage_program(
	    &stage, PROGRAM_VERIFY, "twofa-verify", argc, argv);
}
