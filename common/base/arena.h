/*
 * Many small strings with one end: copies that live until the pool is reset.
 * All of it is wiped then; it may hold a PIN.
 */
#ifndef COMMON_BASE_ARENA_H
#define COMMON_BASE_ARENA_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
};

#define ARENA_INIT                                                             \
	{                                                                      \
		NULL                                                           \
	}

/*
 * A copy of len bytes with a NUL behind them; the pool owns it. NULL and
 * STATUS_IO without memory.
 */
MUST_USE char *arena_copy(
    struct arena *p, const char *data, size_t len, struct fault *f);

/* Wipe and forget every copy; the oldest block is kept for the next ones. */
void arena_reset(struct arena *p);

/* Wipe and free. The pool can be used again. */
void arena_release(struct arena *p);

#endif
