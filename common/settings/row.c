/*
 * Setting a member from text.
 */
#include "common/settings/row.h"

#include "common/base/plain.h"
#include "common/settings/command.h"

#include <stdio.h>
#include <string.h>

/* A value of any type: a member is, or begins with, it. */
union value {
	bool flag;
	unsigned number;
	unsigned long duration;
	struct rate rate;
	struct limit limit;
	const char *text;
};

bool
list_has(const char *list, const char *name)
{
	size_t len;

	if (list == NULL || name == NULL)
		return false;
	for (; *list != '\0'; list += len + strspn(list + len, " ")) {
		len = strcspn(list, " ");
		if (strlen(name) == len && strncmp(list, name, len) == 0)
			return true;
	}
	return false;
}

/* Is it an option of the program, or of one of its commands? */
static bool
usage_has(const struct usage *usage, const char *name)
{
	const struct command *c = usage->commands;

	for (; c != NULL && c->name != NULL; c++)
		if (list_has(c->options, name))
			return true;
	return list_has(usage->options, name);
}

static bool
is_of(const struct row *row, const struct usage *usage)
{
	return row->programs == 0 ||
	    (row->programs & (unsigned)usage->program) != 0;
}

bool
row_is_option(const struct row *row, const struct usage *usage)
{
	return row->is_for_all ||
	    (is_of(row, usage) && usage_has(usage, row->name));
}

bool
row_is_read(const struct row *row, const struct usage *usage)
{
	return row_is_option(row, usage) ||
	    (is_of(row, usage) && list_has(usage->keys, row->key));
}

bool
row_has_letter(const struct row *row, const struct usage *usage)
{
	return row->letter != '\0' && row_is_option(row, usage) &&
	    (row->letter_in == 0 ||
		(row->letter_in & (unsigned)usage->program) != 0);
}

const struct row *
row_of(const struct settings *s, const void *member)
{
	size_t i, at = (size_t)((const char *)member - (const char *)s);

	for (i = 0; i < settings_table_len; i++)
		if (settings_table[i].member == at &&
		    row_is_read(&settings_table[i], s->usage))
			return &settings_table[i];
	return NULL;
}

static bool
value_parse(union value *v, const struct row *row, const char *text)
{
	unsigned long n;

	switch (row->type) {
	case SETTING_NUMBER:
		if (!number_parse(&n, text, row->min, row->max))
			return false;
		v->number = (unsigned)n;
		return true;
	case SETTING_DURATION:
	case SETTING_DURATION_MS:
		if (!duration_parse(&n, text, row->min, row->max))
			return false;
		v->duration = row->type == SETTING_DURATION ? n : n * 1000;
		return true;
	case SETTING_RATE:
		return rate_parse(&v->rate, text);
	case SETTING_LIMIT:
		return limit_parse(&v->limit, text);
	case SETTING_LABEL:
		v->text = text;
		return plain_is_label(text);
	case SETTING_FLAG:
	case SETTING_COUNT:
	case SETTING_TEXT:
	case SETTING_FILE:
	case SETTING_LIST:
		break;
	}
	v->text = text;
	return text[0] != '\0';
}

int
row_set(struct settings *s, const struct row *row, const char *text,
    enum origin origin, const char *where, struct fault *f)
{
	struct setting_source *source = &s->sources[row - settings_table];
	union value value;

	if (!value_parse(&value, row, text))
		return fault_set(f,
		    origin == ORIGIN_COMMAND_LINE ? STATUS_USAGE
						  : STATUS_CONFIG,
		    text[0] == '\0' ? "%s: may not be empty: give %s%s"
				    : "%s: give %s, not '%s'",
		    where, row->form, text);
	if (origin < source->origin)
		return 0;
	memcpy((char *)s + row->member, &value, row->size);
	source->text = text;
	source->origin = origin;
	return 0;
}

int
row_set_from_file(struct settings *s, const char *key, const char *value,
    unsigned line, struct fault *f)
{
	const struct row *row = NULL;
	struct setting_source *source;
	char where[DIR_PATH_MAX + 64];
	size_t i;

	/* A row that another program reads is checked, too. */
	for (i = 0; i < settings_table_len; i++)
		if (settings_table[i].key != NULL &&
		    strcmp(settings_table[i].key, key) == 0 &&
		    (row == NULL || row_is_read(&settings_table[i], s->usage)))
			row = &settings_table[i];
	(void)snprintf(
	    where, sizeof where, "%s:%u: %s", s->config.path, line, key);
	if (row == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "%s:%u: unknown setting '%s'; see twofa.conf(5)",
		    s->config.path, line, key);
	source = &s->sources[row - settings_table];
	if (source->line != 0)
		return fault_set(f, STATUS_CONFIG, "%s is set twice", where);
	source->line = line;
	value = arena_copy(&s->strings, value, strlen(value));
	return row_set(s, row, value, ORIGIN_FILE, where, f);
}
