#include "cmd/twofa-flow/session.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "cmd/twofa-flow/speech.h"
#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow/engine.h"
#include "common/process/signal_block.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

static int
save(struct session *s, struct fault *f)
{
	struct parameters parameters = parameters_of_task(&s->task);

	position_store(&s->at, &s->workflow, &parameters);
	return s->saved == NULL || task_get(&s->task, NAME_PIN) != NULL
	    ? 0
	    : saved_session_store(s->saved, &s->task, f);
}

/* No signal ends this program, or the trigger, before what it did is saved: the
 * outcome of a message that was handed over would be unknown. */
static int
answer_and_save(struct session *s, struct fault *f)
{
	sigset_t signals;
	int r;

	signal_block_start(&signals);
	trigger_answer(s);
	r = save(s, f);
	signal_block_end(&signals);
	return r;
}

/*
 * A new PINEntry goes with each PIN, see twofa-task(5). It is saved before the
 * PIN is asked for: if the program is killed after that, the same digits are
 * the same question.
 */
static int
draw_entry(struct session *s, struct fault *f)
{
	const char *kept = task_get(&s->task, NAME_PIN_ENTRY);

	if (s->has_entry && kept != NULL && strlen(kept) < sizeof s->entry)
		(void)snprintf(s->entry, sizeof s->entry, "%s", kept);
	else if (uuid_draw(s->entry, f) == -1)
		return -1;
	s->has_entry = false;
	task_set(&s->task, NAME_PIN_ENTRY, s->entry);
	return 0;
}

/*
 * A request to send the PIN again has an entry, too, which is saved with it, so
 * that a session that is resumed sends nothing twice.
 */
static int
draw_start_entry(struct session *s, const struct activity *a, struct fault *f)
{
	char entry[UUID_SIZE];

	if (a->value == NULL || strcmp(a->value, VALUE_RESEND) != 0 ||
	    strcmp(a->parameter, NAME_START_VALIDATION) != 0)
		return 0;
	if (uuid_draw(entry, f) == -1)
		return -1;
	task_set(&s->task, NAME_START_ENTRY, entry);
	return 0;
}

static int
raise_event(struct session *s, const struct activity *a, struct fault *f)
{
	/* In place of the engine's, which is the same each time. */
	if (activity_asks_for_pin(a))
		task_set(&s->task, NAME_PIN_ENTRY, s->entry);
	if (draw_start_entry(s, a, f) == -1)
		return -1;
	task_make_event(
	    &s->task, a->parameter, task_get(&s->task, a->parameter));
	if (save(s, f) == -1)
		return -1;
	return answer_and_save(s, f);
}

static int
hang_up(struct session *s)
{
	if (s->saved != NULL)
		s->left = true;
	else
		s->at.ended = s->at.hung_up = true;
	return 0;
}

static int
advance(struct session *s, enum input_kind kind, const char *keys,
    struct move *m, struct fault *f)
{
	struct parameters parameters = parameters_of_task(&s->task);
	struct input input = {kind, keys, clock_now_s()};

	return engine_move(&s->workflow, &s->at, &parameters, &input, m, f);
}

/* Ask the caller; what was keyed in is moved on at once and wiped. */
static int
ask(struct session *s, struct move *m, struct fault *f)
{
	char keys[CHANNEL_KEYS_SIZE] = "";
	int r = -1;

	if ((activity_asks_for_pin(m->at) && draw_entry(s, f) == -1) ||
	    save(s, f) == -1)
		return -1;
	switch (speech_say(s, m->at, keys, f)) {
	case HEARD_FAILED:
		break;
	case HEARD_NOTHING:
		r = advance(s, INPUT_KEYS, "", m, f);
		break;
	case HEARD_KEYS:
		r = advance(s, INPUT_KEYS, keys, m, f);
		break;
	case HEARD_HANG_UP:
		r = hang_up(s);
		break;
	}
	explicit_bzero(keys, sizeof keys);
	return r;
}

/* Do what a move asks for: run a trigger, accept the call, say a text. */
static int
serve(struct session *s, struct move *m, struct fault *f)
{
	enum heard heard = HEARD_NOTHING;

	if (m->exit != NULL)
		trace_add(&s->trace, task_id(&s->task), m, clock_now_s());
	if (m->kind == MOVE_RAISED)
		return raise_event(s, m->at, f);
	if (m->kind == MOVE_WENT && m->at->type->accepts &&
	    s->channel.type->accept != NULL)
		return s->channel.type->accept(&s->channel, f);
	if (m->kind == MOVE_SAID)
		heard = speech_say(s, m->at, NULL, f);
	if (heard == HEARD_HANG_UP)
		return hang_up(s);
	return heard == HEARD_FAILED ? -1 : 0;
}

