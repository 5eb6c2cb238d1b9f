/*
 * twofa-flow: calls under a workflow.
 */
#include "common/base/prog.h"
#include "cmd/twofa-flow/commands.h"
#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "common/settings/settings.h"

#include <stdlib.h>
#include <string.h>

static const struct usage usage = {.program = PROGRAM_FLOW,
    .name = "twofa-flow",
    .text = "usage: twofa-flow step [-i] [-I KEYS]... [FILE...]\n"
	    "       twofa-flow run [-F CHANNEL] [-o FILE] [TASK]\n"
	    "       twofa-flow desk CUSTOMER\n"
	    "       twofa-flow check | graph [FILE]\n"
	    "       twofa-flow show [call | desk]\n",
    .purpose = "Take calls through a workflow.",
    .options = "workflow input face output trace mermaid in-place ref "
	       "rejects config",
    .keys = "identifier_digits pin_digits max_attempts language"};

static const struct command {
	const char *name;
	const char *takes;
	int (*run)(
	    struct settings *settings, struct session *s, struct fault *f);
} commands[] = {
    {.name = "step", /* a filter: flow_step() */
	.takes = "workflow input in-place rejects config"},
    {.name = "run",
	.takes = "workflow face output trace ref config",
	.run = flow_run},
    {.name = "desk", .takes = "ref config", .run = flow_desk},
    {.name = "check", .takes = "workflow config", .run = flow_check},
    {.name = "graph", .takes = "workflow mermaid config", .run = flow_graph},
    {.name = "show", .takes = "config", .run = flow_show},
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
no_command(const struct settings *settings, struct fault *f)
{
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
	    "give a command: step, run, desk, check, graph or show; see %s "
	    "--help",
	    prog_name());
}

/* Also when the command line is wrong: see channel.h. */
static int
begin_channel(
    struct channel *c, const struct settings *settings, struct fault *f)
{
	const char *name = settings->flow.channel;

	if (settings->dry_run)
		return 0;
	c->type = channel_find(name == NULL ? "tty" : name);
	if (c->type == NULL || c->type->begin == NULL)
		return 0;
	channel_catch_hang_up(false);
	return c->type->begin(c, f);
}

/* --dry-run: open and try what the command would use; no call is accepted. */
static int
dry_run(const struct command *c, const struct settings *settings,
    struct session *s, struct fault *f)
{
	bool is_desk = c->run == flow_desk;

	settings_tell(settings);
	if ((is_desk ? workflow_open_builtin(&s->workflow, settings, "desk", f)
		     : workflow_open_checked(
			   &s->workflow, settings, "call", f)) == -1)
		return -1;
	return is_desk || c->run == flow_run
	    ? trigger_try_all(&s->workflow, true, f)
	    : STATUS_OK;
}

static int
run_command(const struct command *c, struct settings *settings,
    struct session *s, struct fault *f)
{
	if (config_load(settings, f) == -1)
		return -1;
	if (c == NULL)
		return no_command(settings, f);
	if (settings_check_command(settings, c->name, c->takes, f) == -1)
		return -1;
	/* Triggers read the file that was found, or that -c names. */
	if (settings->config.path[0] != '\0' &&
	    setenv("TWOFA_CONF", settings->config.path, 1) == -1)
		return fault_errno(f, STATUS_IO, "TWOFA_CONF");
	return settings->dry_run ? dry_run(c, settings, s, f)
				 : c->run(settings, s, f);
}

int
main(int argc, char *argv[])
{
	const struct command *c = argc > 1 ? find_command(argv[1]) : NULL;
	struct settings settings = SETTINGS_INIT;
	struct session session = SESSION_INIT;
	struct fault f = FAULT_INIT;
	int status;

	if (c != NULL) {
		argc--;
		argv++;
	}
	if (c != NULL && c->run == NULL)
		return flow_step(&usage, c->takes, argc, argv);
	prog_start(usage.name);
	status = settings_parse(&settings, &usage, argc, argv, &f);
	if (status == 1)
		status = STATUS_OK;
	else if (begin_channel(&session.channel, &settings, &f) == -1)
		status = -1;
	else if (status == 0)
		status = run_command(c, &settings, &session, &f);
	if (status == -1)
		status = prog_fail(&f);
	session_release(&session);
	settings_release(&settings);
	return prog_finish(status);
}
