/*
 * twofa-flow desk: an agent is already talking to the caller.
 */
#include "cmd/twofa-flow/commands.h"

#include "common/base/clock.h"
#include "common/base/login.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "cmd/twofa-flow/workflow/position.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

enum {
	SHOWN_OF_ID = 8, /* of the taskId, for a ticket */
};

/*
 * "VERIFIED 123456 2026-11-24T10:02:49Z by jdoe ref INC0012 call 3f0c12ab",
 * with the time when the call ended: the same when it is printed again.
 */
static int
print_ticket_line(
    const struct session *s, const char *customer, struct fault *f)
{
	const char *reason = task_get(&s->task, NAME_REASON);
	char time[CLOCK_TEXT_SIZE], who[LOGIN_SIZE];
	const char *ref = s->settings->ref;
	bool verified = session_is_verified(s);

	clock_rfc3339(time, s->at.since_s);
	login_name(who);
	(void)printf("%s %s %s by %s%s%s call %.*s%s%s\n",
	    verified ? "VERIFIED" : "NOT VERIFIED", customer, time, who,
	    ref == NULL ? "" : " ref ", ref == NULL ? "" : ref, SHOWN_OF_ID,
	    task_id(&s->task), verified || reason == NULL ? "" : " reason ",
	    verified || reason == NULL ? "" : reason);
	if (fflush(stdout) == EOF)
		return fault_errno(f, STATUS_IO, "standard output");
	return 0;
}

/* With the same taskId: what was sent for it is not sent again. */
static void
start_over(struct session *s)
{
	static const char *const names[] = {NAME_FLOW_ACTIVITY, NAME_FLOW_SINCE,
	    NAME_FLOW_COUNT, NAME_FLOW_OUTCOME};
	size_t i;

	s->at.ended = false;
	task_make_state(&s->task);
	for (i = 0; i < ARRAY_LEN(names); i++)
		task_remove(&s->task, names[i]);
}

static void
tell(const struct session *s, const char *what)
{
	prog_message(
	    PROG_WARNING, "call %.*s %s", SHOWN_OF_ID, task_id(&s->task), what);
}

static void
resume(struct session *s)
{
	struct fault no_place = FAULT_INIT;

	/*
	 * Nobody else can write its file and directory: the verdict in it was
	 * written by this program.
	 */
	s->is_own = s->has_entry = true;
	if (session_find_position(s, &no_place) == -1) {
		tell(s,
		    "was left by another version of this program: it "
		    "starts over, but sends nothing again");
		start_over(s);
		return;
	}
	s->verified = position_is_behind_pin(&s->at, &s->workflow) &&
	    task_has(&s->task, NAME_VALIDATION_CHECK, VALUE_OK);
	tell(s,
	    s->at.ended ? "had ended: its line for the ticket"
			: "goes on where it was left");
}

/* Go on with the call that was left, or begin one. */
static int
open_call(struct session *s, struct fault *f)
{
	char id[UUID_SIZE];
	int r = saved_session_load(s->saved, &s->task, clock_now_s(), f);

	if (r == 1)
		resume(s);
	if (r != 0)
		return r == 1 ? 0 : -1;
	/* Whatever is saved names its customer. */
	if (uuid_draw(id, f) == -1 || task_make(&s->task, id, f) == -1)
		return -1;
	task_set(&s->task, NAME_CUSTOMER_IDENTIFIER, s->saved->customer);
	return 0;
}

static int
leave(const struct session *s)
{
	const char *expires = task_get(&s->task, NAME_PIN_EXPIRES);

	prog_message(PROG_WARNING,
	    "the call is left: start again%s%s to go on with it",
	    expires == NULL ? "" : " before ", expires == NULL ? "" : expires);
	return STATUS_NO;
}

static int
run(struct session *s, struct saved_session *saved, const char *customer,
    struct fault *f)
{
	if (saved_session_open(saved, customer, f) == -1 ||
	    open_call(s, f) == -1)
		return -1;
	if (!s->at.ended &&
	    (trigger_try_all(&s->workflow, false, f) == -1 ||
		session_run(s, f) == -1))
		return -1;
	if (s->left)
		return leave(s);
	if (print_ticket_line(s, customer, f) == -1)
		return -1;
	saved_session_end(saved);
	return session_is_verified(s) ? STATUS_OK : STATUS_NO;
}

static int
check_customer(const struct settings *settings, struct fault *f)
{
	unsigned long digits = settings->identifier_digits;

	if (settings->operand_count != 1)
		return fault_set(f, STATUS_USAGE,
		    "desk: give the customer's identifier; see %s --help",
		    prog_name());
	if (!is_digits(settings->operands[0]) ||
	    strlen(settings->operands[0]) != digits)
		return fault_set(f, STATUS_USAGE,
		    "desk: a customer's identifier has %lu digits", digits);
	return 0;
}

int
flow_desk(void *self, struct fault *f)
{
	struct session *s = self;
	const struct settings *settings = s->settings;
	struct saved_session saved = SAVED_SESSION_INIT;
	int status = -1;

	s->channel.type = &channel_desk;
	s->channel.customer = settings->operands[0];
	s->language = settings->flow.language;
	s->saved = &saved;
	channel_catch_hang_up(true);
	if (check_customer(settings, f) == 0 &&
	    workflow_open_builtin(&s->workflow, settings, "desk", f) == 0 &&
	    channel_desk.open(&s->channel, f) == 0)
		status = run(s, &saved, settings->operands[0], f);
	saved_session_close(&saved);
	return status;
}
