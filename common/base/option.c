#include "common/base/option.h"

#include "common/base/label.h"
#include "common/base/prog.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LONG_FIRST = 1000, /* getopt_long: value of the first row */
	MAX_ROWS = 64,
	ENV_NAME_SIZE = 64,
};

/* What the range of a row looks like to a person. */
static void
describe_form(const struct option_row *row, char *out, size_t size)
{
	switch (row->kind) {
	case OPTION_NUMBER:
		(void)snprintf(
		    out, size, "a number from %lu to %lu", row->min, row->max);
		break;
	case OPTION_DURATION:
		(void)snprintf(out, size,
		    "a time from %lus to %lus, as 90s or "
		    "2m",
		    row->min, row->max);
		break;
	case OPTION_RATE:
		(void)snprintf(out, size, "N/TIME, as 200/1m or 200/m");
		break;
	case OPTION_FLAG:
		(void)snprintf(out, size, "yes or no");
		break;
	case OPTION_LABEL:
		(void)snprintf(out, size,
		    "1 to %d characters of UTF-8 that can be printed",
		    LABEL_MAX_CHARACTERS);
		break;
	case OPTION_TEXT:
	case OPTION_LIST:
	default:
		(void)snprintf(out, size, "a text");
		break;
	}
}

static bool
value_parse(
    struct option_value *v, const struct option_row *row, const char *text)
{
	switch (row->kind) {
	case OPTION_NUMBER:
		return number_parse(&v->number, text, row->min, row->max);
	case OPTION_DURATION:
		return duration_parse(&v->number, text, row->min, row->max);
	case OPTION_RATE:
		return rate_parse(&v->rate, text);
	case OPTION_FLAG:
		v->number = strcmp(text, "yes") == 0 ? 1 : 0;
		return v->number == 1 || strcmp(text, "no") == 0;
	case OPTION_LABEL:
		return label_is_valid(text);
	case OPTION_TEXT:
	case OPTION_LIST:
	default:
		return text[0] != '\0';
	}
}

/* where: how the user knows the setting: "--pin-ttl", "TWOFA_PIN_TTL", … */
static int
value_set(struct options *o, const struct option_row *row, const char *text,
    enum option_origin origin, const char *where, struct fault *f)
{
	struct option_value *v = &o->value[row->id];
	char form[80];

	if (!value_parse(v, row, text)) {
		describe_form(row, form, sizeof form);
		(void)fault_set(f,
		    origin == ORIGIN_COMMAND_LINE ? STATUS_USAGE
						  : STATUS_CONFIG,
		    text[0] == '\0' ? "%s: may not be empty: give %s%s"
				    : "%s: give %s, not '%s'",
		    where, form, text);
		return -1;
	}
	v->text = text;
	v->origin = origin;
	return 0;
}

static const struct option_row *
row_find(unsigned programs, enum option_id id)
{
	size_t i;

	for (i = 0; i < option_table_len; i++)
		if (option_table[i].id == id &&
		    (option_table[i].programs & programs) != 0)
			return &option_table[i];
	return NULL;
}

static int
defaults_set(struct options *o, struct fault *f)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; i < option_table_len; i++) {
		row = &option_table[i];
		if (row->standard != NULL &&
		    (row->programs & (unsigned)o->program) != 0 &&
		    value_set(o, row, row->standard, ORIGIN_DEFAULT,
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
		    value_set(o, row, text, ORIGIN_ENVIRONMENT, name, f) == -1)
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
		t->longs[n].val = LONG_FIRST + (int)i;
		n++;
	}
	*p = '\0';
}

static const struct option_row *
row_by_getopt(enum program program, int c)
{
	size_t i;

	if (c >= LONG_FIRST)
		return &option_table[c - LONG_FIRST];
	for (i = 0; i < option_table_len; i++)
		if (option_table[i].letter == c &&
		    (option_table[i].programs & (unsigned)program) != 0)
			return &option_table[i];
	return NULL;
}

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

/*
 * getopt_long() said no: '?' unknown, ambiguous or with a value too many, ':'
 * no value. What stands behind '=' may be a secret, and is not repeated.
 */
static int
usage_fault(struct fault *f, enum program program, int c, char *argv[])
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
	return value_set(o, row, optarg, ORIGIN_COMMAND_LINE, where, f);
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
			r = usage_fault(f, program, c, argv);
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
	if (value_set(o, row, v->owned, ORIGIN_FILE, where, f) == -1)
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

void
options_release(struct options *o)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		free(o->value[i].owned);
		o->value[i].owned = NULL;
	}
}

const char *
option_text(const struct options *o, enum option_id id)
{
	return o->value[id].text;
}

unsigned long
option_number(const struct options *o, enum option_id id)
{
	return o->value[id].number;
}

struct rate
option_rate(const struct options *o, enum option_id id)
{
	return o->value[id].rate;
}

bool
option_given(const struct options *o, enum option_id id)
{
	return o->value[id].number > 0;
}

int
option_blame(const struct options *o, enum option_id id, struct fault *f)
{
	if (o->value[id].origin == ORIGIN_FILE)
		fault_prefix(f, "%s", o->value[id].place);
	return -1;
}

int
option_note(struct options *o, enum option_id id, const char *text,
    enum option_origin origin, struct fault *f)
{
	struct option_value *v = &o->value[id];

	if (v->text != NULL)
		return 0;
	v->owned = strdup(text);
	if (v->owned == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	v->text = v->owned;
	v->origin = origin;
	return 0;
}

bool
option_describe(
    const struct options *o, enum option_id id, char *out, size_t size)
{
	const struct option_row *row = row_find((unsigned)o->program, id);
	const struct option_value *v = &o->value[id];
	const char *origin[] = {
	    "default", v->place, "environment", "command line"};

	if (row == NULL || (row->key == NULL && id != OPTION_CONFIG))
		return false;
	if (v->text == NULL)
		(void)snprintf(out, size, "%s is not set",
		    row->key == NULL ? row->name : row->key);
	else
		(void)snprintf(out, size, "%s = %s (%s)",
		    row->key == NULL ? row->name : row->key, v->text,
		    origin[v->origin]);
	return true;
}
