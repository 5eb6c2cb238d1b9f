#include "common/settings/option_inside.h"

#include "common/base/prog.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_ROWS = 64,
	ENV_NAME_SIZE = 64,
};

static int
defaults_set(struct options *o, struct fault *f)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; i < option_table_len; i++) {
		row = &option_table[i];
		if (row->standard != NULL &&
		    (row->programs & (unsigned)o->program) != 0 &&
		    option_value_set(o, row, row->standard, ORIGIN_DEFAULT,
			row->name == NULL ? row->key : row->name, f) == -1) {
			f->status = STATUS_BUG;
			return -1;
		}
	}
	return 0;
}

static void
env_name(char out[ENV_NAME_SIZE], const char *key)
{
	char *p;

	(void)snprintf(out, ENV_NAME_SIZE, "TWOFA_%s", key);
	for (p = out; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
}

static int
environment_read(struct options *o, struct fault *f)
{
	const struct option_row *row;
	const char *text;
	char name[ENV_NAME_SIZE];
	size_t i;
	int r = 0;

	for (i = 0; i < option_table_len; i++) {
		row = &option_table[i];
		if (row->key == NULL || (row->programs & o->program) == 0)
			continue;
		env_name(name, row->key);
		text = getenv(name);
		if (text != NULL && text[0] != '\0' &&
		    option_value_set(
			o, row, text, ORIGIN_ENVIRONMENT, name, f) == -1)
			r = -1;
	}
	return r;
}

/* The rows of one program in the form that getopt_long() wants. */
struct getopt_tables {
	char letters[2 + MAX_ROWS * 2];
	struct option longs[MAX_ROWS];
};

static void
getopt_tables_fill(struct getopt_tables *t, enum program program)
{
	const struct option_row *row;
	char *p = t->letters;
	size_t i, n = 0;

	*p++ = ':';
	for (i = 0; i < option_table_len && n < MAX_ROWS - 1; i++) {
		row = &option_table[i];
		if ((row->programs & (unsigned)program) == 0 ||
		    row->name == NULL)
			continue;
		if (row->letter != '\0')
			*p++ = row->letter;
		if (row->letter != '\0' && row->kind != OPTION_FLAG)
			*p++ = ':';
		t->longs[n].name = row->name;
		t->longs[n].has_arg =
		    row->kind == OPTION_FLAG ? no_argument : required_argument;
		t->longs[n].val = OPTION_LONG_FIRST + (int)i;
		n++;
	}
	*p = '\0';
}

static const struct option_row *
row_by_getopt(enum program program, int c)
{
	size_t i;

	if (c >= OPTION_LONG_FIRST)
		return &option_table[c - OPTION_LONG_FIRST];
	for (i = 0; i < option_table_len; i++)
		if (option_table[i].letter == c &&
		    (option_table[i].programs & (unsigned)program) != 0)
			return &option_table[i];
	return NULL;
}

static int
list_add(struct options *o, struct option_value *v, const char *where,
    struct fault *f)
{
	if (o->list_count == OPTION_MAX_LIST)
		return fault_set(f, STATUS_USAGE, "%s: at most %d times", where,
		    OPTION_MAX_LIST);
	o->list[o->list_count++] = optarg;
	v->text = optarg;
	v->origin = ORIGIN_COMMAND_LINE;
	return 0;
}

static int
option_take(struct options *o, const struct option_row *row, struct fault *f)
{
	struct option_value *v = &o->value[row->id];
	char where[40];

	if (row->kind == OPTION_FLAG) {
		v->number++;
		v->text = "yes";
		v->origin = ORIGIN_COMMAND_LINE;
		return 0;
	}
	(void)snprintf(where, sizeof where, "--%s", row->name);
	if (row->kind == OPTION_LIST)
		return list_add(o, v, where, f);
	return option_value_set(o, row, optarg, ORIGIN_COMMAND_LINE, where, f);
}

int
options_parse(struct options *o, enum program program, int argc, char *argv[],
    struct fault *f)
{
	struct getopt_tables tables = {0};
	const struct option_row *row;
	int c, r;

	o->program = program;
	if (defaults_set(o, f) == -1)
		return -1;
	r = environment_read(o, f);
	getopt_tables_fill(&tables, program);
	opterr = 0;
	while ((c = getopt_long(
		    argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		row = c == '?' || c == ':' ? NULL : row_by_getopt(program, c);
		if (row == NULL)
			r = option_usage_fault(f, program, c, argv);
		else if (option_take(o, row, f) == -1)
			r = -1;
	}
	o->operands = argv + optind;
	o->operand_count = argc - optind;
	return r;
}

int
options_set_from_file(struct options *o, const char *key, const char *value,
    const char *place, struct fault *f)
{
	const struct option_row *row = NULL;
	struct option_value *v, given;
	char where[200];
	size_t i;

	for (i = 0; i < option_table_len && row == NULL; i++)
		if (option_table[i].key != NULL &&
		    strcmp(option_table[i].key, key) == 0)
			row = &option_table[i];
	if (row == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "%s: unknown setting '%s'; see twofa.conf(5)", place, key);
	v = &o->value[row->id];
	if (v->owned != NULL)
		return fault_set(
		    f, STATUS_CONFIG, "%s: %s is set twice", place, key);
	v->owned = strdup(value);
	if (v->owned == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	given = *v;
	(void)snprintf(where, sizeof where, "%s: %s", place, key);
	if (option_value_set(o, row, v->owned, ORIGIN_FILE, where, f) == -1)
		return -1;
	if (given.origin > ORIGIN_FILE)
		*v = given;
	else
		(void)snprintf(v->place, sizeof v->place, "%s", place);
	return 0;
}

_Static_assert(OPTION_COUNT <= 64, "a set of options has 64 bits");

int
options_check_command(const struct options *o, const char *command,
    uint64_t takes, struct fault *f)
{
	const uint64_t allowed = takes | OPTION_BIT(OPTION_CONFIG) |
	    OPTION_BIT(OPTION_DRY_RUN) | OPTION_BIT(OPTION_QUIET) |
	    OPTION_BIT(OPTION_VERBOSE) | OPTION_BIT(OPTION_HELP) |
	    OPTION_BIT(OPTION_VERSION);
	const struct option_row *row;
	char letter[2] = {'\0', '\0'};
	size_t i;

	for (i = 0; i < option_table_len; i++) {
		row = &option_table[i];
		if ((row->programs & (unsigned)o->program) == 0 ||
		    o->value[row->id].origin != ORIGIN_COMMAND_LINE ||
		    (allowed & OPTION_BIT(row->id)) != 0)
			continue;
		letter[0] = row->letter;
		return fault_set(f, STATUS_USAGE,
		    "%s does not take %s%s; see %s --help", command,
		    row->letter == '\0' ? "--" : "-",
		    row->letter == '\0' ? row->name : letter, prog_name());
	}
	return 0;
}
