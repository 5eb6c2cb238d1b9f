#include "common/base/wiping.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Every block carries its size in front, in a header as large as the
 * strictest alignment.
 */
union header {
	size_t size;
	max_align_t align;
};

void *
wiping_malloc(size_t size)
{
	union header *h;

	if (size > SIZE_MAX - sizeof *h)
		return NULL;
	h = malloc(sizeof *h + size);
	if (h == NULL)
		return NULL;
	h->size = size;
	return h + 1;
}

void *
wiping_calloc(size_t count, size_t size)
{
	void *block;

	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	block = wiping_malloc(count * size);
	if (block != NULL)
		memset(block, 0, count * size);
	return block;
}

void *
wiping_realloc(void *block, size_t size)
{
	union header *h = block;
	void *moved;

	moved = wiping_malloc(size);
	if (moved == NULL || block == NULL)
		return moved;
	h--;
	memcpy(moved, block, h->size < size ? h->size : size);
	wiping_free(block);
	return moved;
}

char *
wiping_strdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = wiping_malloc(size);

	if (copy != NULL)
		memcpy(copy, s, size);
	return copy;
}

size_t
wiping_size(const void *block)
{
	return ((const union header *)block - 1)->size;
}

void
wiping_free(void *block)
{
	union header *h = block;

	if (h == NULL)
		return;
	h--;
	explicit_bzero(block, h->size);
	free(h);
}
