/*
 * The members of an activity, and how their values are read.
 */
#include "cmd/twofa-flow/workflow/workflow_member.h"

#include "common/base/plain.h"
#include "cmd/twofa-flow/workflow/wording.h"
#include "common/task/assign.h"
#include "common/task/names.h"

#include <string.h>

enum {
	VALUE_MAX = 200, /* bytes of a value or of a place to transfer to */
};

int
workflow_bad(struct fault *f, const char *wanted)
{
	return fault_set(f, STATUS_CONFIG, "give %s", wanted);
}

const char *
workflow_keep(struct workflow *w, const char *text)
{
	return arena_copy(&w->strings, text, strlen(text));
}

/* --- names and texts ------------------------------------------------------ */

bool
workflow_is_name(const char *text)
{
	return text != NULL && strlen(text) <= WORKFLOW_NAME_MAX &&
	    name_is_valid(text, strlen(text));
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
	*out = workflow_keep(w, text);
	return 0;
}

/* position.c alone sets the position of the call. */
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
    struct workflow *w, void *at, json_t *value, struct fault *f)
{
	const char **name = at;

	if (workflow_read_name(w, name, value, f) == -1)
		return -1;
	return is_reserved(*name)
	    ? workflow_bad(
		  f, "another parameter: that is where the call stands")
	    : 0;
}

/* 1 to max bytes of UTF-8 without control characters? */
static bool
is_plain(const char *text, size_t max)
{
	size_t i, len;

	if (text == NULL || text[0] == '\0' || strlen(text) > max)
		return false;
	for (i = 0; text[i] != '\0'; i += len) {
		len = plain_printable(text + i);
		if (len == 0)
			return false;
	}
	return true;
}

static int
read_plain(struct workflow *w, void *at, json_t *value, struct fault *f)
{
	const char *text = json_string_value(value);

	if (!is_plain(text, VALUE_MAX))
		return workflow_bad(
		    f, "a text of 1 to 200 bytes without control characters");
	*(const char **)at = workflow_keep(w, text);
	return 0;
}

static int
read_value(struct workflow *w, void *at, json_t *value, struct fault *f)
{
	const char *text = json_string_value(value);

	return text != NULL && strcmp(text, "NULL") == 0
	    ? workflow_bad(f, "another value: NULL means not set")
	    : read_plain(w, at, value, f);
}

/* --- texts in several languages ------------------------------------------- */

static int
add_wording(struct workflow *w, struct wording *out, const char *language,
    const char *text, struct fault *f)
{
	if (out->count == WORKFLOW_MAX_LANGUAGES)
		return workflow_bad(f, "at most 16 languages");
	out->list[out->count].language = language;
	out->list[out->count++].text = workflow_keep(w, text);
	return 0;
}

typedef int wording_test(const char *text, struct fault *f);

/* One text, or {"en":TEXT,"de":TEXT}, each of which passes the test. */
static int
read_wording(struct workflow *w, struct wording *out, json_t *value,
    wording_test *test, struct fault *f)
{
	const char *language;
	json_t *text;

	if (json_is_string(value))
		return test(json_string_value(value), f) == -1
		    ? -1
		    : add_wording(w, out, NULL, json_string_value(value), f);
	if (json_object_size(value) == 0)
		return workflow_bad(
		    f, "a text, or an object of languages and texts");
	json_object_foreach(value, language, text)
	{
		if (!is_plain(language, WORKFLOW_NAME_MAX))
			return workflow_bad(f, "a language, such as en");
		if (test(json_string_value(text), f) == -1 ||
		    add_wording(w, out, workflow_keep(w, language),
			json_string_value(text), f) == -1)
			return -1;
	}
	return 0;
}

static int
check_text(const char *text, struct fault *f)
{
	return is_plain(text, WORKFLOW_TEXT_MAX)
	    ? wording_check(text, f)
	    : workflow_bad(f, "a text without control characters");
}

/* It becomes an argument of a telephone system's command. */
static int
check_audio(const char *text, struct fault *f)
{
	if (!is_plain(text, VALUE_MAX))
		return workflow_bad(f, "a text without control characters");
	return strpbrk(text, " \"\\&") == NULL
	    ? 0
	    : workflow_bad(f, "a file's name without blanks, \", \\ and &");
}

static int
read_text(struct workflow *w, void *at, json_t *value, struct fault *f)
{
	return read_wording(w, at, value, check_text, f);
}

static int
read_audio(struct workflow *w, void *at, json_t *value, struct fault *f)
{
	return read_wording(w, at, value, check_audio, f);
}

/* --- numbers -------------------------------------------------------------- */

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

static int
read_seconds(struct workflow *w, void *at, json_t *value, struct fault *f)
{
	(void)w;
	return workflow_read_number(at, value, 1, WORKFLOW_MAX_SECONDS, f);
}

