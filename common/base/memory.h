/*
 * Memory that never fails: a program without memory ends.
 *
 * It ends like a program that is killed, which is safe at any time, but prints
 * "out of memory": the hook below is called, an unfinished file is removed
 * (prog.h), and the status is STATUS_IO. Handlers of atexit(3) are not run.
 */
#ifndef COMMON_BASE_MEMORY_H
#define COMMON_BASE_MEMORY_H

#include <stddef.h>

/* count elements of that size, all zero. Never NULL. */
void *memory_new(size_t count, size_t size);

/*
 * Resize block to count elements of that size; new ones are not zeroed, and an
 * old block is not wiped. NULL is an empty block.
 */
void *memory_grow(void *block, size_t count, size_t size);

/*
 * Make room for one more row after the first count of *size rows, and zero it.
 * Returns rows, which may have moved.
 */
void *memory_room(void *rows, size_t count, size_t *size, size_t row_size);

/* A copy of text, for free(3). */
char *memory_copy(const char *text);

/* Call flush(self) before the program ends without memory; NULL: no more. */
void memory_before_exhausted(void (*flush)(void *self), void *self);

/*
 * Keep size bytes, which are given up when an allocation fails. Call it before
 * work that should not end half done, such as sending a message.
 */
void memory_reserve(size_t size);

/*
 * An allocation of a library failed. Returns when it can be tried again because
 * the reserve was given up, else ends the program.
 */
void memory_use_reserve(void);

/* End the program. */
_Noreturn void memory_exhausted(void);

#endif
