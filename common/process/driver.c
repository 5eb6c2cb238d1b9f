/*
 * A driver's life: its first line, what it says, its end.
 */
#include "common/process/driver_inside.h"

#include "common/base/clock.h"
#include "common/text/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	READ_SIZE = 4096,
	CLOSE_MS = 5000, /* for a driver that has nothing open to end */
};

int
driver_open(struct driver *d, const char *kind, const char *scheme,
    const char *rest, struct fault *f)
{
	char path[DRIVER_PATH_SIZE];

	*d = (struct driver)DRIVER_INIT;
	d->kind = kind;
	d->child_kind = strcmp(scheme, "exec") == 0 ? CHILD_EXEC : CHILD_DRIVER;
	d->in.max = DRIVER_MAX_LINE + READ_SIZE;
	if (d->child_kind == CHILD_EXEC) {
		d->text = strdup(rest);
		if (d->text == NULL)
			return fault_set(f, STATUS_IO, "out of memory");
		if (child_split(d->text, d->argv, DRIVER_WORDS + 1, f) != -1)
			return 0;
		fault_prefix(f, "exec");
		return -1;
	}
	if (driver_find(path, kind, scheme, f) == -1)
		return -1;
	if (asprintf(&d->text, "%s%c%s", path, '\0', rest) == -1) {
		d->text = NULL;
		return fault_set(f, STATUS_IO, "out of memory");
	}
	d->argv[0] = d->text;
	d->argv[1] = d->text + strlen(path) + 1;
	d->argv[2] = NULL;
	return 0;
}

void
driver_stop(struct driver *d, int64_t deadline_ms)
{
	(void)child_wait(&d->child, deadline_ms);
	buf_clear(&d->in);
}

void
driver_close(struct driver *d)
{
	driver_stop(d, clock_monotonic_ms() + CLOSE_MS);
	json_decref(d->hello);
	d->hello = NULL;
	buf_release(&d->in);
	free(d->text);
	d->text = NULL;
}

int
driver_wait(struct driver *d, bool to_write, int64_t deadline_ms)
{
	struct fault ignored = FAULT_INIT;
	int ready = child_poll(&d->child, to_write, deadline_ms);

	if (ready <= 0)
		return ready;
	return (ready & CHILD_READABLE) == 0 ||
	    child_read(&d->child, &d->in, &ignored) == 1;
}

int
driver_take_line(struct driver *d, json_t **out)
{
	struct fault f = FAULT_INIT;
	char *end = d->in.len == 0 ? NULL : memchr(d->in.data, '\n', d->in.len);
	size_t len;
	int r;

	if (end == NULL)
		return d->in.len > DRIVER_MAX_LINE ? -1 : 0;
	len = (size_t)(end - d->in.data);
	r = json_parse(out, d->in.data, len, &f);
	buf_consume(&d->in, len + 1);
	if (r == -1)
		return -1;
	if (json_is_object(*out))
		return 1;
	json_decref(*out);
	*out = NULL;
	return -1;
}

static int
check_hello(const struct driver *d, const json_t *hello, struct fault *f)
{
	const char *kind = json_member_text(hello, "kind");

	if (json_number_value(json_object_get(hello, "twofa")) == 1 &&
	    kind != NULL && strcmp(kind, d->kind) == 0)
		return 0;
	return fault_set(f, STATUS_CONFIG,
	    "%s: its first line does not say {\"twofa\":1,\"kind\":\"%s\"}",
	    d->argv[0], d->kind);
}

static int
read_hello(struct driver *d, json_t **hello, struct fault *f)
{
	int64_t deadline_ms = clock_monotonic_ms() + DRIVER_HELLO_MS;
	int got, more, status;

	while ((got = driver_take_line(d, hello)) == 0) {
		more = driver_wait(d, false, deadline_ms);
		if (more == 1)
			continue;
		status = child_wait(
		    &d->child, more == 0 ? clock_monotonic_ms() + CLOSE_MS : 0);
		if (status >= STATUS_USAGE && status < CHILD_SIGNALLED)
			return fault_set(f, status,
			    "%s: the driver refused to start (status %d)",
			    d->argv[0], status);
		return fault_set(f, STATUS_CONFIG,
		    "%s: ended with status %d before its first line",
		    d->argv[0], status);
	}
	if (got == -1)
		return fault_set(f, STATUS_CONFIG,
		    "%s: its first line is not a JSON object", d->argv[0]);
	return check_hello(d, *hello, f);
}

int
driver_start(struct driver *d, struct fault *f)
{
	json_t *hello = NULL;

	if (d->child.pid != -1)
		return 0;
	if (d->deaths >= DRIVER_MAX_DEATHS)
		return fault_set(f, STATUS_TEMPORARY,
		    "%s: died %d times in a row without an answer", d->argv[0],
		    d->deaths);
	if (child_start(&d->child, d->child_kind, d->argv, f) == -1)
		return -1;
	if (read_hello(d, &hello, f) == -1) {
		/* What an earlier one said holds for what it was asked. */
		json_decref(hello);
		driver_stop(d, 0);
		return -1;
	}
	json_decref(d->hello);
	d->hello = hello;
	return 0;
}

bool
driver_says(const struct driver *d, const char *member)
{
	return json_is_true(json_object_get(d->hello, member));
}

bool
driver_needs(const struct driver *d, const char *what)
{
	const json_t *needs = json_object_get(d->hello, "needs");
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(needs); i++) {
		text = json_string_value(json_array_get(needs, i));
		if (text != NULL && strcmp(text, what) == 0)
			return true;
	}
	return false;
}
