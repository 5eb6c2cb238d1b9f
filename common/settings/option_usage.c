/*
 * What is wrong with an option.
 */
#include "common/settings/option_inside.h"

#include "common/base/prog.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* The long options of a program that begin with the len bytes of word, as
 * "--reason, --reset": how many. */
static size_t
list_beginning_with(
    enum program program, const char *word, size_t len, char *out, size_t size)
{
	const struct option_row *row;
	size_t i, used = 0, n = 0;

	for (i = 0; i < option_table_len; i++) {
		row = &option_table[i];
		if ((row->programs & (unsigned)program) == 0 ||
		    row->name == NULL || strncmp(row->name, word, len) != 0)
			continue;
		(void)snprintf(out + used, size - used, "%s--%s",
		    n++ == 0 ? "" : ", ", row->name);
		used += strlen(out + used);
	}
	return n;
}

/* What stands behind '=' may be a secret, and is not repeated. */
int
option_usage_fault(struct fault *f, enum program program, int c, char *argv[])
{
	const char *word = argv[optind - 1];
	const int len = (int)strcspn(word, "=");
	const char letter[3] = {'-', (char)optopt, '\0'};
	char list[200];

	if (optopt > 0 && optopt < OPTION_LONG_FIRST)
		return fault_set(f, STATUS_USAGE, "%s: %s; see %s --help",
		    c == ':' ? "option needs a value" : "unknown option",
		    letter, prog_name());
	if (c == '?' && optopt == 0 && len > 2 &&
	    list_beginning_with(
		program, word + 2, (size_t)len - 2, list, sizeof list) > 1)
		return fault_set(f, STATUS_USAGE,
		    "ambiguous option: %.*s is one of %s; see %s --help", len,
		    word, list, prog_name());
	return fault_set(f, STATUS_USAGE, "%s: %.*s; see %s --help",
	    c == ':'	     ? "option needs a value"
		: optopt > 0 ? "option takes no value"
			     : "unknown option",
	    len, word, prog_name());
}
