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
	int old_fd; /* the old file, locked, at its beginning; -1: none */
	int new_fd; /* write the new content here; -1: idle */
	/* private */
	const char *path;
	char *new_path;
};

#define EDIT_INIT                                                              \
	{                                                                      \
		.old_fd = -1, .new_fd = -1                                     \
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
 * The same without looking at path, which need not exist: only open a new file
 * beside it, for its owner alone. Fails with status, see fault_errno(); the
 * edit is then idle.
 */
MUST_USE int edit_create(
    struct edit *e, const char *path, int status, struct fault *f);

/*
 * Both fail with STATUS_IO and leave the old file; the edit is idle
 * afterwards in any case. Owner and mode of a file that was edited are kept.
 *
 * edit_commit() replaces the old file. edit_commit_first() does not: of
 * programs that start at the same time, one makes the file and all use it. 1:
 * this one made it; 0: the file was there.
 */
MUST_USE int edit_commit(struct edit *e, struct fault *f);
MUST_USE int edit_commit_first(struct edit *e, struct fault *f);

/* Does nothing to an idle edit. */
void edit_abort(struct edit *e);

#endif
