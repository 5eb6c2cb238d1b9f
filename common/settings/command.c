#include "common/settings/command.h"

#include "common/base/prog.h"

#include <stdio.h>
#include <string.h>

enum {
	LIST_SIZE = 160,
};

const struct command *
command_find(const struct command *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

const struct command *
command_take(const struct command *table, int *argc, char ***argv)
{
	const struct command *c =
	    *argc > 1 ? command_find(table, (*argv)[1]) : NULL;

	if (c != NULL) {
		--*argc;
		++*argv;
	}
	return c;
}

/* "new, get or set" */
static void
list_names(char out[LIST_SIZE], const struct command *table)
{
	const struct command *c;
	size_t len = 0;

	for (c = table; c->name != NULL && len < LIST_SIZE; c++)
		len += (size_t)snprintf(out + len, LIST_SIZE - len, "%s%s",
		    c == table		    ? ""
			: c[1].name == NULL ? " or "
					    : ", ",
		    c->name);
}

int
command_missing(const struct settings *s, struct fault *f)
{
	const struct command *table = s->usage->commands;
	char names[LIST_SIZE] = "";

	if (s->operand_count > 0 && command_find(table, s->operands[0]) != NULL)
		return fault_set(f, STATUS_USAGE,
		    "the command comes before the options: %s %s ...; see %s "
		    "--help",
		    prog_name(), s->operands[0], prog_name());
	if (s->operand_count > 0)
		return fault_set(f, STATUS_USAGE,
		    "unknown command '%s'; see %s --help", s->operands[0],
		    prog_name());
	list_names(names, table);
	return fault_set(f, STATUS_USAGE, "give a command: %s; see %s --help",
	    names, prog_name());
}
