#include "common/io/settings.h"

#include "common/base/prog.h"
#include "common/io/config.h"
#include "common/io/json.h"

int
settings_parse(struct options *o, enum program program, int argc, char *argv[],
    struct fault *f)
{
	json_wipe_freed();
	if (options_parse(o, program, argc, argv, f) == -1)
		return -1;
	if (option_given(o, OPTION_HELP)) {
		options_print_help(o);
		return 1;
	}
	if (option_given(o, OPTION_VERSION)) {
		options_print_version();
		return 1;
	}
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
