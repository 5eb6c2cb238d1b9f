/*
 * Which files a driver of the suite can reach.
 */
#ifndef COMMON_PROCESS_FENCE_H
#define COMMON_PROCESS_FENCE_H

#include "common/base/cdefs.h"

/*
 * The files that the driver argv[0] may use with the arguments argv, as a
 * descriptor for fence_enter(). -1: the system has no such thing, or the
 * argument names a program, which may need anything.
 */
int fence_make(char *const argv[]);

/*
 * Close all other files to this process, and to what it becomes and starts.
 * Between fork and execve. Fails with errno.
 */
MUST_USE int fence_enter(int fence);

#endif
