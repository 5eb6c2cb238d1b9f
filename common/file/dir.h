/*
 * Directories: which ones are the program's and the user's, and the safety and
 * durability of names in them.
 */
#ifndef COMMON_FILE_DIR_H
#define COMMON_FILE_DIR_H

#include "common/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	DIR_PATH_MAX = 4096, /* bytes of a path with its NUL */
};

/* The directory in which path is, or would be; the caller frees it. */
char *dir_of(const char *path);

/*
 * Can others put another file in the place of path, which need not exist?
 * Fails with STATUS_PERMISSION: its directory belongs to another user, or
 * others can write it. STATUS_CONFIG: there is no such directory.
 */
MUST_USE int dir_check(const char *path, struct fault *f);

/*
 * Make the name of path durable: fsync(2) of a new file does not sync its name.
 * Fails with STATUS_IO.
 */
MUST_USE int dir_sync(const char *path, struct fault *f);

/*
 * Make the missing directories above path, each durable and for its owner
 * alone. One that cannot be made is no failure here: using it will fail. Fails
 * as dir_sync().
 */
MUST_USE int dir_make_above(const char *path, struct fault *f);

/*
 * The directory of the running program, or the one so many levels above it.
 * False: it cannot be found, or is longer than size - 1 bytes.
 */
MUST_USE bool dir_own(char *out, size_t size, int levels);

/*
 * The user's own directories, "…/twofa", with room for 32 bytes more. State:
 * $STATE_DIRECTORY, which systemd sets, else below $XDG_STATE_HOME or
 * ~/.local/state. Configuration: below $XDG_CONFIG_HOME or ~/.config. Nothing
 * is made. Fails with STATUS_CONFIG when none of the variables is set.
 */
MUST_USE int dir_state(char out[DIR_PATH_MAX], struct fault *f);
MUST_USE int dir_config(char out[DIR_PATH_MAX], struct fault *f);

#endif
