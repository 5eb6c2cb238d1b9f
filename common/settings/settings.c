#include "common/settings/settings.h"

#include "common/base/prog.h"
#include "common/settings/config.h"
#include "common/text/json.h"

enum {
	DESCRIPTION_SIZE = 1400,
};

/*
 * A file of that name among those to work on must not end the program with
 * status 0: "twofa-verify -i * && grant". twofa-ledger has no files, but a
 * command.
 */
static int
check_alone(const struct options *o, const char *option, struct fault *f)
{
	const int words = o->program == PROGRAM_LEDGER ? 1 : 0;

	if (o->operand_count <= words && !option_given(o, OPTION_IN_PLACE))
		return 0;
	return fault_set(f, STATUS_USAGE,
	    "%s goes without operands and -i; in front of a file of that name "
	    "put --",
	    option);
}

/* 1: said, 0: not asked for. */
static int
help_or_version(const struct options *o, struct fault *f)
{
	if (option_given(o, OPTION_HELP)) {
		if (check_alone(o, "--help", f) == -1)
			return -1;
		options_print_help(o);
		return 1;
	}
	if (option_given(o, OPTION_VERSION)) {
		if (check_alone(o, "--version", f) == -1)
			return -1;
		options_print_version();
		return 1;
	}
	return 0;
}

int
settings_parse(struct options *o, enum program program, int argc, char *argv[],
    struct fault *f)
{
	int r;

	json_wipe_freed();
	if (options_parse(o, program, argc, argv, f) == -1)
		return -1;
	r = help_or_version(o, f);
	if (r != 0)
		return r;
	if (option_given(o, OPTION_QUIET))
		prog_set_level(PROG_ERROR);
	else
		prog_set_level(PROG_WARNING +
		    (enum prog_level)option_number(o, OPTION_VERBOSE));
	return 0;
}

int
settings_read(struct options *o, enum program program, int argc, char *argv[],
    struct fault *f)
{
	int r = settings_parse(o, program, argc, argv, f);

	return r != 0 || program == PROGRAM_TASK ? r : config_load(o, f);
}

void
settings_tell(const struct options *o)
{
	char line[DESCRIPTION_SIZE];
	enum option_id id;

	for (id = 0; id < OPTION_COUNT; id++)
		if (option_describe(o, id, line, sizeof line))
			prog_message(PROG_WARNING, "%s", line);
}
