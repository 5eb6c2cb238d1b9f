/*
 * The ledger's mark: a small file beside it with the number of its commits.
 * SQLite silently ignores a write-ahead log that is missing, foreign or
 * damaged, and what was committed in it is lost; the number of the mark is then
 * larger than that of the ledger.
 *
 * It is written after each commit and never synced, which costs almost nothing.
 * After a power cut it may be some seconds old: its number is then too small,
 * but never too large.
 */
#ifndef COMMON_LEDGER_MARK_H
#define COMMON_LEDGER_MARK_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/task/uuid.h"

#include <stdbool.h>
#include <stdint.h>

#define MARK_SUFFIX "-mark"

struct mark {
	int fd; /* -1: none */
};

#define MARK_INIT                                                              \
	{                                                                      \
		-1                                                             \
	}

/*
 * Open the mark of the ledger at path; with make it is made if it is missing.
 * When the disk is full there is none. Fails with STATUS_IO and
 * STATUS_PERMISSION.
 */
MUST_USE int mark_open(
    struct mark *m, const char *path, bool make, struct fault *f);
void mark_close(struct mark *m);

/* Its content; "" and 0: it is empty or damaged. */
struct mark_text {
	char id[UUID_SIZE];
	int64_t commits;
};

struct mark_text mark_read(const struct mark *m);

/* A mark that cannot be written stays as it is. */
void mark_write(const struct mark *m, const char *id, int64_t commits);

#endif
