/*
 * Which variables of this program's environment a child gets: the table of
 * twofa-driver(7).
 */
#ifndef COMMON_PROCESS_CHILD_ENVIRONMENT_H
#define COMMON_PROCESS_CHILD_ENVIRONMENT_H

#include "common/process/child.h"

/*
 * The environment of a child that is started with argv: an array for execve(2)
 * that the caller frees, of strings that it does not.
 */
char **child_environment(enum child_kind kind, char *const argv[]);

#endif
