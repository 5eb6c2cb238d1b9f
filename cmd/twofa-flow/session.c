#include "cmd/twofa-flow/session.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "cmd/twofa-flow/answer.h"
#include "cmd/twofa-flow/spoken.h"
#include "cmd/twofa-flow/workflow/engine.h"
#include "cmd/twofa-flow/workflow/trust.h"
#include "cmd/twofa-flow/workflow/wording.h"
#include "common/process/signal_block.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

static bool
is_secret(const struct activity *a)
{
	return a->type == ACTIVITY_COLLECT_INFORMATION &&
	    strcmp(a->parameter, NAME_PIN) == 0;
}

/* Say or, with keys, ask. */
static enum heard
speak(struct session *p, const struct activity *a, char *keys, struct fault *f)
{
	struct spoken spoken = {.workflow = p->workflow, .task = p->task};
	struct buf text = BUF_INIT(WORDING_MAX), digits = BUF_INIT(WORDING_MAX);
	const char *words = wording_find(&a->text, p->language);
	enum heard heard = HEARD_FAILED;
	struct speech speech;

	if (channel_hung_up())
		return HEARD_HANG_UP;
	if (wording_fill(words, spoken_value, &spoken, &text, f) == -1 ||
	    wording_digits(words, spoken_value, &spoken, &digits, f) == -1)
		goto out;
	speech = (struct speech){.activity = a,
	    .text = buf_text(&text),
	    .digits = buf_text(&digits),
	    .audio = wording_find(&a->audio, p->language),
	    .secret = is_secret(a)};
	heard = keys == NULL ? p->face->say(p->face_self, &speech, f)
			     : p->face->ask(p->face_self, &speech, keys, f);
out:
	buf_release(&text);
	buf_release(&digits);
	return heard;
}

static int
keep(struct session *p, struct fault *f)
{
	struct parameters parameters = parameters_of_task(p->task);

	if (position_store(&p->at, p->workflow, &parameters, f) == -1)
		return -1;
	if (p->keep == NULL || task_get(p->task, NAME_PIN) != NULL)
		return 0;
	return p->keep(p->keep_self, p->task, f);
}

/* Nothing ends this program, or the trigger, before what it did is kept: a
 * message that is on its way would be of unknown outcome. */
static int
answer_and_keep(struct session *p, struct fault *f)
{
	sigset_t signals;
	int r;

	signal_block_start(&signals);
	answer_event(p);
	r = keep(p, f);
	signal_block_end(&signals);
	return r;
}

/*
 * Whoever writes a PIN writes another PINEntry each time: see twofa-task(5).
 * One that is kept before the PIN is asked for is still there when the program
 * is killed behind it: the same digits are then the same question.
 */
static int
draw_entry(struct session *p, struct fault *f)
{
	const char *kept = task_get(p->task, NAME_PIN_ENTRY);

	if (p->has_entry && kept != NULL && strlen(kept) < sizeof p->entry)
		(void)snprintf(p->entry, sizeof p->entry, "%s", kept);
	else if (uuid_draw(p->entry, f) == -1)
		return -1;
	p->has_entry = false;
	return task_set(p->task, NAME_PIN_ENTRY, p->entry, f);
}

/*
 * The wish to send the PIN once more has an entry, too, which is kept with it:
 * whoever goes on with a call that was broken off sends nothing twice.
 */
static int
draw_start_entry(struct session *p, const struct activity *a, struct fault *f)
{
	char entry[UUID_SIZE];

	if (a->value == NULL || strcmp(a->value, VALUE_RESEND) != 0 ||
	    strcmp(a->parameter, NAME_START_VALIDATION) != 0)
		return 0;
	if (uuid_draw(entry, f) == -1)
		return -1;
	return task_set(p->task, NAME_START_ENTRY, entry, f);
}

static int
raise_event(struct session *p, const struct activity *a, struct fault *f)
{
	/* In place of the engine's, which is the same each time. */
	if (is_secret(a) &&
	    task_set(p->task, NAME_PIN_ENTRY, p->entry, f) == -1)
		return -1;
	if (draw_start_entry(p, a, f) == -1 ||
	    task_make_event(p->task, a->parameter,
		task_get(p->task, a->parameter), f) == -1 ||
	    keep(p, f) == -1)
		return -1;
	return answer_and_keep(p, f);
}

static int
hang_up(struct session *p)
{
	if (p->keep != NULL)
		p->left = true;
	else
		p->at.ended = p->at.hung_up = true;
	return 0;
}

/* Ask the caller; what was keyed in is moved on at once and wiped. */
static int
ask(struct session *p, struct move *m, struct fault *f)
{
	struct parameters parameters = parameters_of_task(p->task);
	char keys[CHANNEL_KEYS_SIZE] = "";
	struct input input = {INPUT_KEYS, keys, 0};
	enum heard heard;
	int r = -1;

	if ((is_secret(m->at) && draw_entry(p, f) == -1) || keep(p, f) == -1)
		return -1;
	heard = speak(p, m->at, keys, f);
	if (heard == HEARD_NOTHING)
		keys[0] = '\0';
	input.now_s = clock_now_s();
	if (heard == HEARD_HANG_UP)
		r = hang_up(p);
	else if (heard != HEARD_FAILED)
		r = engine_move(p->workflow, &p->at, &parameters, &input, m, f);
	explicit_bzero(keys, sizeof keys);
	return r;
}

