/*
 * Copies of strings that live until the arena is reset and are wiped then:
 * they may hold a PIN.
 */
#ifndef COMMON_BASE_ARENA_H
#define COMMON_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
};

#define ARENA_INIT                                                             \
	{                                                                      \
		NULL                                                           \
	}

/* A copy of len bytes with a NUL after them; the arena owns it. */
char *arena_copy(struct arena *a, const char *data, size_t len);

/* Wipe and forget all copies; the oldest block is kept for the next ones. */
void arena_reset(struct arena *a);

/* Wipe and free. The arena can be used again. */
void arena_release(struct arena *a);

#endif
