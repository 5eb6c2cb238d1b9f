#include "common/settings/row.h"

#include "common/base/prog.h"

#include <stdio.h>

static const struct {
	enum program program;
	const char *usage;
	const char *purpose;
} synopses[] = {
    {PROGRAM_TASK,
	"usage: twofa-task new [--id ID] [--csv FILE] [NAME=VALUE...]\n"
	"       twofa-task get NAME[,NAME...] [FILE...]\n"
	"       twofa-task set|event [-i] [--csv FILE] NAME=VALUE... "
	"[FILE...]\n"
	"       twofa-task show [FILE...]\n",
	"Make, read and change tasks. NAME=@FILE or NAME=@- reads the value."},
    {PROGRAM_LOOKUP, "usage: twofa-lookup [options] [FILE...]\n",
	"Look each task's customer up in a directory."},
    {PROGRAM_SENDPIN, "usage: twofa-sendpin [options] [FILE...]\n",
	"Send a PIN for each task whose customer was recognised."},
    {PROGRAM_VERIFY, "usage: twofa-verify [options] [FILE...]\n",
	"Check the PIN that the caller entered in each task."},
    {PROGRAM_LEDGER,
	"usage: twofa-ledger show TASK|CUSTOMER|+NUMBER\n"
	"       twofa-ledger list | export | check | purge\n"
	"       twofa-ledger resolve ID sent|failed\n"
	"       twofa-ledger unlock|revoke CUSTOMER|+NUMBER -m REASON\n"
	"       twofa-ledger clock --reset\n",
	"Look into the ledger of what was sent and tried, and tend it."},
    {PROGRAM_FLOW,
	"usage: twofa-flow step [-i] [-I KEYS]... [FILE...]\n"
	"       twofa-flow run [-F FACE] [-o FILE] [TASK]\n"
	"       twofa-flow desk CUSTOMER\n"
	"       twofa-flow check | graph [FILE]\n"
	"       twofa-flow show [call | desk]\n",
	"Take calls through a workflow."},
};

static void
print_row(const struct row *row, enum program program)
{
	char letter[] = "   ", left[40];

	if (row_has_letter(row, program))
		(void)snprintf(letter, sizeof letter, "-%c,", row->letter);
	(void)snprintf(left, sizeof left, "%s --%s%s%s", letter, row->name,
	    row->argument == NULL ? "" : " ",
	    row->argument == NULL ? "" : row->argument);
	(void)printf("  %-28s %s\n", left, row->help);
}

void
help_print(const struct settings *s)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(synopses); i++)
		if (synopses[i].program == s->program)
			(void)printf(
			    "%s%s\n", synopses[i].usage, synopses[i].purpose);
	for (i = 0; i < settings_table_len; i++)
		if (row_is_option(&settings_table[i], s->program) &&
		    settings_table[i].help != NULL)
			print_row(&settings_table[i], s->program);
	(void)printf("  -q quiet, -v more, -h this help, -V version\n");
	(void)printf("See %s(1) for all of it.\n", prog_name());
}
