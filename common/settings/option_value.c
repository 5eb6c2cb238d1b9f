/*
 * The forms of values.
 */
#include "common/settings/option_inside.h"

#include "common/base/label.h"

#include <stdio.h>
#include <string.h>

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

int
option_value_set(struct options *o, const struct option_row *row,
    const char *text, enum option_origin origin, const char *where,
    struct fault *f)
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