/* Nobody but a trigger sets it, and none runs. */
static int
stop_waiting(struct session *p, struct move *m, struct fault *f)
{
	struct parameters parameters = parameters_of_task(p->task);
	struct input input = {INPUT_FAILURE, NULL, clock_now_s()};

	return engine_move(p->workflow, &p->at, &parameters, &input, m, f);
}

/* What a move wants to be done outside. */
static int
serve(struct session *p, struct move *m, struct fault *f)
{
	enum heard heard = HEARD_NOTHING;

	if (m->exit != NULL)
		trace_add(p->trace, task_id(p->task), m, clock_now_s());
	if (m->kind == MOVE_RAISED)
		return raise_event(p, m->at, f);
	if (m->kind == MOVE_WENT && m->at->type == ACTIVITY_ACCEPT)
		return p->face->accept(p->face_self, f);
	if (m->kind == MOVE_SAID)
		heard = speak(p, m->at, NULL, f);
	if (heard == HEARD_HANG_UP)
		return hang_up(p);
	return heard == HEARD_FAILED ? -1 : 0;
}

static int
move(struct session *p, struct fault *f)
{
	struct parameters parameters = parameters_of_task(p->task);
	struct input input = {
	    p->answered ? INPUT_FAILURE : INPUT_NONE, NULL, clock_now_s()};
	struct move m = {.at = NULL};
	int r;

	r = engine_move(p->workflow, &p->at, &parameters, &input, &m, f);
	if (r == 0 && m.kind == MOVE_ASKS)
		r = ask(p, &m, f);
	else if (r == 0 && m.kind == MOVE_WAITS)
		r = stop_waiting(p, &m, f);
	/* What the verdict was about may have been set anew. */
	p->verified = p->verified && answer_is_ok(p->task);
	return r == -1 || p->at.ended || p->left ? r : serve(p, &m, f);
}

/* A call from the start of a checked workflow is queued with a verdict only;
 * one that a task put elsewhere, with whatever it holds, is not queued. */
static void
refuse_queue(struct session *p)
{
	const struct activity *a = &p->workflow->activities[p->at.activity];

	if (a->type != ACTIVITY_QUEUE || p->at.hung_up || p->verified)
		return;
	prog_message(PROG_ERROR,
	    "task %s: it came to %s, but no PIN was verified in this call: it "
	    "is disconnected",
	    task_id(p->task), a->name);
	p->at.hung_up = true;
}

static int
tell_end(struct session *p, struct fault *f)
{
	const struct activity *a = &p->workflow->activities[p->at.activity];
	const char *validation = task_get(p->task, NAME_VALIDATION_CHECK);
	bool is_claim = answer_is_ok(p->task) && !p->verified;
	struct move m = {.kind = MOVE_ENDED, .at = a};
	struct ending ending = {
	    .outcome = task_get(p->task, NAME_FLOW_OUTCOME),
	    .to = p->at.hung_up || a->to == NULL ? "" : a->to,
	    .validation = validation == NULL || is_claim ? "" : validation,
	};

	trace_add(p->trace, task_id(p->task), &m, clock_now_s());
	return p->face->end(p->face_self, &ending, f);
}

int
session_load(struct session *p, struct fault *f)
{
	struct parameters parameters = parameters_of_task(p->task);

	if (position_load(&p->at, p->workflow, &parameters, clock_now_s(), f) ==
	    -1)
		return -1;
	/* Else a verdict on one call would open the door to another. */
	return p->at.ended
	    ? fault_set(f, STATUS_DATA, "%s: the call of this task has ended",
		  NAME_FLOW_OUTCOME)
	    : 0;
}

/*
 * What somebody else wrote is no proof: not a verdict, not a place that only
 * a verdict leads to, and not a PIN, which may have been keyed in by anybody at
 * any time.
 */
static int
doubt(struct session *p, struct fault *f)
{
	struct parameters parameters = parameters_of_task(p->task);
	const char *event = task_event_name(p->task);

	task_remove(p->task, NAME_VALIDATION_CHECK);
	if (!position_is_behind_pin(&p->at, p->workflow) &&
	    (event == NULL || strcmp(event, NAME_PIN) != 0))
		return 0;
	prog_message(PROG_WARNING,
	    "task %s: a task does not prove that a PIN was entered: it is "
	    "asked for again",
	    task_id(p->task));
	task_make_state(p->task);
	position_ask_again(&p->at, p->workflow, clock_now_s());
	return position_store(&p->at, p->workflow, &parameters, f);
}

int
session_run(struct session *p, struct fault *f)
{
	int r = 0;

	if (session_load(p, f) == -1 || (!p->is_own && doubt(p, f) == -1))
		return -1;
	if (task_is_event(p->task))
		r = answer_and_keep(p, f);
	while (r == 0 && !p->at.ended && !p->left) {
		if (channel_hung_up())
			r = hang_up(p);
		else
			r = move(p, f);
	}
	/* Where it broke off, what was keyed in is not kept. */
	if (task_get(p->task, NAME_PIN) != NULL)
		task_make_state(p->task);
	task_remove(p->task, NAME_PIN);
	task_remove(p->task, NAME_PIN_ENTRY);
	if (r == -1 || p->left)
		return r;
	refuse_queue(p);
	task_make_state(p->task);
	if (keep(p, f) == -1)
		return -1;
	return tell_end(p, f);
}
