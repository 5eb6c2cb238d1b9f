/*
 * twofa-flow: calls under a workflow.
 */
#include "common/base/prog.h"
#include "cmd/twofa-flow/commands.h"
#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "common/settings/command.h"

#include <stdlib.h>

static const struct command commands[] = {
    {.name = "step",
	.usage = " [-i] [-I KEYS]... [FILE...]",
	.options = "workflow input in-place rejects",
	.run = NULL /* flow_step() */},
    {.name = "run",
	.usage = " [-F CHANNEL] [-o FILE] [TASK]",
	.options = "workflow face output trace ref",
	.run = flow_run},
    {.name = "desk", .usage = " CUSTOMER", .options = "ref", .run = flow_desk},
    {.name = "check",
	.usage = " [FILE]",
	.options = "workflow",
	.run = flow_check},
    {.name = "graph",
	.usage = " [--mermaid] [FILE]",
	.options = "workflow mermaid",
	.run = flow_graph},
    {.name = "show", .usage = " [call | desk]", .run = flow_show},
    {.name = NULL},
};

static const struct usage usage = {.program = PROGRAM_FLOW,
    .name = "twofa-flow",
    .commands = commands,
    .purpose = "Take calls through a workflow.",
    .options = "config",
    .keys = "identifier_digits pin_digits max_attempts language"};

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
dry_run(const struct command *c, struct session *s, struct fault *f)
{
	const struct settings *settings = s->settings;
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
		return command_missing(settings, f);
	if (settings_check_command(settings, c, f) == -1)
		return -1;
	/* Triggers read the file that was found, or that -c names. */
	if (settings->config.path[0] != '\0' &&
	    setenv("TWOFA_CONF", settings->config.path, 1) == -1)
		return fault_errno(f, STATUS_IO, "TWOFA_CONF");
	return settings->dry_run ? dry_run(c, s, f) : c->run(s, f);
}

int
main(int argc, char *argv[])
{
	const struct command *c = command_take(commands, &argc, &argv);
	struct settings settings = SETTINGS_INIT;
	struct session session = SESSION_INIT;
	struct fault f = FAULT_INIT;
	int status;

	if (c != NULL && c->run == NULL)
		return flow_step(c, &usage, argc, argv);
	prog_start(usage.name);
	session.settings = &settings;
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
