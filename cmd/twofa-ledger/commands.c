#include "cmd/twofa-ledger/commands_inside.h"

#include "common/base/clock.h"
#include "common/base/label.h"
#include "common/base/prog.h"
#include "common/process/prompt.h"
#include "common/settings/settings.h"
#include "common/task/e164.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum takes {
	TAKES_NOTHING,
	TAKES_SUBJECT,	      /* and reads it from stdin for "-" */
	TAKES_SUBJECT_REASON, /* and -m */
	TAKES_ID_OUTCOME,
	TAKES_RESET,
};

static const struct command {
	const char *name;
	const char *arguments;
	enum takes takes;
	enum ledger_use use;
	int (*run)(struct tend *t, struct fault *f);
} commands[] = {
    {"show", " TASK|CUSTOMER|+NUMBER", TAKES_SUBJECT, LEDGER_READ, tend_show},
    {"list", "", TAKES_NOTHING, LEDGER_READ, tend_list},
    {"export", "", TAKES_NOTHING, LEDGER_READ, tend_export},
    {"check", "", TAKES_NOTHING, LEDGER_READ, tend_check},
    {"resolve", " ID sent|failed", TAKES_ID_OUTCOME, LEDGER_WRITE,
	tend_resolve},
    {"unlock", " CUSTOMER|+NUMBER -m REASON", TAKES_SUBJECT_REASON,
	LEDGER_WRITE, tend_unlock},
    {"revoke", " CUSTOMER|+NUMBER -m REASON", TAKES_SUBJECT_REASON,
	LEDGER_WRITE, tend_revoke},
    {"purge", "", TAKES_NOTHING, LEDGER_WRITE, tend_purge},
    {"clock", " --reset", TAKES_RESET, LEDGER_WRITE, tend_clock},
};

static const struct command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int
wrong_usage(const struct command *c, struct fault *f)
{
	return fault_set(f, STATUS_USAGE,
	    "usage: twofa-ledger %s%s; see %s "
	    "--help",
	    c->name, c->arguments, prog_name());
}

static int
argument_count(const struct command *c)
{
	switch (c->takes) {
	case TAKES_SUBJECT:
	case TAKES_SUBJECT_REASON:
		return 1;
	case TAKES_ID_OUTCOME:
		return 2;
	case TAKES_NOTHING:
	case TAKES_RESET:
	default:
		return 0;
	}
}

static bool
is_printable(const char *text, size_t max)
{
	size_t i, len;

	for (i = 0; text[i] != '\0'; i += len) {
		len = label_character(text + i);
		if (len == 0)
			return false;
	}
	return i > 0 && i <= max;
}

/* -m and --reset belong to some commands, and those need them. */
static int
check_options(const struct command *c, const struct tend *t, struct fault *f)
{
	if ((t->reason != NULL) != (c->takes == TAKES_SUBJECT_REASON) ||
	    t->reset != (c->takes == TAKES_RESET))
		return wrong_usage(c, f);
	if (t->reason != NULL && !is_printable(t->reason, LEDGER_NOTE_MAX))
		return fault_set(f, STATUS_USAGE,
		    "-m: give a text of 1 to %d bytes of UTF-8 without control "
		    "characters",
		    LEDGER_NOTE_MAX);
	return 0;
}

/* Standard input keeps a number out of the list of processes. */
static int
read_subject(struct tend *t, struct fault *f)
{
	const char *given = t->arguments[0];
	int r;

	if (strcmp(given, "-") == 0) {
		r = prompt_line(t->subject, sizeof t->subject,
		    "task, customer or +number: ", true, f);
		if (r == -1)
			return -1;
	} else if (strlen(given) < sizeof t->subject) {
		(void)snprintf(t->subject, sizeof t->subject, "%s", given);
	}
	if (!is_printable(t->subject, sizeof t->subject - 1))
		return fault_set(f, STATUS_USAGE,
		    "give a taskId, a customer's identifier or a +number of 1 "
		    "to %d characters",
		    SUBJECT_SIZE - 1);
	if (t->subject[0] == '+' && !e164_is_valid(t->subject))
		return fault_set(
		    f, STATUS_USAGE, "a number has the form +447700900123");
	return 0;
}

static int
read_arguments(const struct command *c, struct tend *t,
    const struct settings *settings, struct fault *f)
{
	int i, wanted = argument_count(c);

	if (settings->operand_count - 1 != wanted)
		return wrong_usage(c, f);
	for (i = 0; i < wanted; i++)
		t->arguments[i] = settings->operands[1 + i];
	t->reason = settings->admin.reason;
	t->reset = settings->admin.reset;
	t->wrong = settings->limits.wrong;
	t->keep_s = (int64_t)settings->admin.keep_s;
	if (check_options(c, t, f) == -1)
		return -1;
	return c->takes == TAKES_SUBJECT || c->takes == TAKES_SUBJECT_REASON
	    ? read_subject(t, f)
	    : 0;
}

static int
run(const struct command *c, struct tend *t, struct fault *f)
{
	int status;

	t->now_s = clock_now_s();
	out_open(&t->out, STDOUT_FILENO, "standard output");
	status = c->run(t, f);
	/* What was found before a failure is good. */
	if (out_flush(&t->out, f) == -1)
		status = -1;
	out_release(&t->out);
	return status;
}

int
tend(struct settings *settings, struct fault *f)
{
	struct keyring keys = KEYRING_INIT;
	struct tend t = {.keys = &keys};
	const struct command *c;
	int status = -1;

	if (settings->operand_count == 0)
		return fault_set(f, STATUS_USAGE,
		    "give a command; see %s --help", prog_name());
	c = find_command(settings->operands[0]);
	if (c == NULL)
		return fault_set(f, STATUS_USAGE,
		    "%s: unknown command; see %s --help", settings->operands[0],
		    prog_name());
	if (read_arguments(c, &t, settings, f) == -1 ||
	    keyring_open(&keys, &settings->key, false, f) == -1 ||
	    ledger_open(&t.ledger, &settings->ledger, c->use, &keys, f) == -1)
		goto out;
	if (settings->dry_run) {
		settings_tell(settings);
		status = STATUS_OK;
	} else if (t.ledger == NULL)
		(void)fault_set(f, STATUS_CONFIG, "no ledger: -l FILE");
	else
		status = run(c, &t, f);
out:
	ledger_close(t.ledger);
	keyring_release(&keys);
	return status;
}
