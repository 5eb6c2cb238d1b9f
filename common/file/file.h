/*
 * Reading small files that matter (settings, keys, secrets), and writing. Who
 * may read or write a file is checked on the open descriptor.
 */
#ifndef COMMON_FILE_FILE_H
#define COMMON_FILE_FILE_H

#include "common/base/buf.h"
#include "common/base/fault.h"

#include <stdbool.h>
#include <stdint.h>

enum file_trust {
	FILE_TRUSTED, /* nobody but the owner may write it */
	FILE_SECRET,  /* and nobody outside owner and group may read it */
};

/*
 * Read a whole file into out, up to out->max bytes.
 *
 * Its owner must be root or the user who runs the program. A pipe, which
 * /dev/fd/N may be, is checked like a file.
 *
 * Fails with STATUS_PERMISSION: wrong owner, or a mode that gives others more
 * than the trust allows (the message says "chmod ..."). STATUS_CONFIG: cannot
 * be opened, is no file, is too long. STATUS_IO: cannot be read.
 */
MUST_USE int file_load(
    const char *path, enum file_trust trust, struct buf *out, struct fault *f);

/*
 * Append the rest of an open file to out. Fails with STATUS_DATA when it is
 * longer than out->max bytes; with STATUS_IO, "PATH: why".
 */
MUST_USE int file_read(
    int fd, const char *path, struct buf *out, struct fault *f);

/* The check alone, on an open descriptor of a file or pipe. */
MUST_USE int file_check(
    int fd, const char *path, enum file_trust trust, struct fault *f);

/* Write all of data to fd. Fails with STATUS_IO, "PATH: why". */
MUST_USE int file_write_all(
    int fd, const char *path, const void *data, size_t len, struct fault *f);

/* Are both open on one regular file? */
bool file_is_same(int a, int b);

/* Is path, after symbolic links, the file that fd is open on? */
bool file_is_at(int fd, const char *path);

/*
 * Lock the file (flock, exclusive), waiting until clock_monotonic_ms() is
 * deadline_ms. 1: locked, 0: another program has it, -1: failed, see errno. The
 * path may name another file by then: see file_is_at().
 */
MUST_USE int file_lock(int fd, int64_t deadline_ms);

/* Buffered output. What is in the buffer may hold a PIN: it is wiped. */
struct out {
	int fd;		  /* borrowed */
	const char *name; /* for messages; borrowed */
	struct buf buf;	  /* append lines here, then call out_written() */
	size_t complete;  /* bytes of lines that out_written() was told of */
};

void out_open(struct out *o, int fd, const char *name);

/* Call this after appending: it flushes when there is enough. */
MUST_USE int out_written(struct out *o, struct fault *f);

/* Fails with STATUS_IO; "NAME: reason". */
MUST_USE int out_flush(struct out *o, struct fault *f);

/* Write the complete lines, if it can be done; for memory.h. self: a struct
 * out. */
void out_rescue(void *self);

void out_release(struct out *o);

#endif
