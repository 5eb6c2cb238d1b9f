/*
 * An error: an exit status and a message of one line.
 *
 * Every function that can fail takes a struct fault * last. Only the first
 * fault_set() on an object has an effect, so that a clean-up cannot hide the
 * cause.
 *
 * A message never holds a PIN, a key, a token or a full telephone number.
 */
#ifndef COMMON_BASE_FAULT_H
#define COMMON_BASE_FAULT_H

#include "common/base/cdefs.h"
#include "common/base/status.h"

enum {
	FAULT_SIZE = 512, /* of the message with its NUL; longer ones are cut */
};

struct fault {
	int status; /* enum status; 0: no fault yet */
	char message[FAULT_SIZE];
};

#define FAULT_INIT                                                             \
	{                                                                      \
		STATUS_OK, ""                                                  \
	}

/* Record a fault. Returns -1 always, so that it fits after return. */
int fault_set(struct fault *f, int status, const char *format, ...)
    PRINTF_LIKE(3, 4);

/*
 * Record a fault with the text of errno behind it: "FORMAT: No such file".
 * STATUS_CONFIG becomes STATUS_IO where errno says that the system failed.
 * The message is plain_make(). Returns -1.
 */
int fault_errno(struct fault *f, int status, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Put "FORMAT: " before the message of a recorded fault. Returns -1. */
int fault_prefix(struct fault *f, const char *format, ...) PRINTF_LIKE(2, 3);

/* Make it FAULT_INIT again. */
void fault_clear(struct fault *f);

#endif
