/*
 * twofa-flow desk: an agent is already talking to the caller.
 */
#include "common/call/call_inside.h"

#include "common/base/clock.h"
#include "common/base/login.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/call/desk_file.h"
#include "common/call/play.h"
#include "common/call/trigger.h"
#include "common/call/workflow_open.h"
#include "common/task/names.h"
#include "common/task/uuid.h"

#include <stdio.h>
#include <string.h>

enum {
	SHOWN_OF_ID = 8, /* of the taskId, for a ticket */
};

/* The terminal, with letters for the keys that a telephone has. */
struct desk_face {
	void *terminal;
	const char *customer;
};

static int
accept_call(void *self, struct fault *f)
{
	const struct desk_face *d = self;

	return face_tty.accept(d->terminal, f);
}

static enum heard
say(void *self, const struct speech *s, struct fault *f)
{
	const struct desk_face *d = self;

	return face_tty.say(d->terminal, s, f);
}

/* The key that the letter stands for; Enter alone is yes. */
static void
translate(const struct activity *a, char *keys)
{
	static const char letters[][2] = {{'r', '*'}, {'q', '0'}};
	size_t i;

	if (keys[0] == '\0' && a->type == ACTIVITY_INPUT_CUSTOMER)
		(void)snprintf(keys, FACE_KEYS_SIZE, "1");
	for (i = 0; i < ARRAY_LEN(letters); i++)
		if ((keys[0] | 0x20) == letters[i][0] && keys[1] == '\0')
			keys[0] = letters[i][1];
}

static enum heard
ask(void *self, const struct speech *s, char *keys, struct fault *f)
{
	const struct desk_face *d = self;
	enum heard heard;

	if (s->activity->parameter != NULL &&
	    strcmp(s->activity->parameter, NAME_CUSTOMER_IDENTIFIER) == 0) {
		(void)snprintf(keys, FACE_KEYS_SIZE, "%s", d->customer);
		return HEARD_KEYS;
	}
	heard = face_tty.ask(d->terminal, s, keys, f);
	if (heard == HEARD_KEYS)
		translate(s->activity, keys);
	return heard;
}

/* What there is to say is the line for the ticket. */
static int
end(void *self, const struct ending *e, struct fault *f)
{
	(void)self;
	(void)e;
	(void)f;
	return 0;
}

static const struct face desk_face = {
    "desk", NULL, accept_call, say, ask, end, NULL};

static bool
is_verified(const struct task *t)
{
	const char *outcome = task_get(t, NAME_FLOW_OUTCOME);

	return outcome != NULL && strcmp(outcome, VALUE_QUEUED) == 0;
}

/* "VERIFIED 123456 2026-11-24T10:02:49Z by jdoe ref INC0012 call 3f0c12ab" */
static void
print_ticket_line(const struct play *p, const char *customer)
{
	const char *reason = task_get(p->task, NAME_REASON);
	char now[CLOCK_TEXT_SIZE], who[LOGIN_SIZE];
	bool verified = is_verified(p->task);

	clock_rfc3339(now, clock_now_s());
	login_name(who);
	(void)printf("%s %s %s by %s%s%s call %.*s%s%s\n",
	    verified ? "VERIFIED" : "NOT VERIFIED", customer, now, who,
	    p->ref == NULL ? "" : " ref ", p->ref == NULL ? "" : p->ref,
	    SHOWN_OF_ID, task_id(p->task),
	    verified || reason == NULL ? "" : " reason ",
	    verified || reason == NULL ? "" : reason);
}

/* Go on with the call that was left, or begin one. */
static int
open_call(const struct desk_file *d, struct play *p, struct fault *f)
{
	char id[UUID_SIZE];
	int r = desk_file_load(d, p->task, clock_now_s(), f);

	if (r == 1)
		prog_message(
		    PROG_WARNING, "the call that was left here goes on");
	if (r != 0)
		return r == 1 ? 0 : -1;
	return uuid_draw(id, f) == -1 ? -1 : task_make(p->task, id, f);
}

static int
play(struct play *p, struct desk_file *d, const char *customer, struct fault *f)
{
	if (desk_file_open(d, customer, f) == -1 || open_call(d, p, f) == -1 ||
	    trigger_try_all(p->workflow, f) == -1 || play_call(p, f) == -1)
		return -1;
	if (p->left) {
		prog_message(PROG_WARNING,
		    "the call is left: start again to go on with it");
		return STATUS_NO;
	}
	print_ticket_line(p, customer);
	desk_file_end(d);
	return is_verified(p->task) ? STATUS_OK : STATUS_NO;
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
call_desk(struct options *o, struct fault *f)
{
	struct workflow w = WORKFLOW_INIT;
	struct task task = TASK_INIT;
	struct trace trace = TRACE_INIT;
	struct desk_file file = DESK_FILE_INIT;
	struct desk_face face = {NULL, o->operands[0]};
	struct play p = {.workflow = &w,
	    .face = &desk_face,
	    .face_self = &face,
	    .task = &task,
	    .trace = &trace,
	    .language = option_text(o, OPTION_LANGUAGE),
	    .ref = option_text(o, OPTION_REF),
	    .keep = desk_file_keep,
	    .keep_self = &file};
	int status = -1;

	face_notice_hang_up();
	if (check_customer(o, f) == 0 && call_pass_settings_on(o, f) == 0 &&
	    workflow_open_builtin(&w, o, "desk", f) == 0 &&
	    face_tty.open(&face.terminal, &p.language, f) == 0)
		status = play(&p, &file, o->operands[0], f);
	face_tty.close(face.terminal);
	desk_file_close(&file);
	task_release(&task);
	workflow_release(&w);
	return status;
}
