/*
 * The types of settings.
 */
#include "common/settings/row.h"

#include "common/base/label.h"

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
	    (is_of(row, usage) && list_has(usage->options, row->name));
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

/* What a value looks like, for a person. */
static void
describe_form(const struct row *row, char *out, size_t size)
{
	switch (row->type) {
	case SETTING_NUMBER:
		(void)snprintf(
		    out, size, "a number from %lu to %lu", row->min, row->max);
		break;
	case SETTING_DURATION:
	case SETTING_DURATION_MS:
		(void)snprintf(out, size,
		    "a time from %lus to %lus, as 90s or 2m", row->min,
		    row->max);
		break;
	case SETTING_RATE:
		(void)snprintf(out, size, "N/TIME, as 200/1m or 200/m");
		break;
	case SETTING_LIMIT:
		(void)snprintf(out, size,
		    "N/TIME, as 5/10m, up to %d with commas, or none",
		    LIMIT_MAX_RATES);
		break;
	case SETTING_LABEL:
		(void)snprintf(out, size,
		    "1 to %d characters of UTF-8 that can be printed",
		    LABEL_MAX_CHARACTERS);
		break;
	case SETTING_FLAG:
	case SETTING_COUNT:
	case SETTING_TEXT:
	case SETTING_FILE:
	case SETTING_LIST:
		(void)snprintf(out, size, "a text");
		break;
	}
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
		return label_is_valid(text);
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
	char form[80];

	if (!value_parse(&value, row, text)) {
		describe_form(row, form, sizeof form);
		return fault_set(f,
		    origin == ORIGIN_COMMAND_LINE ? STATUS_USAGE
						  : STATUS_CONFIG,
		    text[0] == '\0' ? "%s: may not be empty: give %s%s"
				    : "%s: give %s, not '%s'",
		    where, form, text);
	}
	if (origin < source->origin)
		return 0;
	memcpy((char *)s + row->member, &value, row->size);
	source->text = text;
	source->origin = origin;
	return 0;
}
