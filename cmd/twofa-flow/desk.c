/*
 * twofa-flow desk: an agent is already talking to the caller.
 */
#include "cmd/twofa-flow/commands_inside.h"

#include "common/base/clock.h"
#include "common/base/login.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "cmd/twofa-flow/answer.h"
#include "cmd/twofa-flow/saved_session.h"
#include "cmd/twofa-flow/channel/channel_desk.h"
#include "cmd/twofa-flow/session.h"
#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "cmd/twofa-flow/workflow/trust.h"
#include "common/task/names.h"
#include "common/task/uuid.h"

#include <stdio.h>
#include <string.h>

enum {
	SHOWN_OF_ID = 8, /* of the taskId, for a ticket */
};

static bool
is_verified(const struct session *p)
{
	const char *outcome = task_get(p->task, NAME_FLOW_OUTCOME);

	return p->verified && outcome != NULL &&
	    strcmp(outcome, VALUE_QUEUED) == 0;
}

/*
 * "VERIFIED 123456 2026-11-24T10:02:49Z by jdoe ref INC0012 call 3f0c12ab",
 * with the time when the call came to its end: the same if it is said again.
 */
static int
print_ticket_line(
    const struct session *p, const char *customer, struct fault *f)
{
	const char *reason = task_get(p->task, NAME_REASON);
	char time[CLOCK_TEXT_SIZE], who[LOGIN_SIZE];
	bool verified = is_verified(p);

	clock_rfc3339(time, p->at.since_s);
	login_name(who);
	(void)printf("%s %s %s by %s%s%s call %.*s%s%s\n",
	    verified ? "VERIFIED" : "NOT VERIFIED", customer, time, who,
	    p->ref == NULL ? "" : " ref ", p->ref == NULL ? "" : p->ref,
	    SHOWN_OF_ID, task_id(p->task),
	    verified || reason == NULL ? "" : " reason ",
	    verified || reason == NULL ? "" : reason);
	if (fflush(stdout) == EOF)
		return fault_errno(f, STATUS_IO, "standard output");
	return 0;
}

/* Does it stand where this workflow has a place? */
static bool
find_place(struct session *p)
{
	struct parameters parameters = parameters_of_task(p->task);
	struct fault why = FAULT_INIT;

	return position_load(
		   &p->at, p->workflow, &parameters, clock_now_s(), &why) == 0;
}

/* With the same taskId: what was sent for it is not sent again. */
static void
start_over(struct session *p)
{
	static const char *const names[] = {NAME_FLOW_ACTIVITY, NAME_FLOW_SINCE,
	    NAME_FLOW_COUNT, NAME_FLOW_OUTCOME};
	size_t i;

	p->at.ended = false;
	task_make_state(p->task);
	for (i = 0; i < ARRAY_LEN(names); i++)
		task_remove(p->task, names[i]);
}

static void
tell(const struct session *p, const char *what)
{
	prog_message(
	    PROG_WARNING, "call %.*s %s", SHOWN_OF_ID, task_id(p->task), what);
}

/* Go on with the call that was left, or begin one. */
static int
open_call(const struct saved_session *d, struct session *p, struct fault *f)
{
	char id[UUID_SIZE];
	int r = saved_session_load(d, p->task, clock_now_s(), f);

	if (r == -1)
		return -1;
	/* From its first moment what is kept says whose it is. */
	if (r == 0)
		return uuid_draw(id, f) == -1 || task_make(p->task, id, f) == -1
		    ? -1
		    : task_set(
			  p->task, NAME_CUSTOMER_IDENTIFIER, d->customer, f);
	/*
	 * It is in a directory and a file that nobody else can write, and is
	 * read by nobody else: the verdict in it was written by this program,
	 * where a verdict leads to.
	 */
	p->is_own = p->has_entry = true;
	if (!find_place(p)) {
		tell(p,
		    "was left by another version of this program: it "
		    "starts over, but sends nothing again");
		start_over(p);
		return 0;
	}
	p->verified = position_is_behind_pin(&p->at, p->workflow) &&
	    answer_is_ok(p->task);
	tell(p,
	    p->at.ended ? "had ended: its line for the ticket"
			: "goes on where it was left");
	return 0;
}

static int
leave(const struct session *p)
{
	const char *expires = task_get(p->task, NAME_PIN_EXPIRES);

	prog_message(PROG_WARNING,
	    "the call is left: start again%s%s to go on with it",
	    expires == NULL ? "" : " before ", expires == NULL ? "" : expires);
	return STATUS_NO;
}

static int
play(struct session *p, struct saved_session *d, const char *customer,
    struct fault *f)
{
	if (saved_session_open(d, customer, f) == -1 ||
	    open_call(d, p, f) == -1)
		return -1;
	if (!p->at.ended &&
	    (trigger_try_all(p->workflow, false, f) == -1 ||
		session_run(p, f) == -1))
		return -1;
	if (p->left)
		return leave(p);
	if (print_ticket_line(p, customer, f) == -1)
		return -1;
	saved_session_end(d);
	return is_verified(p) ? STATUS_OK : STATUS_NO;
}

static int
check_customer(const struct options *o, struct fault *f)
{
	unsigned long digits = option_number(o, OPTION_IDENTIFIER_DIGITS);

	if (o->operand_count != 1)
		return fault_set(f, STATUS_USAGE,
		    "desk: give the customer's identifier; see %s --help",
		    prog_name());
	if (!is_digits(o->operands[0]) || strlen(o->operands[0]) != digits)
		return fault_set(f, STATUS_USAGE,
		    "desk: a customer's identifier has %lu digits", digits);
	return 0;
}

int
flow_desk(struct options *o, struct fault *f)
{
	struct workflow w = WORKFLOW_INIT;
	struct task task = TASK_INIT;
	struct trace trace = TRACE_INIT;
	struct saved_session file = SAVED_SESSION_INIT;
	struct face_desk face = {.customer = o->operands[0]};
	struct session p = {.workflow = &w,
	    .face = &face_desk,
	    .face_self = &face,
	    .task = &task,
	    .trace = &trace,
	    .language = option_text(o, OPTION_LANGUAGE),
	    .ref = option_text(o, OPTION_REF),
	    .keep = saved_session_keep,
	    .keep_self = &file};
	int status = -1;

	channel_notice_hang_up();
	channel_notice_end();
	if (check_customer(o, f) == 0 && flow_pass_settings_on(o, f) == 0 &&
	    workflow_open_builtin(&w, o, "desk", f) == 0 &&
	    face_desk_open(&face, f) == 0)
		status = play(&p, &file, o->operands[0], f);
	face_desk_close(&face);
	saved_session_close(&file);
	task_release(&task);
	workflow_release(&w);
	return status;
}
