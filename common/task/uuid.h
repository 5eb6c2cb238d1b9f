/* Random identifiers: UUID version 4 (RFC 9562). */
#ifndef COMMON_TASK_UUID_H
#define COMMON_TASK_UUID_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

enum {
	UUID_SIZE = 37, /* 36 characters and a NUL */
};

/* Draw one, in lower case. Fails with STATUS_BUG without randomness. */
MUST_USE int uuid_draw(char out[UUID_SIZE], struct fault *f);

#endif
