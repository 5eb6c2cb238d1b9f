/*
 * Many small strings with one end: copies that live until the pool is reset.
 * All of it is wiped then; it may hold a PIN.
 */
#ifndef COMMON_BASE_POOL_H
#define COMMON_BASE_POOL_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <stddef.h>

struct pool_block;

struct pool {
	struct pool_block *blocks; /* newest first */
};

#define POOL_INIT                                                              \
	{                                                                      \
		NULL                                                           \
	}

/*
 * A copy of len bytes with a NUL behind them; the pool owns it. NULL and
 * STATUS_IO without memory.
 */
MUST_USE char *pool_copy(
    struct pool *p, const char *data, size_t len, struct fault *f);

/* Wipe and forget every copy; the oldest block is kept for the next ones. */
void pool_reset(struct pool *p);

/* Wipe and free. The pool can be used again. */
void pool_release(struct pool *p);

#endif
