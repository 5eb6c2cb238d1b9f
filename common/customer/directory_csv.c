/*
 * csv:FILE. The file is read once to index the offset of each identifier,
 * which takes 16 to 32 bytes a row, and again when it has changed.
 */
#include "common/customer/directory.h"

#include "common/base/memory.h"
#include "common/customer/csv_index.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct directory_csv {
	const struct address *address;
	struct csv csv;
	struct csv_index index;
	struct stat seen; /* the file that is indexed */
	size_t number;	  /* its column */
};

/* Its index, or -1: failed. */
static int
find_column(const struct directory_csv *d, const char *key,
    const char *standard, struct fault *f)
{
	const char *name = address_get(d->address, key, standard);
	int column = csv_find_column(&d->csv, name);
	char there[DIRECTORY_LIST_SIZE] = "";
	size_t i;

	if (column != -1)
		return column;
	for (i = 0; i < d->csv.columns; i++)
		directory_list(there, csv_column(&d->csv, i));
	return fault_set(f, STATUS_CONFIG,
	    "%s: no column '%s' among %s; name another with ?%s=COLUMN",
	    d->csv.name, name, there, key);
}

static void
unload(struct directory_csv *d)
{
	csv_close(&d->csv);
	csv_index_release(&d->index);
}

static int
load(struct directory_csv *d, struct fault *f)
{
	int identifier = -1, number = -1, r = -1;

	if (csv_open(&d->csv, d->address->rest, f) == -1)
		return -1;
	if (fstat(d->csv.fd, &d->seen) == -1)
		(void)fault_errno(f, STATUS_IO, "%s", d->csv.name);
	else
		identifier =
		    find_column(d, "identifier", DIRECTORY_IDENTIFIER, f);
	if (identifier != -1)
		number = find_column(d, "number", DIRECTORY_NUMBER, f);
	if (number != -1) {
		d->number = (size_t)number;
		r = csv_index_fill(&d->index, &d->csv, (size_t)identifier, f);
	}
	if (r == -1)
		unload(d);
	return r;
}

static int
csv_directory_open(void **state, const struct address *address,
    const struct request_settings *settings, struct fault *f)
{
	struct directory_csv *d = memory_new(1, sizeof *d);

	(void)settings;
	d->address = address;
	if (load(d, f) == -1) {
		/* The customer list is no task: its name is a setting. */
		if (f->status == STATUS_DATA)
			f->status = STATUS_CONFIG;
		free(d);
		return -1;
	}
	*state = d;
	return 0;
}

/* Has the file been replaced or changed? */
static bool
has_changed(const struct directory_csv *d)
{
	struct stat now;

	if (d->csv.fd == -1)
		return true; /* it could not be read last time */
	if (stat(d->address->rest, &now) == -1)
		return false; /* go on with the open one */
	return now.st_ino != d->seen.st_ino || now.st_dev != d->seen.st_dev ||
	    now.st_size != d->seen.st_size ||
	    memcmp(&now.st_mtim, &d->seen.st_mtim, sizeof now.st_mtim) != 0;
}

static int
find_one(struct directory_csv *d, struct directory_query *q, struct fault *f)
{
	size_t cursor = 0;
	int got;

	while (q->outcome != DIRECTORY_NOT_UNIQUE) {
		got =
		    csv_index_next(&d->index, &d->csv, q->customer, &cursor, f);
		if (got != 1)
			return got;
		directory_match(q, csv_field(&d->csv, d->number));
	}
	return 0;
}

static int
csv_directory_find(
    void *state, struct directory_query *q, size_t n, struct fault *f)
{
	struct directory_csv *d = state;
	struct fault why = FAULT_INIT;
	size_t i;

	(void)f;
	if (has_changed(d)) {
		unload(d);
		if (load(d, &why) == -1) {
			/* It may be half written. */
			for (i = 0; i < n; i++)
				directory_fail(
				    &q[i], DIRECTORY_TEMPORARY, why.message);
			return 0;
		}
	}
	for (i = 0; i < n; i++) {
		fault_clear(&why);
		if (find_one(d, &q[i], &why) == -1)
			directory_fail(&q[i], DIRECTORY_TEMPORARY, why.message);
	}
	return 0;
}

static void
csv_directory_close(void *state)
{
	unload(state);
	free(state);
}

static const char *const parameters[] = {"identifier", "number", NULL};

const struct directory_backend directory_csv = {
    .scheme = "csv",
    .parameters = parameters,
    .open = csv_directory_open,
    .find = csv_directory_find,
    .close = csv_directory_close,
};