static int
read_count(struct workflow *w, void *at, json_t *value, struct fault *f)
{
	const char *setting = json_string_value(value);

	if (setting == NULL)
		return workflow_read_number(
		    at, value, 0, WORKFLOW_MAX_COUNT, f);
	if (strcmp(setting, "max_attempts") != 0)
		return workflow_bad(f, "a number or max_attempts");
	*(unsigned *)at = w->settings.max_attempts;
	return 0;
}

static int
read_digits(struct workflow *w, void *at, json_t *value, struct fault *f)
{
	const char *setting = json_string_value(value);

	if (setting == NULL)
		return workflow_read_number(
		    at, value, 1, WORKFLOW_MAX_DIGITS, f);
	if (strcmp(setting, "pin_digits") == 0)
		*(unsigned *)at = w->settings.pin_digits;
	else if (strcmp(setting, "identifier_digits") == 0)
		*(unsigned *)at = w->settings.identifier_digits;
	else
		return workflow_bad(
		    f, "a number, pin_digits or identifier_digits");
	return 0;
}

/* --- exits ---------------------------------------------------------------- */

/* Activities further down are not read yet: find_targets() sets e->to. */
static int
add_exit(struct workflow *w, struct activity *a, enum member kind,
    const char *key, const json_t *value, struct fault *f)
{
	struct workflow_exit *e;

	if (a->exit_count == WORKFLOW_MAX_EXITS)
		return workflow_bad(f, "at most 32 exits");
	e = &a->exits[a->exit_count++];
	e->kind = kind;
	e->key = key;
	return workflow_read_name(w, &e->target, value, f);
}

static int
check_key(enum member kind, const char *key, struct fault *f)
{
	if (kind == EXIT_CHOICE)
		return strlen(key) == 1 && strchr("0123456789*#", *key) != NULL
		    ? 0
		    : workflow_bad(f, "keys of a telephone: 0 to 9, * and #");
	return is_plain(key, VALUE_MAX) && strcmp(key, "NULL") != 0
	    ? 0
	    : workflow_bad(f, "values that a parameter can have");
}

static int
read_exits(struct workflow *w, struct activity *a, enum member kind,
    json_t *value, struct fault *f)
{
	const char *key;
	json_t *target;

	if (kind != EXIT_CHOICE && kind != EXIT_CASE)
		return add_exit(w, a, kind, NULL, value, f);
	if (json_object_size(value) == 0)
		return workflow_bad(f, "an object of keys and activities");
	json_object_foreach(value, key, target)
	{
		if (check_key(kind, key, f) == -1 ||
		    add_exit(w, a, kind, workflow_keep(w, key), target, f) ==
			-1)
			return -1;
	}
	return 0;
}

/* --- all of them ---------------------------------------------------------- */

#define AT(member) offsetof(struct activity, member)

static const struct {
	const char *name;
	/* Read value to offset in the activity; NULL: it is an exit. */
	int (*read)(
	    struct workflow *w, void *at, json_t *value, struct fault *f);
	size_t offset;
} members[MEMBERS] = {
    [MEMBER_PARAMETER] = {"parameter", workflow_read_parameter, AT(parameter)},
    [MEMBER_VALUE] = {"value", read_value, AT(value)},
    [MEMBER_TO] = {"to", read_plain, AT(to)},
    [MEMBER_TEXT] = {"text", read_text, AT(text)},
    [MEMBER_AUDIO] = {"audio", read_audio, AT(audio)},
    [MEMBER_DIGITS] = {"digits", read_digits, AT(digits)},
    [MEMBER_SECONDS] = {"seconds", read_seconds, AT(seconds)},
    [MEMBER_DIGIT_SECONDS] = {"digitSeconds", read_seconds, AT(digit_seconds)},
    [MEMBER_RETRIES] = {"retries", read_count, AT(retries)},
    [MEMBER_MAX] = {"max", read_count, AT(max)},
    [EXIT_NEXT] = {.name = "next"},
    [EXIT_NO_RESPONSE] = {.name = "noResponse"},
    [EXIT_NO_INPUT] = {.name = "noInput"},
    [EXIT_TIMEOUT] = {.name = "timeout"},
    [EXIT_FAILED] = {.name = "failure"},
    [EXIT_OTHERWISE] = {.name = "otherwise"},
    [EXIT_EXCEEDED] = {.name = "exceeded"},
    [EXIT_CHOICE] = {.name = "choices"},
    [EXIT_CASE] = {.name = "cases"},
};

const char *
member_name(enum member member)
{
	return members[member].name;
}

int
member_read(struct workflow *w, struct activity *a, enum member member,
    json_t *value, struct fault *f)
{
	void *at = (char *)a + members[member].offset;

	return members[member].read == NULL
	    ? read_exits(w, a, member, value, f)
	    : members[member].read(w, at, value, f);
}
