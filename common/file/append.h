/*
 * Files that lines are appended to: the decision log, rejects, a trace.
 *
 * This file MUST
 *  1. make a file that only its owner can use;
 *  2. refuse a file or pipe of another user, and one that others can write, or
 *     read where the trust says so;
 *  3. follow no symbolic link of another user, who chooses where it leads;
 *  4. refuse standard output, which carries tasks;
 *  5. not wait for somebody to read from a pipe.
 */
#ifndef COMMON_FILE_APPEND_H
#define COMMON_FILE_APPEND_H

#include "common/file/file.h"

#include <stdbool.h>

/*
 * Open path, a file, pipe or character device, into *fd: 1. Without make a
 * file that is not there is only looked for: 0, it could be made. -1 failed.
 * /dev/stderr is the program's own standard error.
 *
 * Fails with STATUS_CONFIG: it cannot be opened or made, is none of these, is
 * standard output. STATUS_PERMISSION: 2 and 3.
 */
MUST_USE int append_open(int *fd, const char *path, enum file_trust trust,
    bool make, struct fault *f);

#endif
