/*
 * Where the drivers of the suite are.
 */
#ifndef COMMON_PROCESS_DRIVER_FIND_H
#define COMMON_PROCESS_DRIVER_FIND_H

#include "common/file/dir.h"

/* The path of the suite's driver KIND-SCHEME; see driver_open(). */
MUST_USE int driver_find(char path[DIR_PATH_MAX], const char *kind,
    const char *scheme, struct fault *f);

#endif
