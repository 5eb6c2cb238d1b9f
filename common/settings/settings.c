#include "common/settings/row.h"

#include "common/base/prog.h"
#include "common/text/json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ENV_NAME_SIZE = 64,
	DESCRIPTION_SIZE = 1400,
};

static int
set_defaults(struct settings *s, struct fault *f)
{
	const struct row *row;
	size_t i;

	for (i = 0; i < settings_table_len; i++) {
		row = &settings_table[i];
		if (row->standard != NULL && row_is_read(row, s->usage) &&
		    row_set(s, row, row->standard, ORIGIN_DEFAULT, row->key,
			f) == -1) {
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
read_environment(struct settings *s, struct fault *f)
{
	const struct row *row;
	const char *text;
	char name[ENV_NAME_SIZE];
	size_t i;
	int r = 0;

	for (i = 0; i < settings_table_len; i++) {
		row = &settings_table[i];
		if (row->key == NULL || !row_is_read(row, s->usage))
			continue;
		env_name(name, row->key);
		text = getenv(name);
		if (text != NULL && text[0] != '\0' &&
		    row_set(s, row, text, ORIGIN_ENVIRONMENT, name, f) == -1)
			r = -1;
	}
	return r;
}

/*
 * A file of that name among those to work on must not end the program with
 * status 0: "twofa-verify -i * && grant". twofa-ledger has no files, but a
 * command.
 */
static int
check_alone(const struct settings *s, const char *option, struct fault *f)
{
	const int words = s->usage->program == PROGRAM_LEDGER ? 1 : 0;

	if (s->operand_count <= words && !s->in_place)
		return 0;
	return fault_set(f, STATUS_USAGE,
	    "%s takes neither operands nor -i; before a file of that name put "
	    "--",
	    option);
}

/* 1: printed, 0: not asked for. */
static int
help_or_version(const struct settings *s, struct fault *f)
{
	if (!s->help && !s->version)
		return 0;
	if (check_alone(s, s->help ? "--help" : "--version", f) == -1)
		return -1;
	if (s->help)
		help_print(s);
	else
		(void)printf("%s (twofa) %s\n", prog_name(), TWOFA_VERSION);
	return 1;
}

int
settings_parse(struct settings *s, const struct usage *usage, int argc,
    char *argv[], struct fault *f)
{
	int r;

	json_wipe_freed();
	s->usage = usage;
	if (set_defaults(s, f) == -1)
		return -1;
	r = read_environment(s, f);
	if (command_line_read(s, argc, argv, f) == -1 || r == -1)
		return -1;
	s->ledger.ref = s->ref;
	s->key.dry_run = s->ledger.dry_run = s->dry_run;
	prog_set_level(
	    s->quiet ? PROG_ERROR : PROG_WARNING + (enum prog_level)s->verbose);
	return help_or_version(s, f);
}

int
settings_read(struct settings *s, const struct usage *usage, int argc,
    char *argv[], struct fault *f)
{
	int r = settings_parse(s, usage, argc, argv, f);

	return r != 0 || !list_has(usage->options, "config")
	    ? r
	    : config_load(s, f);
}

static const struct setting_source *
source_of(const struct settings *s, const void *member)
{
	return &s->sources[row_of(s, member) - settings_table];
}

int
settings_blame(const struct settings *s, const void *member, struct fault *f)
{
	const struct setting_source *source = source_of(s, member);

	return source->origin == ORIGIN_FILE
	    ? fault_prefix(f, "%s:%u", s->config.path, source->line)
	    : -1;
}

bool
settings_is_option(const struct settings *s, const void *member)
{
	return source_of(s, member)->origin == ORIGIN_COMMAND_LINE;
}

bool
settings_describe(const struct settings *s, size_t i, char *out, size_t size)
{
	static const char *const origins[] = {[ORIGIN_DEFAULT] = "default",
	    [ORIGIN_ENVIRONMENT] = "environment",
	    [ORIGIN_COMMAND_LINE] = "command line"};
	const struct row *row = &settings_table[i];
	const struct setting_source *source = &s->sources[i];
	const char *text = source->text;
	const char *name = row->key == NULL ? row->name : row->key;
	const struct found_file *file =
	    (const void *)((const char *)s + row->member);

	if (!row_is_read(row, s->usage) ||
	    (row->key == NULL && row->type != SETTING_FILE))
		return false;
	if (row->type == SETTING_FILE && text == NULL && file->path[0] != '\0')
		text = file->path;
	if (text == NULL)
		(void)snprintf(out, size, "%s is not set", name);
	else if (source->origin == ORIGIN_FILE)
		(void)snprintf(out, size, "%s = %s (%s:%u)", name, text,
		    s->config.path, source->line);
	else
		(void)snprintf(out, size, "%s = %s (%s)", name, text,
		    origins[source->origin]);
	return true;
}

void
settings_tell(const struct settings *s)
{
	char line[DESCRIPTION_SIZE];
	size_t i;

	for (i = 0; i < settings_table_len; i++)
		if (settings_describe(s, i, line, sizeof line))
			prog_message(PROG_WARNING, "%s", line);
}

void
settings_release(struct settings *s)
{
	arena_release(&s->strings);
}
