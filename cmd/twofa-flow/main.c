/*
 * twofa-flow: calls under a workflow.
 */
#include "common/base/prog.h"
#include "cmd/twofa-flow/commands.h"
#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "common/settings/config.h"
#include "common/settings/settings.h"

#include <stdlib.h>
#include <string.h>

static const struct command {
	const char *name;
	uint64_t takes;
	int (*run)(struct options *o, struct session *s, struct fault *f);
} commands[] = {
    {.name = "step", /* a filter: flow_step() */
	.takes = OPTION_BIT(OPTION_WORKFLOW) | OPTION_BIT(OPTION_INPUT) |
	    OPTION_BIT(OPTION_IN_PLACE) | OPTION_BIT(OPTION_REJECTS)},
    {.name = "run",
	.takes = OPTION_BIT(OPTION_WORKFLOW) | OPTION_BIT(OPTION_FACE) |
	    OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_TRACE) |
	    OPTION_BIT(OPTION_REF),
	.run = flow_run},
    {.name = "desk", .takes = OPTION_BIT(OPTION_REF), .run = flow_desk},
    {.name = "check", .takes = OPTION_BIT(OPTION_WORKFLOW), .run = flow_check},
    {.name = "graph",
	.takes = OPTION_BIT(OPTION_WORKFLOW) | OPTION_BIT(OPTION_MERMAID),
	.run = flow_graph},
    {.name = "show", .run = flow_show},
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
no_command(const struct options *o, struct fault *f)
{
	if (o->operand_count > 0 && find_command(o->operands[0]) != NULL)
		return fault_set(f, STATUS_USAGE,
		    "the command comes before the options: %s %s ...; see %s "
		    "--help",
		    prog_name(), o->operands[0], prog_name());
	if (o->operand_count > 0)
		return fault_set(f, STATUS_USAGE,
		    "unknown command '%s'; see %s --help", o->operands[0],
		    prog_name());
	return fault_set(f, STATUS_USAGE,
	    "give a command: step, run, desk, check, graph or show; see %s "
	    "--help",
	    prog_name());
}

/* Also when the command line is wrong: see channel.h. */
static int
begin_channel(struct channel *c, const struct options *o, struct fault *f)
{
	const char *name = option_text(o, OPTION_FACE);

	if (option_given(o, OPTION_DRY_RUN))
		return 0;
	c->type = channel_find(name == NULL ? "tty" : name);
	if (c->type == NULL || c->type->begin == NULL)
		return 0;
	channel_catch_hang_up(false);
	return c->type->begin(c, f);
}

/* --dry-run: open and try what the command would use; no call is accepted. */
static int
dry_run(const struct command *c, const struct options *o, struct session *s,
    struct fault *f)
{
	bool is_desk = c->run == flow_desk;

	settings_tell(o);
	if ((is_desk ? workflow_open_builtin(&s->workflow, o, "desk", f)
		     : workflow_open_checked(&s->workflow, o, "call", f)) == -1)
		return -1;
	return is_desk || c->run == flow_run
	    ? trigger_try_all(&s->workflow, true, f)
	    : STATUS_OK;
}

static int
run_command(const struct command *c, struct options *o, struct session *s,
    struct fault *f)
{
	const char *config;

	if (config_load(o, f) == -1)
		return -1;
	if (c == NULL)
		return no_command(o, f);
	if (options_check_command(o, c->name, c->takes, f) == -1)
		return -1;
	/* Triggers read the file that -c names. */
	config = option_text(o, OPTION_CONFIG);
	if (config != NULL && setenv("TWOFA_CONF", config, 1) == -1)
		return fault_errno(f, STATUS_IO, "TWOFA_CONF");
	return option_given(o, OPTION_DRY_RUN) ? dry_run(c, o, s, f)
					       : c->run(o, s, f);
}

int
main(int argc, char *argv[])
{
	const struct command *c = argc > 1 ? find_command(argv[1]) : NULL;
	struct options options = OPTIONS_INIT;
	struct session session = SESSION_INIT;
	struct fault f = FAULT_INIT;
	int status;

	if (c != NULL) {
		argc--;
		argv++;
	}
	if (c != NULL && c->run == NULL)
		return flow_step(c->takes, argc, argv);
	prog_start("twofa-flow");
	status = settings_parse(&options, PROGRAM_FLOW, argc, argv, &f);
	if (status == 1)
		status = STATUS_OK;
	else if (begin_channel(&session.channel, &options, &f) == -1)
		status = -1;
	else if (status == 0)
		status = run_command(c, &options, &session, &f);
	if (status == -1)
		status = prog_fail(&f);
	session_release(&session);
	options_release(&options);
	return prog_finish(status);
}
