/*
 * twofa-ledger: show what was sent and tried, and correct it.
 */
#include "cmd/twofa-ledger/commands.h"
#include "common/base/clock.h"
#include "common/base/label.h"
#include "common/base/prog.h"
#include "common/process/prompt.h"
#include "common/task/e164.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct usage usage = {.program = PROGRAM_LEDGER,
    .name = "twofa-ledger",
    .text = "usage: twofa-ledger show TASK|CUSTOMER|+NUMBER\n"
	    "       twofa-ledger list | export | check | purge\n"
	    "       twofa-ledger resolve ID sent|failed\n"
	    "       twofa-ledger unlock|revoke CUSTOMER|+NUMBER -m REASON\n"
	    "       twofa-ledger clock --reset\n",
    .purpose = "Show the ledger of what was sent and tried, and correct it.",
    .options = "key ledger reason reset ref config",
    .keys = "limit_wrong limit_wrong_all keep"};

static const struct command {
	const char *name;
	const char *usage; /* behind the name */
	int operands;	   /* behind the name; a single one is the subject */
	bool needs_reason; /* -m */
	bool needs_reset;  /* --reset */
	enum ledger_use use;
	int (*run)(struct admin *a, struct fault *f);
} commands[] = {
    {.name = "show",
	.usage = " TASK|CUSTOMER|+NUMBER",
	.operands = 1,
	.use = LEDGER_READ,
	.run = admin_show},
    {.name = "list", .usage = "", .use = LEDGER_READ, .run = admin_list},
    {.name = "export", .usage = "", .use = LEDGER_READ, .run = admin_export},
    {.name = "check", .usage = "", .use = LEDGER_READ, .run = admin_check},
    {.name = "resolve",
	.usage = " ID sent|failed",
	.operands = 2,
	.use = LEDGER_WRITE,
	.run = admin_resolve},
    {.name = "unlock",
	.usage = " CUSTOMER|+NUMBER -m REASON",
	.operands = 1,
	.needs_reason = true,
	.use = LEDGER_WRITE,
	.run = admin_unlock},
    {.name = "revoke",
	.usage = " CUSTOMER|+NUMBER -m REASON",
	.operands = 1,
	.needs_reason = true,
	.use = LEDGER_WRITE,
	.run = admin_revoke},
    {.name = "purge", .usage = "", .use = LEDGER_WRITE, .run = admin_purge},
    {.name = "clock",
	.usage = " --reset",
	.needs_reset = true,
	.use = LEDGER_WRITE,
	.run = admin_clock},
};

static const struct command *
find_command(const struct settings *settings, struct fault *f)
{
	size_t i;

	if (settings->operand_count == 0) {
		(void)fault_set(f, STATUS_USAGE,
		    "give a command; see %s --help", prog_name());
		return NULL;
	}
	for (i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, settings->operands[0]) == 0)
			return &commands[i];
	(void)fault_set(f, STATUS_USAGE, "%s: unknown command; see %s --help",
	    settings->operands[0], prog_name());
	return NULL;
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

static int
check_usage(
    const struct command *c, const struct settings *settings, struct fault *f)
{
	const char *reason = settings->admin.reason;

	if (settings->operand_count - 1 != c->operands ||
	    (reason != NULL) != c->needs_reason ||
	    settings->admin.reset != c->needs_reset)
		return fault_set(f, STATUS_USAGE,
		    "usage: twofa-ledger %s%s; see %s --help", c->name,
		    c->usage, prog_name());
	if (reason != NULL && !is_printable(reason, LEDGER_NOTE_MAX))
		return fault_set(f, STATUS_USAGE,
		    "-m: give a text of 1 to %d bytes of UTF-8 without control "
		    "characters",
		    LEDGER_NOTE_MAX);
	return 0;
}

/* "-" reads standard input, which keeps a number out of the list of processes.
 */
static int
read_subject(struct admin *a, const char *given, struct fault *f)
{
	if (strcmp(given, "-") == 0) {
		if (prompt_line(a->subject, sizeof a->subject,
			"task, customer or +number: ", true, f) == -1)
			return -1;
	} else if (strlen(given) < sizeof a->subject) {
		(void)snprintf(a->subject, sizeof a->subject, "%s", given);
	}
	if (!is_printable(a->subject, sizeof a->subject - 1))
		return fault_set(f, STATUS_USAGE,
		    "give a taskId, a customer's identifier or a +number of 1 "
		    "to %d characters",
		    SUBJECT_SIZE - 1);
	if (a->subject[0] == '+' && !e164_is_valid(a->subject))
		return fault_set(
		    f, STATUS_USAGE, "a number has the form +447700900123");
	return 0;
}

static int
run(const struct command *c, struct admin *a, struct fault *f)
{
	int status;

	if (a->settings->dry_run) {
		settings_tell(a->settings);
		return STATUS_OK;
	}
	if (a->ledger == NULL)
		return fault_set(f, STATUS_CONFIG, "no ledger: -l FILE");
	a->now_s = clock_now_s();
	out_open(&a->out, STDOUT_FILENO, "standard output");
	status = c->run(a, f);
	/* What was written before a failure is valid. */
	if (out_flush(&a->out, f) == -1)
		status = -1;
	out_release(&a->out);
	return status;
}

static int
run_command(struct settings *settings, struct fault *f)
{
	const struct command *c = find_command(settings, f);
	struct keyring keys = KEYRING_INIT;
	struct admin a = {.keys = &keys, .settings = settings};
	int status = -1;

	if (c == NULL || check_usage(c, settings, f) == -1)
		return -1;
	a.operands = settings->operands + 1;
	if ((c->operands != 1 || read_subject(&a, a.operands[0], f) == 0) &&
	    keyring_open(&keys, &settings->key, false, f) == 0 &&
	    ledger_open(&a.ledger, &settings->ledger, c->use, &keys, f) == 0)
		status = run(c, &a, f);
	ledger_close(a.ledger);
	keyring_release(&keys);
	return status;
}

int
main(int argc, char *argv[])
{
	struct settings settings = SETTINGS_INIT;
	struct fault f = FAULT_INIT;
	int status;

	prog_start(usage.name);
	status = settings_read(&settings, &usage, argc, argv, &f);
	if (status == 1)
		status = STATUS_OK;
	else if (status == 0)
		status = run_command(&settings, &f);
	if (status == -1)
		status = prog_fail(&f);
	settings_release(&settings);
	return prog_finish(status);
}
