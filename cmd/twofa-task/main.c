/*
 * twofa-task: make, read and change tasks.
 */
#include "cmd/twofa-task/commands.h"
#include "common/settings/command.h"

#include <stdlib.h>

static const struct command commands[] = {
    {.name = "new",
	.usage = " [--id ID] [--csv FILE] [NAME=VALUE...]",
	.options = "id csv",
	.extra = &filter_new},
    {.name = "get",
	.usage = " NAME[,NAME...] [FILE...]",
	.options = "rejects",
	.extra = &filter_get},
    {.name = "set",
	.usage = " [-i] [--csv FILE] NAME=VALUE... [FILE...]",
	.options = "csv in-place rejects",
	.extra = &filter_set},
    {.name = "event",
	.usage = " [-i] [--csv FILE] NAME=VALUE... [FILE...]",
	.options = "csv in-place rejects",
	.extra = &filter_event},
    {.name = "show",
	.usage = " [FILE...]",
	.options = "rejects",
	.extra = &filter_show},
    {.name = NULL},
};

static const struct usage usage = {.program = PROGRAM_TASK,
    .name = "twofa-task",
    .commands = commands,
    .purpose = "Make, read and change tasks. NAME=@FILE or NAME=@- reads "
	       "the value."};

static int
no_command(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	(void)self;
	(void)window;
	return command_missing(settings, f);
}

static void
release(void *self)
{
	struct task_command *c = self;

	assignments_release(&c->assignments);
	csv_close(&c->csv);
	csv_index_release(&c->rows);
	free(c->names_text);
}

int
main(int argc, char *argv[])
{
	const struct command *c = command_take(commands, &argc, &argv);
	struct task_command task_command = TASK_COMMAND_INIT;
	struct filter filter = {.open = no_command};

	if (c != NULL)
		filter = *(const struct filter *)c->extra;
	filter.self = &task_command;
	filter.command = c;
	filter.close = release;
	return filter_program(&filter, &usage, argc, argv);
}
