/*
 * The commands of a program, as in "twofa-flow run": one table in its main.c,
 * from which --help prints how each is called.
 */
#ifndef COMMON_SETTINGS_COMMAND_H
#define COMMON_SETTINGS_COMMAND_H

#include "common/settings/settings.h"

struct command {
	const char *name;
	const char *usage;   /* what follows the name: " [FILE...]" */
	const char *options; /* its own, as usage.options */
	/* Returns an exit status, or -1 with a fault; NULL: it is a filter. */
	int (*run)(void *self, struct fault *f);
	const void *extra; /* for the program itself */
};

/* The command of that name, or NULL. A table ends with a row without a name. */
const struct command *command_find(
    const struct command *table, const char *name);

/* Take the command off the front of the command line, if it is there. */
const struct command *command_take(
    const struct command *table, int *argc, char ***argv);

/* Fails with STATUS_USAGE, always: which commands there are. */
MUST_USE int command_missing(const struct settings *s, struct fault *f);

#endif
