#include "common/io/csv_index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct csv_slot {
	int64_t place; /* offset of the row and 1; 0: free */
	uint32_t hash;
	uint32_t line : 31;
	uint32_t found : 1;
};

/* FNV-1a: spreads well, and nobody hostile writes the file. */
static uint32_t
hash_text(const char *text)
{
	uint32_t h = 2166136261U;

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 16777619U;
	return h;
}

static void
put(struct csv_index *x, struct csv_slot slot)
{
	size_t i = slot.hash & (x->size - 1);

	while (x->slots[i].place != 0)
		i = (i + 1) & (x->size - 1);
	x->slots[i] = slot;
	x->rows++;
}

static int
grow(struct csv_index *x, struct fault *f)
{
	struct csv_index grown = *x;
	size_t i;

	grown.size = x->size == 0 ? 64 : x->size * 2;
	grown.rows = 0;
	grown.slots = calloc(grown.size, sizeof *grown.slots);
	if (grown.slots == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	for (i = 0; i < x->size; i++)
		if (x->slots[i].place != 0)
			put(&grown, x->slots[i]);
	free(x->slots);
	*x = grown;
	return 0;
}

int
csv_index_fill(
    struct csv_index *x, struct csv *c, size_t column, struct fault *f)
{
	struct csv_slot slot;
	int got;

	x->column = column;
	while ((got = csv_next(c, f)) == 1) {
		if (x->rows >= x->size / 4 * 3 && grow(x, f) == -1)
			return -1;
		slot.place = c->row_offset + 1;
		slot.hash = hash_text(csv_field(c, column));
		slot.line = c->line & 0x7fffffff;
		slot.found = 0;
		put(x, slot);
	}
	return got;
}

/* 1: the row of that slot has the text, and c is on it. */
static int
row_has(const struct csv_index *x, struct csv *c, const struct csv_slot *slot,
    const char *text, struct fault *f)
{
	int got;

	if (csv_seek(c, slot->place - 1, slot->line, f) == -1)
		return -1;
	got = csv_next(c, f);
	if (got != 1)
		return got;
	return strcmp(csv_field(c, x->column), text) == 0;
}

int
csv_index_next(struct csv_index *x, struct csv *c, const char *text,
    size_t *cursor, struct fault *f)
{
	uint32_t hash = hash_text(text);
	struct csv_slot *slot;
	int got;

	while (x->size > 0) {
		slot = &x->slots[(hash + *cursor) & (x->size - 1)];
		if (slot->place == 0)
			return 0;
		++*cursor;
		if (slot->hash != hash)
			continue;
		got = row_has(x, c, slot, text, f);
		if (got == 0)
			continue;
		if (got == 1 && slot->found == 0) {
			slot->found = 1;
			x->found++;
		}
		return got;
	}
	return 0;
}

void
csv_index_forget(struct csv_index *x)
{
	size_t i;

	for (i = 0; i < x->size; i++)
		x->slots[i].found = 0;
	x->found = 0;
}

void
csv_index_release(struct csv_index *x)
{
	free(x->slots);
	*x = (struct csv_index)CSV_INDEX_INIT;
}
