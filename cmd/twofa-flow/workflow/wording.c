#include "cmd/twofa-flow/workflow/wording.h"

#include "common/base/number.h"
#include "common/base/plain.h"
#include "common/task/assign.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

enum {
	MAX_SHOWN_OF_NUMBER = 4,
};

struct placeholder {
	char name[WORKFLOW_NAME_MAX + 1];
	size_t last; /* 0: all of it */
	size_t len;  /* of "{…}" */
};

/* Read "{NAME}" or "{NAME:lastN}"; false: it is neither. */
static bool
placeholder_read(struct placeholder *p, const char *text)
{
	static const char last[] = ":last";
	const char *end = strchr(text, '}');
	const char *colon = strchr(text, ':');
	size_t name_len, rest_len;

	if (end == NULL)
		return false;
	if (colon == NULL || colon > end)
		colon = end;
	name_len = (size_t)(colon - text) - 1;
	rest_len = (size_t)(end - colon);
	if (name_len >= sizeof p->name || !name_is_valid(text + 1, name_len))
		return false;
	(void)snprintf(
	    p->name, sizeof p->name, "%.*s", (int)name_len, text + 1);
	p->len = (size_t)(end - text) + 1;
	p->last = 0;
	if (rest_len == 0)
		return true;
	if (rest_len != sizeof last || memcmp(colon, last, rest_len - 1) != 0 ||
	    colon[rest_len - 1] < '1' || colon[rest_len - 1] > '9')
		return false;
	p->last = (size_t)(colon[rest_len - 1] - '0');
	return true;
}

static int
placeholder_check(const struct placeholder *p, struct fault *f)
{
	if (strcmp(p->name, NAME_PIN) == 0 ||
	    strcmp(p->name, NAME_GENERATED_PIN) == 0)
		return fault_set(
		    f, STATUS_CONFIG, "{%s}: a PIN is never said", p->name);
	if (strcmp(p->name, NAME_SMS_NUMBER) == 0 &&
	    (p->last == 0 || p->last > MAX_SHOWN_OF_NUMBER))
		return fault_set(f, STATUS_CONFIG,
		    "{%s}: give {%s:last2}: a number is said by its last "
		    "digits, at most %d",
		    p->name, p->name, MAX_SHOWN_OF_NUMBER);
	return 0;
}

int
wording_check(const char *text, struct fault *f)
{
	struct placeholder p;

	for (text = strchr(text, '{'); text != NULL;
	     text = strchr(text + 1, '{')) {
		if (!placeholder_read(&p, text))
			return fault_set(f, STATUS_CONFIG,
			    "after '{' comes the name of a parameter and '}', "
			    "or ':last2}'");
		if (placeholder_check(&p, f) == -1)
			return -1;
	}
	return 0;
}

static const char *
last_characters(const char *value, size_t count)
{
	size_t at = strlen(value);

	while (at > 0 && count > 0)
		if (((unsigned char)value[--at] & 0xc0) != 0x80)
			count--;
	return value + at;
}

static const char *
placeholder_value(const struct placeholder *p, wording_get *get, void *self)
{
	const char *value = get(self, p->name);

	if (value == NULL)
		return "";
	return p->last == 0 ? value : last_characters(value, p->last);
}

static int
append_value(const char *value, struct buf *out, struct fault *f)
{
	const char *start = value;
	size_t len;
	bool plain;

	for (; *value != '\0'; value += len) {
		len = plain_character(value, &plain);
		if ((size_t)(value - start) + len > WORDING_VALUE_MAX)
			break;
		if (buf_append(out, plain ? value : "?", plain ? len : 1, f) ==
		    -1)
			return -1;
	}
	return 0;
}

/* The next placeholder in text, or NULL. A '{' that begins none is text. */
static const char *
next_placeholder(struct placeholder *p, const char *text)
{
	for (text = strchr(text, '{'); text != NULL;
	     text = strchr(text + 1, '{'))
		if (placeholder_read(p, text))
			return text;
	return NULL;
}

int
wording_fill(const char *text, wording_get *get, void *self, struct buf *out,
    struct fault *f)
{
	struct placeholder p;
	const char *at;

	while ((at = next_placeholder(&p, text)) != NULL) {
		if (buf_append(out, text, (size_t)(at - text), f) == -1 ||
		    append_value(placeholder_value(&p, get, self), out, f) ==
			-1)
			return -1;
		text = at + p.len;
	}
	return buf_append_text(out, text, f);
}

int
wording_digits(const char *text, wording_get *get, void *self, struct buf *out,
    struct fault *f)
{
	struct placeholder p;
	const char *value;

	while ((text = next_placeholder(&p, text)) != NULL) {
		text += p.len;
		value = placeholder_value(&p, get, self);
		if (!is_digits(value) || strlen(value) > WORDING_VALUE_MAX)
			continue;
		if ((out->len > 0 && buf_append_char(out, ' ', f) == -1) ||
		    buf_append_text(out, value, f) == -1)
			return -1;
	}
	return 0;
}
