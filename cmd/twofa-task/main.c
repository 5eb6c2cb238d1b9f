/*
 * twofa-task: tasks from the shell. What its commands do with a task stands in
 * common/shell; here are the words of the command line.
 */
#include "common/base/prog.h"
#include "cmd/twofa-task/commands.h"

#include <string.h>

static const struct usage usage = {.program = PROGRAM_TASK,
    .name = "twofa-task",
    .text = "usage: twofa-task new [--id ID] [--csv FILE] [NAME=VALUE...]\n"
	    "       twofa-task get NAME[,NAME...] [FILE...]\n"
	    "       twofa-task set|event [-i] [--csv FILE] NAME=VALUE... "
	    "[FILE...]\n"
	    "       twofa-task show [FILE...]\n",
    .purpose = "Make, read and change tasks. NAME=@FILE or NAME=@- reads "
	       "the value.",
    .options = "id csv in-place rejects"};

int
main(int argc, char *argv[])
{
	struct shell shell = SHELL_INIT;
	struct filter filter = {.self = &shell,
	    .open = shell_no_command,
	    .close = shell_close,
	    .no_answer = ANSWER_NONE};

	if (argc > 1 && shell_choose(&filter, argv[1])) {
		argc--;
		argv++;
	}
	return filter_program(&filter, &usage, argc, argv);
}
