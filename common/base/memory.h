/*
 * Memory that is there, or the end of the program: no caller has a way out for
 * want of it.
 *
 * A program that runs out of memory ends as one that crashes, which every
 * program withstands at any instant, but says so: what is registered is
 * flushed, a temporary file is removed, one line goes to stderr, and the status
 * is STATUS_IO. Handlers of atexit(3) are not run.
 */
#ifndef COMMON_BASE_MEMORY_H
#define COMMON_BASE_MEMORY_H

#include <stddef.h>

/* count elements of that size, all zero. Never NULL. */
void *memory_new(size_t count, size_t size);

/*
 * block with room for count elements of that size; those that are new are not
 * zeroed, and what block held is not wiped. NULL is an empty block.
 */
void *memory_grow(void *block, size_t count, size_t size);

/* A copy of text, for free(3). */
char *memory_copy(const char *text);

/*
 * Call flush(self) before the program ends for want of memory; NULL: nothing.
 * flush must not allocate.
 */
void memory_before_exhausted(void (*flush)(void *self), void *self);

/* End the program: also for libraries that report it themselves. */
_Noreturn void memory_exhausted(void);

#endif
