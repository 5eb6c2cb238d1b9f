/*
 * Replacing a file's content so that every reader sees the old file or the new
 * one, and two editors never lose each other's work.
 *
 * edit_begin() locks the file (flock), checks that the path still names the
 * locked file and that it is safe to replace, and opens a file beside it for
 * the new content; edit_create() only opens that. edit_commit() makes it
 * durable and puts it in the old one's place. edit_abort() leaves the old file
 * and nothing else.
 */
#ifndef COMMON_FILE_EDIT_H
#define COMMON_FILE_EDIT_H

#include "common/base/fault.h"

struct edit {
	int old_fd; /* the old file, locked, at its beginning; -1: idle */
	int new_fd; /* the new content goes here */
	/* private */
	const char *path;
	char *new_path;
};

#define EDIT_INIT                                                              \
	{                                                                      \
		-1, -1, NULL, NULL                                             \
	}

enum {
	EDIT_LOCK_WAIT_MS = 15000, /* then STATUS_TEMPORARY */
};

/*
 * path is borrowed until the end of the edit.
 *
 * Fails with STATUS_PERMISSION: a symbolic link, not a regular file, several
 * names (hard links), another user's, writable by others. STATUS_TEMPORARY:
 * locked for too long. STATUS_IO: anything else. The edit is then idle.
 */
MUST_USE int edit_begin(struct edit *e, const char *path, struct fault *f);

/*
 * Open a file beside path, for its owner alone, whose name no other program
 * uses; whatever path is now is neither locked nor looked at. Fails with
 * status, see fault_errno(); the edit is then idle.
 */
MUST_USE int edit_create(
    struct edit *e, const char *path, int status, struct fault *f);

/*
 * Both fail with STATUS_IO and leave the old file; the edit is idle
 * afterwards in either case. Owner and mode of a file that was edited are kept.
 *
 * The first one replaces what is there. The other leaves it, so that of
 * programs that start at once all use one file. 1: it is this one; 0: it is
 * another program's.
 */
MUST_USE int edit_commit(struct edit *e, struct fault *f);
MUST_USE int edit_commit_first(struct edit *e, struct fault *f);

/* Does nothing to an idle edit. */
void edit_abort(struct edit *e);

#endif
