/*
 * One call from the activity that it is at to its end, on a channel.
 */
#ifndef CMD_TWOFA_FLOW_SESSION_H
#define CMD_TWOFA_FLOW_SESSION_H

#include "cmd/twofa-flow/channel/channel.h"
#include "cmd/twofa-flow/saved_session.h"
#include "cmd/twofa-flow/trace.h"
#include "cmd/twofa-flow/workflow/position.h"
#include "cmd/twofa-flow/workflow/workflow.h"
#include "common/settings/settings.h"
#include "common/task/task.h"
#include "common/task/uuid.h"

struct session {
	const struct settings *settings; /* borrowed */
	struct workflow workflow;
	struct channel channel;
	struct task task;
	struct trace trace;
	const char *language; /* or NULL: the channel's; borrowed */
	/*
	 * NULL, or where the session is saved while it lasts: whenever the task
	 * holds no PIN and has moved. A hang-up does not end such a session,
	 * but leaves it to be resumed.
	 */
	const struct saved_session *saved;
	bool left;
	/* The task was saved by this program, where nobody else can write. */
	bool is_own;
	/*
	 * The verifier has said OK, by its status and by what it wrote, of the
	 * PIN, message and customer that the task now has. Set when a trigger
	 * ends and, of a task that is our own, when it is loaded.
	 */
	bool verified;
	/*
	 * The PINEntry in the task, which is our own, is that of a PIN that may
	 * have been judged with the verdict lost.
	 */
	bool has_entry;
	struct position at;
	/* private */
	char entry[UUID_SIZE]; /* the PINEntry of what is being asked for */
	bool answered; /* the last trigger has ended; waiting for it is vain */
};

#define SESSION_INIT                                                           \
	{                                                                      \
		.channel = CHANNEL_INIT, .task = TASK_INIT,                    \
		.trace = TRACE_INIT                                            \
	}

/*
 * Find the activity that the task is at; the call may have ended. Fails as
 * position_load(). Changes nothing in the task.
 */
MUST_USE int session_find_position(struct session *s, struct fault *f);

/* The same. Fails also with STATUS_DATA: the call has ended. */
MUST_USE int session_load(struct session *s, struct fault *f);

/*
 * Run it. A task that is an event of a trigger gets that trigger's answer
 * first. A parameter that is waited for comes from its trigger only, so when
 * that has ended without setting it, or with a status of 64 or more, the wait
 * fails at once.
 *
 * Unless the task is our own, a ValidationCheck in it is dropped, and if it is
 * at an activity after the PIN (position.h), or is an event of one, the call
 * goes back to the prompt. No call is queued without s->verified: it is
 * disconnected.
 *
 * The task then has ended, unless it was left: FlowOutcome says how; a hang-up
 * is "disconnected".
 * Fails as session_load(), and with STATUS_IO; the task is where it failed.
 */
MUST_USE int session_run(struct session *s, struct fault *f);

/* Was the call queued, with a PIN that was verified in it? */
bool session_is_verified(const struct session *s);

/* Releases all but the trace, which is closed with trace_close(). */
void session_release(struct session *s);

#endif
