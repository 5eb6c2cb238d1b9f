#include "common/base/arena.h"

#include "common/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_SIZE = 2048, /* enough for the strings of an ordinary task */
};

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	char data[];
};

static void
make_room(struct arena *a, size_t len)
{
	struct arena_block *b = a->blocks;
	size_t size = len + 1 > BLOCK_SIZE ? len + 1 : BLOCK_SIZE;

	if (b != NULL && b->size - b->used > len)
		return;
	b = memory_new(1, sizeof *b + size);
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
}

char *
arena_copy(struct arena *a, const char *data, size_t len)
{
	struct arena_block *b;
	char *copy;

	make_room(a, len);
	b = a->blocks;
	copy = b->data + b->used;
	memcpy(copy, data, len);
	copy[len] = '\0';
	b->used += len + 1;
	return copy;
}

void
arena_reset(struct arena *a)
{
	struct arena_block *b;

	while (a->blocks != NULL && a->blocks->next != NULL) {
		b = a->blocks;
		a->blocks = b->next;
		explicit_bzero(b->data, b->used);
		free(b);
	}
	if (a->blocks != NULL) {
		explicit_bzero(a->blocks->data, a->blocks->used);
		a->blocks->used = 0;
	}
}

void
arena_release(struct arena *a)
{
	arena_reset(a);
	free(a->blocks);
	a->blocks = NULL;
}
