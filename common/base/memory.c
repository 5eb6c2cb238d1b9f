#include "common/base/memory.h"

#include "common/base/prog.h"
#include "common/base/status.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*before)(void *self);
static void *before_self;

void
memory_before_exhausted(void (*flush)(void *self), void *self)
{
	before = flush;
	before_self = self;
}

void
memory_exhausted(void)
{
	void (*flush)(void *self) = before;

	/* Once: it may come here again. */
	before = NULL;
	if (flush != NULL)
		flush(before_self);
	prog_message(PROG_ERROR, "out of memory");
	_exit(STATUS_IO);
}

void *
memory_new(size_t count, size_t size)
{
	void *block = calloc(count == 0 ? 1 : count, size);

	if (block == NULL)
		memory_exhausted();
	return block;
}

void *
memory_grow(void *block, size_t count, size_t size)
{
	void *grown = reallocarray(block, count == 0 ? 1 : count, size);

	if (grown == NULL)
		memory_exhausted();
	return grown;
}

char *
memory_copy(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_new(size, 1), text, size);
}
