/*
 * twofa-verify: did the caller enter the PIN that was sent?
 */
#include "common/settings/settings.h"
#include "common/base/prog.h"
#include "common/process/prompt.h"
#include "common/filter/filter.h"
#include "common/task/names.h"
#include "cmd/twofa-verify/attempt.h"

#include <stdio.h>
#include <string.h>

enum {
	ENTRY_SIZE = 128,
	WINDOW = 64,
};

struct verify {
	struct keyring keys;
	struct attempt_terms terms;
	struct attempt attempts[WINDOW]; /* by slot */
	bool asks_on_stdin;		 /* no task comes from there */
	char entry[ENTRY_SIZE];		 /* with -p */
};

#define VERIFY_INIT                                                            \
	{                                                                      \
		.keys = KEYRING_INIT                                           \
	}

static const char *
entry_of(const struct verify *v, const struct task *t)
{
	if (v->terms.is_asked)
		return v->entry;
	return task_is_event(t) ? task_event_value(t) : task_get(t, NAME_PIN);
}

static int
ask(struct verify *v, const struct task *t, struct fault *f)
{
	char prompt[200];

	(void)snprintf(prompt, sizeof prompt, "PIN for task %s: ", task_id(t));
	/* Without a line there is no PIN, which the verdict says. */
	return prompt_line(
		   v->entry, sizeof v->entry, prompt, v->asks_on_stdin, f) == -1
	    ? -1
	    : 0;
}

/* -p asks here: while it waits, no transaction is open. */
static int
verify_begin(void *self, struct item *item, struct fault *f)
{
	struct verify *v = self;
	const struct task *t = &item->task;

	if (v->terms.is_asked) {
		item->acts = true;
		return ask(v, t, f);
	}
	if (task_is_event(t) && !task_is_event_of(t, NAME_PIN)) {
		/* Those are for programs before this one in a pipe. */
		if (task_is_event_of(t, NAME_CUSTOMER_IDENTIFIER) ||
		    task_is_event_of(t, NAME_START_VALIDATION))
			item_pass_on(item);
		return 0;
	}
	item->acts = entry_of(v, t) != NULL;
	item->answer = ANSWER_NO;
	if (!item->acts)
		item_pass_on(item);
	return 0;
}

/* When it returns 0 the ledger has every verdict. */
static int
verify_work(void *self, struct item *const items[], size_t n, struct fault *f)
{
	struct verify *v = self;
	struct attempt *opened[WINDOW], *a;
	size_t i, count = 0;

	for (i = 0; i < n; i++) {
		a = &v->attempts[items[i]->slot];
		if (attempt_begin(a, &items[i]->task,
			entry_of(v, &items[i]->task), &v->terms))
			opened[count++] = a;
	}
	explicit_bzero(v->entry, sizeof v->entry);
	return attempt_judge(opened, count, &v->terms, f);
}

static int
verify_finish(void *self, struct item *item, struct fault *f)
{
	struct verify *v = self;
	struct attempt *a = &v->attempts[item->slot];
	struct verdict *verdict = &a->verdict;

	verdict_wipe(verdict);
	item->again = a->is_given && !verdict->compared;
	(void)f;
	if (verdict->fault.status != STATUS_OK) {
		item_fail(item, verdict->fault.status, verdict->reason, "%s",
		    verdict->fault.message);
		return 0;
	}
	item->answer = verdict->ok ? ANSWER_YES : ANSWER_NO;
	verdict_apply(verdict, &item->task);
	return 0;
}

/* The key file, and the ledger, which is kept with it. */
static int
open_ledger(struct verify *v, struct settings *settings, struct fault *f)
{
	bool none = ledger_is_off(&settings->ledger);

	v->terms.verdict.keys = &v->keys;
	v->terms.verdict.clear_pin = settings->pin.clear;
	v->terms.verdict.max_attempts = settings->pin.max_attempts;
	v->terms.wrong = settings->limits.wrong;
	if (none && v->terms.verdict.clear_pin) {
		prog_message(PROG_WARNING,
		    "--clear-pin: no expiry, limit of attempts or single use "
		    "holds");
		return 0;
	}
	if (keyring_open(&v->keys, &settings->key, false, f) == -1 ||
	    ledger_open(&v->terms.ledger, &settings->ledger, LEDGER_WRITE,
		&v->keys, f) == -1)
		return -1;
	if (v->terms.ledger != NULL)
		v->terms.verdict.ledger = ledger_id(v->terms.ledger);
	return 0;
}

static int
verify_open(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct verify *v = self;

	v->terms.is_asked = settings->asks;
	v->asks_on_stdin = settings->operand_count > 0;
	if (v->terms.is_asked && !v->asks_on_stdin && !prompt_has_terminal())
		return fault_set(f, STATUS_USAGE,
		    "-p: no terminal to ask on: name the task files and give "
		    "the PIN on stdin");
	/* With -p each PIN is answered before the next one is asked for. */
	*window = v->terms.is_asked ? 1 : WINDOW;
	return open_ledger(v, settings, f);
}

static void
verify_close(void *self)
{
	struct verify *v = self;
	size_t i;

	explicit_bzero(v->entry, sizeof v->entry);
	for (i = 0; i < WINDOW; i++)
		verdict_wipe(&v->attempts[i].verdict);
	ledger_close(v->terms.ledger);
	keyring_release(&v->keys);
}

static const struct usage usage = {.program = PROGRAM_VERIFY,
    .name = "twofa-verify",
    .text = "usage: twofa-verify [options] [FILE...]\n",
    .purpose = "Check the PIN that the caller entered in each task.",
    .options = "max-attempts key ledger clear-pin in-place ask ref rejects "
	       "config",
    .keys = "limit_wrong limit_wrong_all log"};

int
main(int argc, char *argv[])
{
	struct verify verify = VERIFY_INIT;
	const struct filter filter = {.self = &verify,
	    .open = verify_open,
	    .close = verify_close,
	    .begin = verify_begin,
	    .work = verify_work,
	    .finish = verify_finish,
	    .no_answer = ANSWER_NO,
	    .answer_name = NAME_VALIDATION_CHECK};

	return filter_program(&filter, &usage, argc, argv);
}
