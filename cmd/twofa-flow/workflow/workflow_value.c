/*
 * The values in a workflow's JSON: names, texts, numbers.
 */
#include "cmd/twofa-flow/workflow/workflow_inside.h"

#include "common/base/label.h"
#include "cmd/twofa-flow/workflow/wording.h"
#include "common/text/json.h"
#include "common/task/assign.h"
#include "common/task/names.h"

#include <string.h>

int
workflow_bad(struct fault *f, const char *wanted)
{
	return fault_set(f, STATUS_CONFIG, "give %s", wanted);
}

const char *
workflow_keep(struct workflow *w, const char *text, struct fault *f)
{
	return arena_copy(&w->strings, text, strlen(text), f);
}

bool
workflow_is_name(const char *text)
{
	return text != NULL && strlen(text) <= WORKFLOW_NAME_MAX &&
	    name_is_valid(text, strlen(text));
}

bool
workflow_is_plain(const char *text, size_t max)
{
	size_t i, len;

	if (text == NULL || text[0] == '\0' || strlen(text) > max)
		return false;
	for (i = 0; text[i] != '\0'; i += len) {
		len = label_character(text + i);
		if (len == 0)
			return false;
	}
	return true;
}

int
workflow_read_name(
    struct workflow *w, const char **out, const json_t *value, struct fault *f)
{
	const char *text = json_string_value(value);

	if (!workflow_is_name(text))
		return workflow_bad(f,
		    "a name: letters, digits and _, a letter first, at most "
		    "64");
	*out = workflow_keep(w, text, f);
	return *out == NULL ? -1 : 0;
}

/* Where the call stands is for position.c alone. */
static bool
is_reserved(const char *parameter)
{
	return strcmp(parameter, NAME_FLOW_ACTIVITY) == 0 ||
	    strcmp(parameter, NAME_FLOW_SINCE) == 0 ||
	    strcmp(parameter, NAME_FLOW_COUNT) == 0 ||
	    strcmp(parameter, NAME_FLOW_OUTCOME) == 0;
}

int
workflow_read_parameter(
    struct workflow *w, const char **out, const json_t *value, struct fault *f)
{
	if (workflow_read_name(w, out, value, f) == -1)
		return -1;
	return is_reserved(*out)
	    ? workflow_bad(
		  f, "another parameter: that is where the call stands")
	    : 0;
}

int
workflow_read_plain(
    struct workflow *w, const char **out, const json_t *value, struct fault *f)
{
	const char *text = json_string_value(value);

	if (!workflow_is_plain(text, VALUE_MAX))
		return workflow_bad(
		    f, "a text of 1 to 200 bytes without control characters");
	*out = workflow_keep(w, text, f);
	return *out == NULL ? -1 : 0;
}

/* "" and "NULL" would set nothing. */
int
workflow_read_value(
    struct workflow *w, const char **out, const json_t *value, struct fault *f)
{
	if (workflow_read_plain(w, out, value, f) == -1)
		return -1;
	return strcmp(*out, "NULL") == 0
	    ? workflow_bad(f, "another value: NULL means not set")
	    : 0;
}

static int
add_wording(struct workflow *w, struct wording *out, const char *language,
    const json_t *value, bool is_audio, struct fault *f)
{
	const char *text = json_string_value(value);

	if (out->count == WORKFLOW_MAX_LANGUAGES)
		return workflow_bad(f, "at most 16 languages");
	if (!workflow_is_plain(text, is_audio ? VALUE_MAX : WORKFLOW_TEXT_MAX))
		return workflow_bad(f, "a text without control characters");
	/* It is an argument of a telephone system's command. */
	if (is_audio && strpbrk(text, " \"\\&") != NULL)
		return workflow_bad(
		    f, "a file's name without blanks, \", \\ and &");
	if (!is_audio && wording_check(text, f) == -1)
		return -1;
	out->list[out->count].language = language;
	out->list[out->count].text = workflow_keep(w, text, f);
	return out->list[out->count++].text == NULL ? -1 : 0;
}

/* One text, or {"en":TEXT,"de":TEXT}. */
int
workflow_read_wording(struct workflow *w, struct wording *out, json_t *value,
    bool is_audio, struct fault *f)
{
	const char *language, *kept;
	json_t *text;

	if (json_is_string(value))
		return add_wording(w, out, NULL, value, is_audio, f);
	if (json_object_size(value) == 0)
		return workflow_bad(
		    f, "a text, or an object of languages and texts");
	json_object_foreach(value, language, text)
	{
		if (!workflow_is_plain(language, WORKFLOW_NAME_MAX))
			return workflow_bad(f, "a language, such as en");
		kept = workflow_keep(w, language, f);
		if (kept == NULL ||
		    add_wording(w, out, kept, text, is_audio, f) == -1)
			return -1;
	}
	return 0;
}

int
workflow_read_number(unsigned *out, const json_t *value, unsigned min,
    unsigned max, struct fault *f)
{
	double number = json_number_value(value);

	if (!json_is_number(value) || number < min || number > max ||
	    number != (double)(unsigned)number)
		return fault_set(f, STATUS_CONFIG,
		    "give a whole number from %u to %u", min, max);
	*out = (unsigned)number;
	return 0;
}

/* A number, or the name of a setting: {text, number} pairs. */
int
workflow_read_setting(const struct workflow *w, enum member_form form,
    unsigned *out, const json_t *value, struct fault *f)
{
	const char *text = json_string_value(value);

	if (text == NULL)
		return form == FORM_DIGITS ? workflow_read_number(out, value, 1,
						 WORKFLOW_MAX_DIGITS, f)
					   : workflow_read_number(out, value, 0,
						 WORKFLOW_MAX_COUNT, f);
	if (form == FORM_COUNT && strcmp(text, "max_attempts") == 0)
		*out = w->settings.max_attempts;
	else if (form == FORM_DIGITS && strcmp(text, "pin_digits") == 0)
		*out = w->settings.pin_digits;
	else if (form == FORM_DIGITS && strcmp(text, "identifier_digits") == 0)
		*out = w->settings.identifier_digits;
	else
		return workflow_bad(f,
		    form == FORM_DIGITS
			? "a number, pin_digits or identifier_digits"
			: "a number or max_attempts");
	return 0;
}
