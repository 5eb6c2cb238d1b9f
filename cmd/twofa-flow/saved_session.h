/*
 * The call that an agent has with a customer, in the state directory: so that
 * it survives the program, and nobody has it twice at once.
 */
#ifndef CMD_TWOFA_FLOW_SAVED_SESSION_H
#define CMD_TWOFA_FLOW_SAVED_SESSION_H

#include "common/file/dir.h"
#include "common/task/task.h"

#include <stdint.h>

enum {
	SAVED_SESSION_KEPT_S =
	    600, /* a call without a PIN is gone on with so long */
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
    struct saved_session *d, const char *customer, struct fault *f);

/*
 * The call that was left there, if its PIN has not expired; without a PIN, if
 * it moved within SAVED_SESSION_KEPT_S. 1: *t is it; 0: there is none. What is
 * no call of this customer is put aside as PATH.bad, and a message says so.
 *
 * Fails with STATUS_PERMISSION: others can read or write the file.
 * STATUS_IO.
 */
MUST_USE int saved_session_load(const struct saved_session *d, struct task *t,
    int64_t now_s, struct fault *f);

/* Fails as task_file_save(). */
MUST_USE int saved_session_store(
    const struct saved_session *d, const struct task *t, struct fault *f);

/* The call is over: nothing of it is kept. */
void saved_session_end(struct saved_session *d);

/* Let go of it; what was kept stays. */
void saved_session_close(struct saved_session *d);

#endif
