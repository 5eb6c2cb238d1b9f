/*
 * What the three files of the driver share. Not for others.
 */
#ifndef COMMON_PROCESS_DRIVER_INSIDE_H
#define COMMON_PROCESS_DRIVER_INSIDE_H

#include "common/process/driver.h"

#include <stdint.h>

enum {
	DRIVER_PATH_SIZE = 4096,
};

/* The path of the suite's driver KIND-SCHEME; see driver_open(). */
MUST_USE int driver_find(char path[DRIVER_PATH_SIZE], const char *kind,
    const char *scheme, struct fault *f);

/* It ends by the deadline, or is killed. What it had said is forgotten. */
void driver_stop(struct driver *d, int64_t deadline_ms);

/*
 * Wait until the driver can be read, or written if to_write, then read what
 * there is. 1: go on; 0: its output ended, see child_poll(); -1: nothing by the
 * deadline.
 */
int driver_wait(struct driver *d, bool to_write, int64_t deadline_ms);

/*
 * Take the next whole line from what was read: 1 and *out, 0 there is none,
 * -1 it is not a JSON object or too long.
 */
int driver_take_line(struct driver *d, json_t **out);

#endif
