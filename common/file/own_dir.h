/*
 * Where the running program is: what belongs to it is found from there, never
 * by PATH.
 */
#ifndef COMMON_FILE_OWN_DIR_H
#define COMMON_FILE_OWN_DIR_H

#include "common/base/cdefs.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	OWN_DIR_MAX = 4096, /* bytes of a path with its NUL */
};

/* The directory of the program, or so many directories above it, into out;
 * false: it cannot be found, or not within size bytes. */
MUST_USE bool own_dir(char *out, size_t size, int up);

#endif
