#include "common/base/memory.h"

#include "common/base/prog.h"
#include "common/base/status.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*before)(void *self);
static void *before_self;
/* Freed when an allocation fails, before the program ends. */
static void *reserve;
static size_t reserve_size;

void
memory_before_exhausted(void (*flush)(void *self), void *self)
{
	before = flush;
	before_self = self;
}

void
memory_exhausted(void)
{
	static bool is_said;
	void (*flush)(void *self) = before;

	/* Each step once: it may run out of memory itself. */
	before = NULL;
	if (flush != NULL)
		flush(before_self);
	prog_remove_unfinished();
	if (!is_said) {
		is_said = true;
		prog_message(PROG_ERROR, "out of memory");
	}
	_exit(STATUS_IO);
}

void
memory_use_reserve(void)
{
	if (reserve == NULL)
		memory_exhausted();
	free(reserve);
	reserve = NULL;
	reserve_size = 0;
}

void
memory_reserve(size_t size)
{
	if (size <= reserve_size)
		return;
	free(reserve);
	reserve = NULL;
	reserve = memory_grow(NULL, size, 1);
	reserve_size = size;
}

void *
memory_new(size_t count, size_t size)
{
	void *block;

	while ((block = calloc(count == 0 ? 1 : count, size)) == NULL)
		memory_use_reserve();
	return block;
}

void *
memory_grow(void *block, size_t count, size_t size)
{
	void *grown;

	while (
	    (grown = reallocarray(block, count == 0 ? 1 : count, size)) == NULL)
		memory_use_reserve();
	return grown;
}

void *
memory_room(void *rows, size_t count, size_t *size, size_t row_size)
{
	if (count == *size) {
		*size = *size == 0 ? 16 : *size * 2;
		rows = memory_grow(rows, *size, row_size);
	}
	memset((char *)rows + count * row_size, 0, row_size);
	return rows;
}

char *
memory_copy(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_new(size, 1), text, size);
}
