/*
 * Comma-separated values after RFC 4180, with a header: quoted fields may
 * hold commas, line ends and doubled quotes. UTF-8; a byte order mark in
 * front and either line end are accepted.
 *
 * The file is read through a descriptor; a row is found again by its offset.
 */
#ifndef COMMON_TEXT_CSV_H
#define COMMON_TEXT_CSV_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CSV_MAX_FIELDS = 256,  /* columns */
	CSV_MAX_ROW = 1 << 20, /* bytes of a row */
};

struct csv {
	/* private */
	int fd;		  /* owned; -1: closed */
	const char *name; /* borrowed */
	struct buf in;
	size_t pos;	/* of the next byte in in */
	int64_t offset; /* of in.data[0] in the file */
	unsigned long next_line;
	bool ended;
	struct buf header, text; /* fields with a NUL behind each */
	size_t header_at[CSV_MAX_FIELDS], at[CSV_MAX_FIELDS];
	/* of the last row */
	size_t columns;	    /* of the header, and so of every row */
	unsigned long line; /* on which it begins, from 1 */
	int64_t row_offset; /* where it begins, for csv_seek() */
};

#define CSV_INIT                                                               \
	{                                                                      \
		.fd = -1                                                       \
	}

/*
 * Open path and read the header. path is borrowed.
 *
 * Fails with STATUS_CONFIG: cannot be opened, no header, a column without a
 * name or twice. Others as csv_next().
 */
MUST_USE int csv_open(struct csv *c, const char *path, struct fault *f);

/* The same with standard input, in which csv_seek() may fail. */
MUST_USE int csv_open_stdin(struct csv *c, struct fault *f);

void csv_close(struct csv *c);

/*
 * Read the next row: 1, 0 at the end, -1 failed. Empty lines are skipped.
 *
 * Fails with STATUS_DATA, "FILE:LINE: …": another number of fields than the
 * header, a quote in the wrong place or not closed, too long, a NUL byte.
 * STATUS_IO: cannot be read.
 */
MUST_USE int csv_next(struct csv *c, struct fault *f);

/* Go to a row_offset; line is that row's. Fails with STATUS_IO. */
MUST_USE int csv_seek(
    struct csv *c, int64_t row_offset, unsigned long line, struct fault *f);

/* Name of column i; field i of the last row. Borrowed until the next call. */
const char *csv_column(const struct csv *c, size_t i);
const char *csv_field(const struct csv *c, size_t i);

/* Index of the column with that name, or -1. */
int csv_find_column(const struct csv *c, const char *name);

#endif
