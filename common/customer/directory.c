#include "common/customer/directory.h"

#include "common/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct directory {
	const struct directory_backend *backend;
	void *state;
	struct address address;
};

static const struct directory_backend *const built_in[] = {
    &directory_csv, &directory_sqlite};

static const struct directory_backend *
find_backend(const char *scheme)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(built_in); i++)
		if (strcmp(built_in[i]->scheme, scheme) == 0)
			return built_in[i];
	return &directory_driver;
}

int
directory_open(struct directory **out, const char *address,
    const struct request_settings *settings, struct fault *f)
{
	struct directory *d = memory_new(1, sizeof *d);
	struct address *a = &d->address;

	if (address_parse(a, address, f) == -1)
		goto fail;
	d->backend = find_backend(a->scheme);
	if ((d->backend->parameters != NULL &&
		address_parse_parameters(a, d->backend->parameters, f) == -1) ||
	    d->backend->open(&d->state, a, settings, f) == -1)
		goto fail;
	*out = d;
	return 0;
fail:
	free(d);
	return fault_prefix(f, "directory");
}

int
directory_start(struct directory *d, struct fault *f)
{
	if (d->backend->start == NULL)
		return 0;
	return d->backend->start(d->state, f);
}

int
directory_find(
    struct directory *d, struct directory_query *q, size_t n, struct fault *f)
{
	size_t i;

	for (i = 0; i < n; i++) {
		q[i].outcome = DIRECTORY_NOT_FOUND;
		q[i].number[0] = q[i].detail[0] = '\0';
	}
	if (n == 0 || d->backend->find(d->state, q, n, f) == 0)
		return 0;
	return fault_prefix(f, "directory");
}

void
directory_close(struct directory *d)
{
	if (d == NULL)
		return;
	d->backend->close(d->state);
	free(d);
}

bool
identifier_is_valid(const char *text, unsigned long digits)
{
	return strlen(text) == digits && strspn(text, "0123456789") == digits;
}

void
directory_match(struct directory_query *q, const char *number)
{
	if (q->outcome != DIRECTORY_NOT_FOUND) {
		q->outcome = DIRECTORY_NOT_UNIQUE;
		q->number[0] = '\0';
		return;
	}
	q->outcome = DIRECTORY_FOUND;
	(void)snprintf(q->number, sizeof q->number, "%.*s",
	    DIRECTORY_NUMBER_SIZE - 1, number);
}

void
directory_fail(struct directory_query *q, enum directory_outcome outcome,
    const char *detail)
{
	q->outcome = outcome;
	q->number[0] = '\0';
	(void)snprintf(q->detail, sizeof q->detail, "%.*s",
	    DIRECTORY_DETAIL_SIZE - 1, detail);
}

void
directory_list(char list[DIRECTORY_LIST_SIZE], const char *name)
{
	static const char more[] = ", ...";
	size_t used = strlen(list), len = strlen(name);

	if (used + len + 2 + sizeof more <= DIRECTORY_LIST_SIZE)
		(void)snprintf(list + used, DIRECTORY_LIST_SIZE - used, "%s%s",
		    used == 0 ? "" : ", ", name);
	else if (used < 3 || strcmp(list + used - 3, "...") != 0)
		(void)snprintf(list + used, DIRECTORY_LIST_SIZE - used, "%s",
		    used == 0 ? more + 2 : more);
}
