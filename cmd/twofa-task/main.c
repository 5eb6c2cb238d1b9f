/*
 * twofa-task: tasks from the shell. What its commands do with a task stands in
 * common/shell; here are the words of the command line.
 */
#include "common/base/prog.h"
#include "cmd/twofa-task/commands.h"

#include <string.h>

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
	return filter_program(&filter, PROGRAM_TASK, "twofa-task", argc, argv);
}
