/*
 * How every program begins: command line, environment, configuration file.
 */
#ifndef COMMON_SETTINGS_SETTINGS_H
#define COMMON_SETTINGS_SETTINGS_H

#include "common/settings/option.h"

/*
 * Read all of them, do --help and --version, set which messages are printed.
 * 1 the program is done, 0 go on. Fails with STATUS_USAGE for --help and
 * --version beside operands or -i, which may be names of files, and as
 * options_parse() and config_load().
 */
MUST_USE int settings_read(struct options *o, enum program program, int argc,
    char *argv[], struct fault *f);

/*
 * The same without the configuration file: config_load() is for who has
 * something to do before it is read.
 */
MUST_USE int settings_parse(struct options *o, enum program program, int argc,
    char *argv[], struct fault *f);

/* For --dry-run: a line on stderr for each setting of the program. */
void settings_tell(const struct options *o);

#endif
