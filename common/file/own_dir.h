/*
 * Where the running program is: what belongs to it is found from there, never
 * by PATH.
 */
#ifndef COMMON_IO_OWN_FOLDER_H
#define COMMON_IO_OWN_FOLDER_H

#include "common/base/cdefs.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	OWN_FOLDER_MAX = 4096, /* bytes of a path with its NUL */
};

/* The folder of the program, or so many folders above it, into out; false: it
 * cannot be found, or not within size bytes. */
MUST_USE bool own_folder(char *out, size_t size, int up);

#endif
