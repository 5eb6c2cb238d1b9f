/*
 * Files that lines are appended to: the decision log, rejects, a trace.
 *
 * This file MUST
 *  1. make a file that only its owner can use;
 *  2. refuse a file or pipe of another user, one that others can write, and
 *     with FILE_SECRET one that they can read;
 *  3. not follow a symbolic link of another user;
 *  4. refuse standard output, which carries tasks;
 *  5. not wait until another program reads from a pipe.
 */
#ifndef COMMON_FILE_APPEND_H
#define COMMON_FILE_APPEND_H

#include "common/file/file.h"

#include <stdbool.h>

/*
 * Open path, a file, pipe or character device, as *fd. /dev/stderr is the
 * program's own standard error. 1: done; 0: without make, the file does not
 * exist but could be made; -1: failed.
 *
 * Fails with STATUS_CONFIG: it cannot be opened or made, is of another type, or
 * is standard output. STATUS_PERMISSION: 2 and 3.
 */
MUST_USE int append_open(int *fd, const char *path, enum file_trust trust,
    bool make, struct fault *f);

#endif
