/*
 * Which command is meant, and which options it takes.
 */
#include "cmd/twofa-task/commands_inside.h"

#include "common/base/prog.h"

#include <stdlib.h>
#include <string.h>

static const struct command {
	const char *name;
	const char *takes;
	bool makes_events;
	struct filter filter; /* its functions */
} commands[] = {
    {"new", "id csv", false,
	{.open = shell_new_open, .produce = shell_new_produce}},
    {"get", "rejects", false,
	{.open = shell_get_open,
	    .begin = shell_get_begin,
	    .write = shell_get_write}},
    {"set", "csv in-place rejects", false,
	{.open = shell_set_open,
	    .begin = shell_set_begin,
	    .finish = shell_set_finish,
	    .end = shell_set_end}},
    {"event", "csv in-place rejects", true,
	{.open = shell_set_open,
	    .begin = shell_set_begin,
	    .finish = shell_set_finish,
	    .end = shell_set_end}},
    {"show", "rejects", false,
	{.open = shell_show_open,
	    .begin = shell_show_begin,
	    .write = shell_show}},
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
command_open(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct shell *s = self;
	const struct command *c = s->command;

	if (settings_check_command(settings, c->name, c->takes, f) == -1)
		return -1;
	return c->filter.open(self, settings, window, f);
}

bool
shell_choose(struct filter *filter, const char *command)
{
	const struct command *c = find_command(command);
	struct shell *s = filter->self;

	if (c == NULL)
		return false;
	*filter = c->filter;
	filter->self = s;
	filter->open = command_open;
	filter->close = shell_close;
	s->command = c;
	s->makes_events = c->makes_events;
	return true;
}

int
shell_no_command(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	(void)self;
	(void)window;
	if (settings->operand_count > 0 &&
	    find_command(settings->operands[0]) != NULL)
		return fault_set(f, STATUS_USAGE,
		    "the command comes before the options: %s %s ...; see %s "
		    "--help",
		    prog_name(), settings->operands[0], prog_name());
	if (settings->operand_count > 0)
		return fault_set(f, STATUS_USAGE,
		    "unknown command '%s'; see %s --help",
		    settings->operands[0], prog_name());
	return fault_set(f, STATUS_USAGE,
	    "give a command: new, get, set, event or show; see %s --help",
	    prog_name());
}

void
shell_close(void *self)
{
	struct shell *s = self;

	assignments_release(&s->assignments);
	csv_close(&s->csv);
	csv_index_release(&s->rows);
	free(s->names_text);
}
