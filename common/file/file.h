/*
 * Small files that matter: settings, keys, secrets. Who may read or write
 * them is checked on the open descriptor.
 */
#ifndef COMMON_FILE_FILE_H
#define COMMON_FILE_FILE_H

#include "common/base/buf.h"
#include "common/base/fault.h"

#include <stdbool.h>

enum file_trust {
	FILE_TRUSTED, /* nobody but the owner may write it */
	FILE_SECRET,  /* and nobody outside owner and group may read it */
};

/*
 * Read a whole file into out, up to out->max bytes.
 *
 * Owner must be root or the user who runs the program. A pipe, as the shell
 * gives by /dev/fd/N, is checked like a file.
 *
 * Fails with STATUS_PERMISSION: wrong owner, or modes wider than the trust
 * wants ("chmod ..." stands in the message). STATUS_CONFIG: cannot be opened,
 * is no file, is too long. STATUS_IO: cannot be read.
 */
MUST_USE int file_load(
    const char *path, enum file_trust trust, struct buf *out, struct fault *f);

/*
 * Append what an open descriptor still gives, up to out->max bytes. Fails with
 * STATUS_DATA when that is too little, with STATUS_IO, path in front.
 */
MUST_USE int file_read(
    int fd, const char *path, struct buf *out, struct fault *f);

/* The check alone, on an open descriptor of a file or pipe. */
MUST_USE int file_check(
    int fd, const char *path, enum file_trust trust, struct fault *f);

/*
 * Can others put another file in the place of path, which need not be there?
 * Fails with STATUS_PERMISSION: its directory is another user's, or others can
 * write it. STATUS_CONFIG: there is no such directory.
 */
MUST_USE int file_check_dir(const char *path, struct fault *f);

/* Write all of data to fd; fails with STATUS_IO, path in front. */
MUST_USE int file_write_all(
    int fd, const char *path, const void *data, size_t len, struct fault *f);

/*
 * Make the name of path outlive a power cut: fsync(2) of a new file says
 * nothing about its name. Fails with STATUS_IO.
 */
MUST_USE int file_sync_dir(const char *path, struct fault *f);

/*
 * Make a directory that only its owner can use, unless it is there or cannot be
 * made. Fails as file_sync_dir().
 */
MUST_USE int file_make_dir(const char *path, struct fault *f);

/* Are both open on one regular file? */
bool file_is_same(int a, int b);

#endif
