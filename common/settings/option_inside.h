/*
 * What the files of the options share.
 */
#ifndef COMMON_SETTINGS_OPTION_INSIDE_H
#define COMMON_SETTINGS_OPTION_INSIDE_H

#include "common/settings/option.h"

enum {
	OPTION_LONG_FIRST = 1000, /* getopt_long: value of the first row */
};

/*
 * Set the value of a row from text, which is borrowed. where: how the user
 * knows the setting: "--pin-ttl", "TWOFA_PIN_TTL", "FILE:LINE: pin_ttl". Fails
 * with STATUS_USAGE for the command line, else with STATUS_CONFIG.
 */
MUST_USE int option_value_set(struct options *o, const struct option_row *row,
    const char *text, enum option_origin origin, const char *where,
    struct fault *f);

/*
 * getopt_long() returned c: '?' for an option that is unknown, ambiguous or
 * has a value too many, ':' for one without its value. Fails with STATUS_USAGE.
 */
int option_usage_fault(
    struct fault *f, enum program program, int c, char *argv[]);

#endif
