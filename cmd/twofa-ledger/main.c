/*
 * twofa-ledger: show what was sent and tried, and correct it.
 */
#include "cmd/twofa-ledger/commands.h"
#include "common/base/clock.h"
#include "common/base/plain.h"
#include "common/base/prog.h"
#include "common/process/prompt.h"
#include "common/settings/command.h"
#include "common/task/e164.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What a command needs besides its name. */
struct needs {
	int operands; /* a single one is the subject */
	bool reason;  /* -m */
	bool reset;   /* --reset */
	enum ledger_use use;
};

static const struct needs reads = {.use = LEDGER_READ};
static const struct needs reads_subject = {.operands = 1, .use = LEDGER_READ};
static const struct needs writes = {.use = LEDGER_WRITE};
static const struct needs resolves = {.operands = 2, .use = LEDGER_WRITE};
static const struct needs forbids = {
    .operands = 1, .reason = true, .use = LEDGER_WRITE};
static const struct needs resets = {.reset = true, .use = LEDGER_WRITE};

static const struct command commands[] = {
    {.name = "show",
	.usage = " TASK|CUSTOMER|+NUMBER",
	.run = admin_show,
	.extra = &reads_subject},
    {.name = "list", .usage = "", .run = admin_list, .extra = &reads},
    {.name = "export", .usage = "", .run = admin_export, .extra = &reads},
    {.name = "check", .usage = "", .run = admin_check, .extra = &reads},
    {.name = "resolve",
	.usage = " ID sent|failed",
	.run = admin_resolve,
	.extra = &resolves},
    {.name = "unlock",
	.usage = " CUSTOMER|+NUMBER -m REASON",
	.run = admin_unlock,
	.extra = &forbids},
    {.name = "revoke",
	.usage = " CUSTOMER|+NUMBER -m REASON",
	.run = admin_revoke,
	.extra = &forbids},
    {.name = "purge", .usage = "", .run = admin_purge, .extra = &writes},
    {.name = "clock",
	.usage = " --reset",
	.run = admin_clock,
	.extra = &resets},
    {.name = NULL},
};

static const struct usage usage = {.program = PROGRAM_LEDGER,
    .name = "twofa-ledger",
    .commands = commands,
    .purpose = "Show the ledger of what was sent and tried, and correct it.",
    .options = "key ledger reason reset ref config",
    .keys = "limit_wrong limit_wrong_all keep"};

static bool
is_printable(const char *text, size_t max)
{
	size_t i, len;

	for (i = 0; text[i] != '\0'; i += len) {
		len = plain_printable(text + i);
		if (len == 0)
			return false;
	}
	return i > 0 && i <= max;
}

static int
check_usage(
    const struct command *c, const struct settings *settings, struct fault *f)
{
	const struct needs *needs = c->extra;
	const char *reason = settings->admin.reason;

	if (settings->operand_count - 1 != needs->operands ||
	    (reason != NULL) != needs->reason ||
	    settings->admin.reset != needs->reset)
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
	const struct command *c = settings->operand_count == 0
	    ? NULL
	    : command_find(commands, settings->operands[0]);
	const struct needs *needs;
	struct keyring keys = KEYRING_INIT;
	struct admin a = {.keys = &keys, .settings = settings};
	int status = -1;

	if (c == NULL)
		return command_missing(settings, f);
	if (check_usage(c, settings, f) == -1)
		return -1;
	needs = c->extra;
	a.operands = settings->operands + 1;
	if ((needs->operands != 1 || read_subject(&a, a.operands[0], f) == 0) &&
	    keyring_open(&keys, &settings->key, false, f) == 0 &&
	    ledger_open(&a.ledger, &settings->ledger, needs->use, &keys, f) ==
		0)
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
