/*
 * Which command is meant, and which options it takes.
 */
#include "common/call/call.h"

#include "common/base/prog.h"
#include "common/call/call_inside.h"
#include "common/call/step.h"
#include "common/io/settings.h"

#include <string.h>

enum {
	TAKES_INPUT = 1 << 0,
	TAKES_IN_PLACE = 1 << 1,
	TAKES_REJECTS = 1 << 2,
	TAKES_FACE = 1 << 3,
	TAKES_OUTPUT = 1 << 4,
	TAKES_TRACE = 1 << 5,
	TAKES_REF = 1 << 6,
	TAKES_MERMAID = 1 << 7,
	TAKES_WORKFLOW = 1 << 8,
};

static const struct {
	enum option_id id;
	unsigned bit;
	const char *name;
} restricted[] = {
    {OPTION_INPUT, TAKES_INPUT, "-I"},
    {OPTION_IN_PLACE, TAKES_IN_PLACE, "-i"},
    {OPTION_REJECTS, TAKES_REJECTS, "--rejects"},
    {OPTION_FACE, TAKES_FACE, "-F"},
    {OPTION_OUTPUT, TAKES_OUTPUT, "-o"},
    {OPTION_TRACE, TAKES_TRACE, "--trace"},
    {OPTION_REF, TAKES_REF, "--ref"},
    {OPTION_MERMAID, TAKES_MERMAID, "--mermaid"},
    {OPTION_WORKFLOW, TAKES_WORKFLOW, "-w"},
};

static const struct command {
	const char *name;
	unsigned takes;
	int (*run)(struct options *o, struct fault *f); /* NULL: step */
} commands[] = {
    {"step", TAKES_WORKFLOW | TAKES_INPUT | TAKES_IN_PLACE | TAKES_REJECTS,
	NULL},
    {"run",
	TAKES_WORKFLOW | TAKES_FACE | TAKES_OUTPUT | TAKES_TRACE | TAKES_REF,
	call_run},
    {"desk", TAKES_REF, call_desk},
    {"check", TAKES_WORKFLOW, call_check},
    {"graph", TAKES_WORKFLOW | TAKES_MERMAID, call_graph},
    {"show", 0, call_show},
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
check_options(const struct command *c, const struct options *o, struct fault *f)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(restricted); i++)
		if (o->value[restricted[i].id].origin == ORIGIN_COMMAND_LINE &&
		    (c->takes & restricted[i].bit) == 0)
			return fault_set(f, STATUS_USAGE,
			    "%s does not take %s; see %s --help", c->name,
			    restricted[i].name, prog_name());
	return 0;
}

static int
open_step(void *self, struct options *o, size_t *window, struct fault *f)
{
	if (check_options(find_command("step"), o, f) == -1)
		return -1;
	return step_open(self, o, window, f);
}

static int
run_step(int argc, char *argv[])
{
	struct step step = STEP_INIT;
	const struct stage stage = {.self = &step,
	    .open = open_step,
	    .close = step_close,
	    .begin = step_begin,
	    .finish = step_finish,
	    .no_answer = ANSWER_NONE,
	    .answer_name = "FlowActivity"};

	return stage_program(&stage, PROGRAM_FLOW, "twofa-flow", argc, argv);
}

static int
no_command(const struct options *o, struct fault *f)
{
	if (o->operand_count > 0)
		return fault_set(f, STATUS_USAGE,
		    "unknown command '%s'; see %s --help", o->operands[0],
		    prog_name());
	return fault_set(f, STATUS_USAGE,
	    "give a command: step, run, desk, check, graph or show; see %s "
	    "--help",
	    prog_name());
}

int
call_program(int argc, char *argv[])
{
	const struct command *c = argc > 1 ? find_command(argv[1]) : NULL;
	struct options options = OPTIONS_INIT;
	struct fault f = FAULT_INIT;
	int status;

	if (c != NULL) {
		argc--;
		argv++;
	}
	if (c != NULL && c->run == NULL)
		return run_step(argc, argv);
	prog_start("twofa-flow");
	status = settings_read(&options, PROGRAM_FLOW, argc, argv, &f);
	if (status == 1)
		status = STATUS_OK;
	else if (status == 0 && c == NULL)
		status = no_command(&options, &f);
	else if (status == 0)
		status = check_options(c, &options, &f) == -1
		    ? -1
		    : c->run(&options, &f);
	if (status == -1)
		status = prog_fail(&f);
	options_release(&options);
	return prog_finish(status);
}
