#include "common/customer/csv_index.h"

#include "common/base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct csv_slot {
	int64_t offset; /* of the row */
	uint32_t hash;
	uint32_t line : 31;
	uint32_t found : 1;
};

/* FNV-1a: fast; the file is not an attacker's. */
static uint32_t
hash_text(const char *text)
{
	uint32_t h = 2166136261U;

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 16777619U;
	return h;
}

/* By hash; equal ones in the order of the file. */
static int
compare(const void *a, const void *b)
{
	const struct csv_slot *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

int
csv_index_fill(
    struct csv_index *x, struct csv *c, size_t column, struct fault *f)
{
	struct csv_slot slot = {.found = 0};
	int got;

	x->column = column;
	while ((got = csv_next(c, f)) == 1) {
		slot.offset = c->row_offset;
		slot.hash = hash_text(csv_field(c, column));
		slot.line = c->line & 0x7fffffff;
		x->slots =
		    memory_room(x->slots, x->rows, &x->size, sizeof *x->slots);
		x->slots[x->rows++] = slot;
	}
	if (x->rows > 0)
		qsort(x->slots, x->rows, sizeof *x->slots, compare);
	return got;
}

/* The first slot with that hash, or the place where it would be. */
static size_t
find(const struct csv_index *x, uint32_t hash)
{
	size_t low = 0, high = x->rows, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (x->slots[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
csv_index_next(struct csv_index *x, struct csv *c, const char *text,
    size_t *cursor, struct fault *f)
{
	uint32_t hash = hash_text(text);
	size_t i = find(x, hash) + *cursor;
	struct csv_slot *slot;
	int got;

	for (; i < x->rows && x->slots[i].hash == hash; i++) {
		++*cursor;
		slot = &x->slots[i];
		if (csv_seek(c, slot->offset, slot->line, f) == -1)
			return -1;
		got = csv_next(c, f);
		if (got == -1)
			return -1;
		if (got == 0 || strcmp(csv_field(c, x->column), text) != 0)
			continue;
		x->found += slot->found == 0;
		slot->found = 1;
		return 1;
	}
	return 0;
}

void
csv_index_forget(struct csv_index *x)
{
	size_t i;

	for (i = 0; i < x->rows; i++)
		x->slots[i].found = 0;
	x->found = 0;
}

void
csv_index_release(struct csv_index *x)
{
	free(x->slots);
	*x = (struct csv_index)CSV_INDEX_INIT;
}