static int
move(struct session *s, struct fault *f)
{
	struct move m = {.at = NULL};
	int r =
	    advance(s, s->answered ? INPUT_FAILURE : INPUT_NONE, NULL, &m, f);

	if (r == 0 && m.kind == MOVE_ASKS)
		r = ask(s, &m, f);
	else if (r == 0 && m.kind == MOVE_WAITS)
		/* Nobody but a trigger sets it, and none runs. */
		r = advance(s, INPUT_FAILURE, NULL, &m, f);
	/* The verdict no longer counts when what it was about is set anew. */
	s->verified =
	    s->verified && task_has(&s->task, NAME_VALIDATION_CHECK, VALUE_OK);
	return r == -1 || s->at.ended || s->left ? r : serve(s, &m, f);
}

/* From the start of a checked workflow no call gets here without a verdict, but
 * a task may begin at any activity. */
static void
refuse_queue(struct session *s)
{
	const struct activity *a = &s->workflow.activities[s->at.activity];

	if (!a->type->verified || s->at.hung_up || s->verified)
		return;
	prog_message(PROG_ERROR,
	    "task %s: at %s, but no PIN was verified in this call: "
	    "disconnected",
	    task_id(&s->task), a->name);
	s->at.hung_up = true;
}

static int
tell_end(struct session *s, struct fault *f)
{
	const struct activity *a = &s->workflow.activities[s->at.activity];
	const char *validation = task_get(&s->task, NAME_VALIDATION_CHECK);
	bool is_claim =
	    task_has(&s->task, NAME_VALIDATION_CHECK, VALUE_OK) && !s->verified;
	struct move m = {.kind = MOVE_ENDED, .at = a};
	struct ending ending = {
	    .outcome = task_get(&s->task, NAME_FLOW_OUTCOME),
	    .to = s->at.hung_up || a->to == NULL ? "" : a->to,
	    .validation = validation == NULL || is_claim ? "" : validation,
	};

	trace_add(&s->trace, task_id(&s->task), &m, clock_now_s());
	return s->channel.type->end == NULL
	    ? 0
	    : s->channel.type->end(&s->channel, &ending, f);
}

int
session_find_position(struct session *s, struct fault *f)
{
	struct parameters parameters = parameters_of_task(&s->task);

	return position_load(
	    &s->at, &s->workflow, &parameters, clock_now_s(), f);
}

int
session_load(struct session *s, struct fault *f)
{
	if (session_find_position(s, f) == -1)
		return -1;
	/* Else a verdict on one call would open the door to another. */
	return s->at.ended
	    ? fault_set(f, STATUS_DATA, "%s: the call of this task has ended",
		  NAME_FLOW_OUTCOME)
	    : 0;
}

/*
 * What somebody else wrote into the task is no proof: neither a verdict, nor
 * the activity, nor a PIN, which may have been keyed in by anybody at any time.
 */
static int
doubt(struct session *s, struct fault *f)
{
	task_remove(&s->task, NAME_VALIDATION_CHECK);
	if (!position_is_behind_pin(&s->at, &s->workflow) &&
	    !task_is_event_of(&s->task, NAME_PIN))
		return 0;
	prog_message(PROG_WARNING,
	    "task %s: a task does not prove that a PIN was entered: asking "
	    "for it again",
	    task_id(&s->task));
	task_make_state(&s->task);
	position_ask_again(&s->at, &s->workflow, clock_now_s());
	return save(s, f);
}

int
session_run(struct session *s, struct fault *f)
{
	int r = 0;

	if (session_load(s, f) == -1 || (!s->is_own && doubt(s, f) == -1))
		return -1;
	if (task_is_event(&s->task))
		r = answer_and_save(s, f);
	while (r == 0 && !s->at.ended && !s->left) {
		if (channel_hung_up())
			r = hang_up(s);
		else
			r = move(s, f);
	}
	/* What was keyed in is not kept, also when the session failed. */
	if (task_get(&s->task, NAME_PIN) != NULL)
		task_make_state(&s->task);
	task_remove(&s->task, NAME_PIN);
	task_remove(&s->task, NAME_PIN_ENTRY);
	if (r == -1 || s->left)
		return r;
	refuse_queue(s);
	task_make_state(&s->task);
	if (save(s, f) == -1)
		return -1;
	return tell_end(s, f);
}

bool
session_is_verified(const struct session *s)
{
	return s->verified &&
	    task_has(&s->task, NAME_FLOW_OUTCOME, VALUE_QUEUED);
}

void
session_release(struct session *s)
{
	channel_close(&s->channel);
	task_release(&s->task);
	workflow_release(&s->workflow);
}
