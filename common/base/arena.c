#include "common/base/arena.h"

#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_SIZE = 2048, /* holds the strings of an ordinary task */
};

struct pool_block {
	struct pool_block *next;
	size_t used;
	size_t size;
	char data[];
};

static struct pool_block *
block_new(size_t size)
{
	struct pool_block *b;

	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
	b = malloc(sizeof *b + size);
	if (b == NULL)
		return NULL;
	b->next = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

char *
pool_copy(struct pool *p, const char *data, size_t len, struct fault *f)
{
	struct pool_block *b = p->blocks;
	char *copy;

	if (b == NULL || b->size - b->used <= len) {
		b = block_new(len + 1);
		if (b == NULL) {
			(void)fault_set(f, STATUS_IO, "out of memory");
			return NULL;
		}
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
pool_reset(struct pool *p)
{
	struct pool_block *b;

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
pool_release(struct pool *p)
{
	pool_reset(p);
	free(p->blocks);
	p->blocks = NULL;
}
