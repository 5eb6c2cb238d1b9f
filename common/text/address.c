#include "common/text/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool
scheme_is_valid(const char *text, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

	return len > 0 && strchr(letters, text[0]) != NULL &&
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

int
address_parse(struct address *a, const char *text, struct fault *f)
{
	const char *colon = strchr(text, ':');
	size_t len = strlen(text);

	if (len > ADDRESS_MAX)
		return fault_set(f, STATUS_CONFIG,
		    "address longer than %d bytes", ADDRESS_MAX);
	if (colon == NULL || !scheme_is_valid(text, (size_t)(colon - text)))
		return fault_set(f, STATUS_CONFIG,
		    "'%s' is no address: give SCHEME:REST, as csv:FILE "
		    "or file:OUTBOX",
		    text);
	memset(a, 0, sizeof *a);
	memcpy(a->text, text, len + 1);
	a->text[colon - text] = '\0';
	a->scheme = a->text;
	a->rest = a->text + (colon - text) + 1;
	return 0;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place. '+' stays: it begins telephone numbers. */
static bool
percent_decode(char *text)
{
	char *out = text;
	int high, low;

	for (; *text != '\0'; text++) {
		if (*text != '%') {
			*out++ = *text;
			continue;
		}
		high = hex_value(text[1]);
		low = high == -1 ? -1 : hex_value(text[2]);
		if (low == -1 || (high | low) == 0)
			return false;
		*out++ = (char)(high * 16 + low);
		text += 2;
	}
	*out = '\0';
	return true;
}

static bool
is_known(const char *const known[], const char *key)
{
	if (known == NULL)
		return true;
	for (; *known != NULL; known++)
		if (strcmp(*known, key) == 0)
			return true;
	return false;
}

static int
parameter_add(
    struct address *a, char *pair, const char *const known[], struct fault *f)
{
	char *equals = strchr(pair, '=');
	int n = a->parameter_count;

	if (equals == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "%s: parameter '%s' has no '='", a->scheme, pair);
	*equals = '\0';
	if (!is_known(known, pair))
		return fault_set(f, STATUS_CONFIG, "%s: unknown parameter '%s'",
		    a->scheme, pair);
	if (n == ADDRESS_PARAMETERS || address_get(a, pair, NULL) != NULL)
		return fault_set(f, STATUS_CONFIG,
		    "%s: parameter '%s' stands twice", a->scheme, pair);
	if (!percent_decode(equals + 1))
		return fault_set(f, STATUS_CONFIG,
		    "%s: parameter '%s': wrong percent-encoding", a->scheme,
		    pair);
	a->parameter[n].key = pair;
	a->parameter[n].value = equals + 1;
	a->parameter_count++;
	return 0;
}

int
address_parse_parameters(
    struct address *a, const char *const known[], struct fault *f)
{
	char *pair = strchr(a->text + (a->rest - a->text), '?');
	char *next;

	if (pair == NULL)
		return 0;
	*pair++ = '\0';
	for (; pair != NULL; pair = next) {
		next = strchr(pair, '&');
		if (next != NULL)
			*next++ = '\0';
		if (parameter_add(a, pair, known, f) == -1)
			return -1;
	}
	return 0;
}

const char *
address_get(const struct address *a, const char *key, const char *standard)
{
	int i;

	for (i = 0; i < a->parameter_count; i++)
		if (strcmp(a->parameter[i].key, key) == 0)
			return a->parameter[i].value;
	return standard;
}
