/*
 * Which command is meant, and which options it takes.
 */
#include "cmd/twofa-flow/commands.h"

#include "common/base/prog.h"
#include "cmd/twofa-flow/commands_inside.h"
#include "cmd/twofa-flow/step.h"
#include "common/settings/config.h"
#include "common/settings/settings.h"

#include <string.h>

static const struct command {
	const char *name;
	uint64_t takes;
	int (*run)(struct options *o, struct fault *f); /* NULL: step, run */
} commands[] = {
    {"step",
	OPTION_BIT(OPTION_WORKFLOW) | OPTION_BIT(OPTION_INPUT) |
	    OPTION_BIT(OPTION_IN_PLACE) | OPTION_BIT(OPTION_REJECTS),
	NULL},
    {"run",
	OPTION_BIT(OPTION_WORKFLOW) | OPTION_BIT(OPTION_FACE) |
	    OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_TRACE) |
	    OPTION_BIT(OPTION_REF),
	NULL},
    {"desk", OPTION_BIT(OPTION_REF), flow_desk},
    {"check", OPTION_BIT(OPTION_WORKFLOW), flow_check},
    {"graph", OPTION_BIT(OPTION_WORKFLOW) | OPTION_BIT(OPTION_MERMAID),
	flow_graph},
    {"show", 0, flow_show},
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
open_step(void *self, struct options *o, size_t *window, struct fault *f)
{
	const struct command *c = find_command("step");

	if (options_check_command(o, c->name, c->takes, f) == -1)
		return -1;
	return step_open(self, o, window, f);
}

static int
run_step(int argc, char *argv[])
{
	struct step step = STEP_INIT;
	const struct filter filter = {.self = &step,
	    .open = open_step,
	    .close = step_close,
	    .begin = step_begin,
	    .finish = step_finish,
	    .no_answer = ANSWER_NONE,
	    .answer_name = "FlowActivity"};

	return filter_program(&filter, PROGRAM_FLOW, "twofa-flow", argc, argv);
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

static int
run_command(const struct command *c, struct options *o, struct caller *caller,
    struct fault *f)
{
	if (config_load(o, f) == -1)
		return -1;
	if (c == NULL)
		return no_command(o, f);
	if (options_check_command(o, c->name, c->takes, f) == -1)
		return -1;
	if (option_given(o, OPTION_DRY_RUN))
		return flow_dry(o, c->name, f);
	return c->run == NULL ? flow_run(o, caller, f) : c->run(o, f);
}

int
flow_program(int argc, char *argv[])
{
	const struct command *c = argc > 1 ? find_command(argv[1]) : NULL;
	struct options options = OPTIONS_INIT;
	struct caller caller = {NULL, NULL};
	struct fault f = FAULT_INIT;
	int status;

	if (c != NULL) {
		argc--;
		argv++;
	}
	if (c != NULL && c == find_command("step"))
		return run_step(argc, argv);
	prog_start("twofa-flow");
	status = settings_parse(&options, PROGRAM_FLOW, argc, argv, &f);
	if (status == 1)
		status = STATUS_OK;
	else if ((!option_given(&options, OPTION_DRY_RUN) &&
		     flow_first(&caller, &options, &f) == -1) ||
	    status == -1)
		status = -1;
	else
		status = run_command(c, &options, &caller, &f);
	if (status == -1)
		status = prog_fail(&f);
	flow_close(&caller);
	options_release(&options);
	return prog_finish(status);
}
