/*
 * Rows of a CSV file by the value of one column: the offset of each row, not
 * its content. 16 bytes a slot, at least half of the slots in use. Any number
 * of rows may have the same value.
 */
#ifndef COMMON_CUSTOMER_CSV_INDEX_H
#define COMMON_CUSTOMER_CSV_INDEX_H

#include "common/text/csv.h"

#include <stdbool.h>

struct csv_slot;

struct csv_index {
	struct csv_slot *slots; /* sorted by hash */
	size_t size;
	size_t rows;
	size_t found; /* rows that csv_index_next() has found */
	size_t column;
};

#define CSV_INDEX_INIT                                                         \
	{                                                                      \
		NULL, 0, 0, 0, 0                                               \
	}

/* Add all rows of c that were not read yet. Fails as csv_next(). */
MUST_USE int csv_index_fill(
    struct csv_index *x, struct csv *c, size_t column, struct fault *f);

/*
 * Move c to the next row whose column is text: 1, 0 there is none, -1 failed.
 * *cursor is 0 before the first call.
 */
MUST_USE int csv_index_next(struct csv_index *x, struct csv *c,
    const char *text, size_t *cursor, struct fault *f);

/* Forget which rows were found. */
void csv_index_forget(struct csv_index *x);

void csv_index_release(struct csv_index *x);

#endif
