/*
 * One call from where it stands to its end, before a face.
 */
#ifndef CMD_TWOFA_FLOW_SESSION_H
#define CMD_TWOFA_FLOW_SESSION_H

#include "cmd/twofa-flow/channel/channel.h"
#include "cmd/twofa-flow/trace.h"
#include "cmd/twofa-flow/workflow/position.h"
#include "cmd/twofa-flow/workflow/workflow.h"
#include "common/task/task.h"
#include "common/task/uuid.h"

struct session {
	const struct workflow *workflow; /* all of these are borrowed */
	const struct face *face;
	void *face_self;
	struct task *task;
	struct trace *trace;
	const char *language; /* or NULL */
	const char *ref;      /* for the triggers, or NULL */
	/*
	 * NULL, or where the call is kept while it lasts: called whenever the
	 * task holds no PIN and has moved. A call that is kept is not ended by
	 * a hang-up, but left.
	 */
	int (*keep)(void *self, const struct task *t, struct fault *f);
	void *keep_self;
	bool left; /* by a hang-up, to be gone on with */
	/* The task is what this program kept, where nobody else can write. */
	bool is_own;
	/*
	 * The verifier has said OK, by its status and by what it wrote, of the
	 * PIN, message and customer that the task now has. Set by
	 * session_run(); before it by who has the task for its own.
	 */
	bool verified;
	/* The PINEntry in the task is that of a PIN that was perhaps judged,
	 * and nobody heard how. Of a task that is our own. */
	bool has_entry;
	/* private */
	struct position at;
	char entry[UUID_SIZE]; /* of what the caller is asked for now */
	bool answered; /* the last trigger has ended; waiting for it is vain */
};

/*
 * Can it be played? Fails as position_load(), and with STATUS_DATA: the call
 * has ended. Changes nothing in the task.
 */
MUST_USE int session_load(struct session *p, struct fault *f);

/*
 * Play it. A task that is an event of a trigger gets that trigger's answer
 * first. A parameter that is waited for comes from its trigger only, so when
 * that has ended without setting it, or with a status of 64 or more, the wait
 * fails at once.
 *
 * Unless the task is our own, a ValidationCheck in it is dropped, and where it
 * stands behind the PIN (trust.h), or is an event of one, the call goes back to
 * the prompt. No call is queued without p->verified: it is disconnected.
 *
 * The task then has ended, unless it was left: FlowOutcome says how; a hang-up
 * is "disconnected".
 * Fails as session_load(), and with STATUS_IO; the task is where it failed.
 */
MUST_USE int session_run(struct session *p, struct fault *f);

#endif
