#include "common/base/arena.h"

#include "common/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_SIZE = 2048, /* holds the strings of an ordinary task */
};

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	char data[];
};

static struct arena_block *
block_new(size_t size)
{
	struct arena_block *b;

	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
	b = memory_new(1, sizeof *b + size);
	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

char *
arena_copy(struct arena *p, const char *data, size_t len, struct fault *f)
{
	(void)f;
	struct arena_block *b = p->blocks;
	char *copy;

	if (b == NULL || b->size - b->used <= len) {
		b = block_new(len + 1);
		b->next = p->blocks;
		p->blocks = b;
	}
	copy = b->data + b->used;
	memcpy(copy, data, len);
	copy[len] = '\0';
	b->used += len + 1;
	return copy;
}

void
arena_reset(struct arena *p)
{
	struct arena_block *b;

	while (p->blocks != NULL && p->blocks->next != NULL) {
		b = p->blocks;
		p->blocks = b->next;
		explicit_bzero(b->data, b->used);
		free(b);
	}
	if (p->blocks != NULL) {
		explicit_bzero(p->blocks->data, p->blocks->used);
		p->blocks->used = 0;
	}
}

void
arena_release(struct arena *p)
{
	arena_reset(p);
	free(p->blocks);
	p->blocks = NULL;
}
