/*
 * The command line: options, what is wrong with them, and --help.
 */
#include "common/settings/row.h"

#include "common/base/prog.h"
#include "common/settings/command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum {
	LONG_FIRST = 1000, /* what getopt_long() returns for the first row */
};

/* The rows of one program in the form that getopt_long() wants. */
struct getopt_tables {
	char letters[2 + SETTINGS_MAX_ROWS * 2];
	struct option longs[SETTINGS_MAX_ROWS];
};

static bool
has_value(const struct row *row)
{
	return row->type != SETTING_FLAG && row->type != SETTING_COUNT;
}

static void
getopt_tables_fill(struct getopt_tables *t, const struct usage *usage)
{
	const struct row *row;
	char *p = t->letters;
	size_t i, n = 0;

	*p++ = ':';
	for (i = 0; i < settings_table_len; i++) {
		row = &settings_table[i];
		if (!row_is_option(row, usage))
			continue;
		if (row_has_letter(row, usage)) {
			*p++ = row->letter;
			if (has_value(row))
				*p++ = ':';
		}
		t->longs[n++] = (struct option){.name = row->name,
		    .has_arg = has_value(row) ? required_argument : no_argument,
		    .val = LONG_FIRST + (int)i};
	}
}

static const struct row *
row_by_getopt(const struct usage *usage, int c)
{
	size_t i;

	if (c >= LONG_FIRST)
		return &settings_table[c - LONG_FIRST];
	for (i = 0; i < settings_table_len; i++)
		if (settings_table[i].letter == c &&
		    row_has_letter(&settings_table[i], usage))
			return &settings_table[i];
	return NULL;
}

static int
take_option(struct settings *s, const struct row *row, struct fault *f)
{
	void *member = (char *)s + row->member;
	struct setting_list *list = member;
	char where[40];

	(void)snprintf(where, sizeof where, "--%s", row->name);
	if (has_value(row) && row->type != SETTING_LIST)
		return row_set(s, row, optarg, ORIGIN_COMMAND_LINE, where, f);
	s->sources[row - settings_table] =
	    (struct setting_source){.text = has_value(row) ? optarg : "yes",
		.origin = ORIGIN_COMMAND_LINE};
	if (row->type == SETTING_FLAG)
		*(bool *)member = true;
	else if (row->type == SETTING_COUNT)
		++*(unsigned *)member;
	else if (list->count == SETTINGS_MAX_LIST)
		return fault_set(f, STATUS_USAGE, "%s: at most %d times", where,
		    SETTINGS_MAX_LIST);
	else
		list->texts[list->count++] = optarg;
	return 0;
}

/* The long options of a program that begin with the len bytes of word, as
 * "--reason, --reset": how many. */
static size_t
list_beginning_with(const struct usage *usage, const char *word, size_t len,
    char *out, size_t size)
{
	const struct row *row;
	size_t i, used = 0, n = 0;

	for (i = 0; i < settings_table_len; i++) {
		row = &settings_table[i];
		if (!row_is_option(row, usage) ||
		    strncmp(row->name, word, len) != 0)
			continue;
		(void)snprintf(out + used, size - used, "%s--%s",
		    n++ == 0 ? "" : ", ", row->name);
		used += strlen(out + used);
	}
	return n;
}

/*
 * getopt_long() returned c: '?' for an option that is unknown, ambiguous or
 * has a value too many, ':' for one without its value. What is behind '=' may
 * be a secret, and is not repeated.
 */
static int
refuse(const struct usage *usage, int c, char *argv[], struct fault *f)
{
	const char *word = argv[optind - 1];
	const int len = (int)strcspn(word, "=");
	const char letter[3] = {'-', (char)optopt, '\0'};
	char list[200];

	if (optopt > 0 && optopt < LONG_FIRST)
		return fault_set(f, STATUS_USAGE, "%s: %s; see %s --help",
		    c == ':' ? "option needs a value" : "unknown option",
		    letter, prog_name());
	if (c == '?' && optopt == 0 && len > 2 &&
	    list_beginning_with(
		usage, word + 2, (size_t)len - 2, list, sizeof list) > 1)
		return fault_set(f, STATUS_USAGE,
		    "ambiguous option: %.*s is one of %s; see %s --help", len,
		    word, list, prog_name());
	return fault_set(f, STATUS_USAGE, "%s: %.*s; see %s --help",
	    c == ':'	     ? "option needs a value"
		: optopt > 0 ? "option takes no value"
			     : "unknown option",
	    len, word, prog_name());
}

int
command_line_read(struct settings *s, int argc, char *argv[], struct fault *f)
{
	struct getopt_tables tables = {0};
	const struct row *row;
	int c, r = 0;

	getopt_tables_fill(&tables, s->usage);
	opterr = 0;
	while ((c = getopt_long(
		    argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		row = c == '?' || c == ':' ? NULL : row_by_getopt(s->usage, c);
		if ((row == NULL ? refuse(s->usage, c, argv, f)
				 : take_option(s, row, f)) == -1)
			r = -1;
	}
	s->operands = argv + optind;
	s->operand_count = argc - optind;
	return r;
}

int
settings_check_command(
    const struct settings *s, const struct command *command, struct fault *f)
{
	const struct row *row;
	char letter[2] = {'\0', '\0'};
	size_t i;

	for (i = 0; i < settings_table_len && command != NULL; i++) {
		row = &settings_table[i];
		if (s->sources[i].origin != ORIGIN_COMMAND_LINE ||
		    row->is_for_all || list_has(s->usage->options, row->name) ||
		    list_has(command->options, row->name))
			continue;
		letter[0] = row->letter;
		return fault_set(f, STATUS_USAGE,
		    "%s does not take %s%s; see %s --help", command->name,
		    row->letter == '\0' ? "--" : "-",
		    row->letter == '\0' ? row->name : letter, prog_name());
	}
	return 0;
}

static void
print_row(const struct row *row, const struct usage *usage)
{
	char letter[] = "   ", left[40];

	if (row_has_letter(row, usage))
		(void)snprintf(letter, sizeof letter, "-%c,", row->letter);
	(void)snprintf(left, sizeof left, "%s --%s%s%s", letter, row->name,
	    row->argument == NULL ? "" : " ",
	    row->argument == NULL ? "" : row->argument);
	(void)printf("  %-28s %s\n", left, row->help);
}

static void
print_usage(const struct usage *usage)
{
	const struct command *c = usage->commands;

	if (c == NULL)
		(void)printf("%s", usage->text);
	for (; c != NULL && c->name != NULL; c++)
		(void)printf("%s %s %s%s\n",
		    c == usage->commands ? "usage:" : "      ", usage->name,
		    c->name, c->usage);
}

void
help_print(const struct settings *s)
{
	size_t i;

	print_usage(s->usage);
	(void)printf("%s\n", s->usage->purpose);
	for (i = 0; i < settings_table_len; i++)
		if (row_is_option(&settings_table[i], s->usage) &&
		    settings_table[i].help != NULL)
			print_row(&settings_table[i], s->usage);
	(void)printf("  -q quiet, -v more, -h this help, -V version\n");
	(void)printf("See %s(1) for all of it.\n", prog_name());
}
