/*
 * An agent's call with a customer, in the state directory, so that it survives
 * the program, and only one program at a time has it.
 */
#ifndef CMD_TWOFA_FLOW_SAVED_SESSION_H
#define CMD_TWOFA_FLOW_SAVED_SESSION_H

#include "common/file/dir.h"
#include "common/task/task.h"

#include <stdint.h>

enum {
	SAVED_SESSION_KEPT_S =
	    600, /* a call without a PIN is resumed that long */
	SAVED_SESSION_PATH_SIZE = DIR_PATH_MAX + 64,
};

struct saved_session {
	const char *customer;		    /* borrowed */
	char path[SAVED_SESSION_PATH_SIZE]; /* of the task */
	char lock_path[SAVED_SESSION_PATH_SIZE];
	int lock; /* -1: not held */
};

#define SAVED_SESSION_INIT                                                     \
	{                                                                      \
		.lock = -1                                                     \
	}

/*
 * Take the customer's call. Fails with STATUS_TEMPORARY: another program has
 * it. STATUS_PERMISSION: others can write the state directory. STATUS_CONFIG,
 * STATUS_IO: see dir_state() and dir_make_above().
 */
MUST_USE int saved_session_open(
    struct saved_session *s, const char *customer, struct fault *f);

/*
 * Read the saved call, if its PIN has not expired; without a PIN, if it moved
 * within SAVED_SESSION_KEPT_S. 1: *t is it; 0: there is none. A file that is
 * not a call of this customer is renamed to PATH.bad, with a message.
 *
 * Fails with STATUS_PERMISSION: others can read or write the file.
 * STATUS_IO.
 */
MUST_USE int saved_session_load(const struct saved_session *s, struct task *t,
    int64_t now_s, struct fault *f);

/* Fails as task_file_save(). */
MUST_USE int saved_session_store(
    const struct saved_session *s, const struct task *t, struct fault *f);

/* Remove what was saved: the call is over. */
void saved_session_end(struct saved_session *s);

/* Release the lock; what was saved stays. */
void saved_session_close(struct saved_session *s);

#endif
