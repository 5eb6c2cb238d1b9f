/*
 * Workflows changed at random. What the search finds is shown by its call on a
 * real task; what it does not find never happens in calls at random. The same
 * ones every time.
 */
#include "cmd/twofa-flow/checker/checker.h"

#include "common/base/cdefs.h"
#include "common/text/json.h"
#include "tests/unit/call_replay.h"
#include "tests/unit/check.h"

enum {
	MUTANTS = 1000,
	CALLS = 25, /* of each */
	MAX_STOPS = 2000,
};

static const struct workflow_settings settings = {6, 4, 3};

/* Everything that there is, and bounded. */
static const char base[] =
    "{\"start\":\"Accept\",\"maxSMS\":2,\"activities\":{"
    "\"Accept\":{\"type\":\"accept\",\"next\":\"Menu\"},"
    "\"Menu\":{\"type\":\"input-customer\",\"text\":\"?\",\"seconds\":9,"
    "\"retries\":1,\"max\":2,\"exceeded\":\"Bye\","
    "\"choices\":{\"1\":\"AskId\",\"2\":\"New\"},\"noResponse\":\"No\"},"
    "\"AskId\":{\"type\":\"collect-information\",\"text\":\"?\","
    "\"parameter\":\"CustomerIdentifier\",\"digits\":6,\"seconds\":9,"
    "\"retries\":1,\"max\":2,\"exceeded\":\"No\",\"next\":\"WaitId\","
    "\"noInput\":\"No\"},"
    "\"WaitId\":{\"type\":\"wait-for-parameter\",\"parameter\":"
    "\"CustomerRecognized\",\"seconds\":9,\"next\":\"CheckId\","
    "\"timeout\":\"No\",\"failure\":\"Sorry\"},"
    "\"CheckId\":{\"type\":\"check-parameter\",\"parameter\":"
    "\"CustomerRecognized\",\"cases\":{\"Yes\":\"Level\",\"No\":\"AskId\"},"
    "\"otherwise\":\"No\"},"
    "\"Level\":{\"type\":\"collect-information\",\"text\":\"?\","
    "\"parameter\":\"Level\",\"digits\":1,\"seconds\":9,"
    "\"choices\":{\"0\":\"Menu\"},\"next\":\"CheckLevel\","
    "\"noInput\":\"Start\"},"
    "\"CheckLevel\":{\"type\":\"check-parameter\",\"parameter\":\"Level\","
    "\"cases\":{\"9\":\"Sorry\"},\"otherwise\":\"Start\"},"
    "\"Start\":{\"type\":\"save-parameter\",\"parameter\":\"StartValidation\","
    "\"value\":\"Yes\",\"max\":2,\"exceeded\":\"No\",\"next\":\"WaitSent\"},"
    "\"WaitSent\":{\"type\":\"wait-for-parameter\",\"parameter\":\"SMSSent\","
    "\"seconds\":9,\"next\":\"CheckSent\",\"timeout\":\"No\","
    "\"failure\":\"No\"},"
    "\"CheckSent\":{\"type\":\"check-parameter\",\"parameter\":\"SMSSent\","
    "\"cases\":{\"Yes\":\"AskPIN\"},\"otherwise\":\"No\"},"
    "\"AskPIN\":{\"type\":\"collect-information\",\"text\":\"?\","
    "\"parameter\":\"PIN\",\"digits\":4,\"seconds\":9,\"retries\":1,"
    "\"max\":2,\"exceeded\":\"No\",\"choices\":{\"0\":\"Start\"},"
    "\"next\":\"WaitOK\",\"noInput\":\"No\"},"
    "\"WaitOK\":{\"type\":\"wait-for-parameter\",\"parameter\":"
    "\"ValidationCheck\",\"seconds\":9,\"next\":\"CheckOK\","
    "\"timeout\":\"No\",\"failure\":\"No\"},"
    "\"CheckOK\":{\"type\":\"check-parameter\",\"parameter\":"
    "\"ValidationCheck\",\"cases\":{\"OK\":\"Thanks\"},"
    "\"otherwise\":\"Why\"},"
    "\"Why\":{\"type\":\"check-parameter\",\"parameter\":\"TwofaReason\","
    "\"cases\":{\"wrong\":\"AskPIN\"},\"otherwise\":\"No\"},"
    "\"Thanks\":{\"type\":\"announcement\",\"text\":\"!\",\"next\":\"Note\"},"
    "\"Note\":{\"type\":\"save-parameter\",\"parameter\":\"Noted\","
    "\"value\":\"1\",\"next\":\"WaitNote\"},"
    "\"WaitNote\":{\"type\":\"wait-for-parameter\",\"parameter\":\"Ticket\","
    "\"seconds\":9,\"next\":\"Agents\",\"timeout\":\"Agents\","
    "\"failure\":\"Agents\"},"
    "\"Sorry\":{\"type\":\"announcement\",\"text\":\"!\",\"next\":\"Forget\"},"
    "\"Forget\":{\"type\":\"save-parameter\",\"parameter\":"
    "\"ValidationCheck\",\"value\":\"Failed\",\"next\":\"No\"},"
    "\"Agents\":{\"type\":\"queue\"},\"No\":{\"type\":\"transfer\"},"
    "\"New\":{\"type\":\"transfer\"},\"Bye\":{\"type\":\"disconnect\"}},"
    "\"triggers\":{"
    "\"CustomerIdentifier\":{\"run\":[\"twofa-lookup\"],"
    "\"sets\":[\"CustomerRecognized\",\"SMSNumber\"]},"
    "\"StartValidation\":{\"run\":[\"twofa-sendpin\"],\"sets\":[\"SMSSent\"]},"
    "\"PIN\":{\"run\":[\"twofa-verify\"],"
    "\"sets\":[\"ValidationCheck\",\"TwofaReason\"]},"
    "\"Noted\":{\"run\":[\"note\"],\"sets\":[\"Ticket\"]}}}";

/* xorshift32 */
static unsigned
draw(unsigned below)
{
	static unsigned x = 20260104;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x % below;
}

/* --- a call at random ----------------------------------------------------- */

/* Often what takes the call on. */
static const char *
draw_value(const char *name)
{
	static const char *const values[] = {
	    "Yes", "No", "OK", "Failed", "wrong", "9", "other"};

	if (draw(3) != 0)
		return strcmp(name, NAME_VALIDATION_CHECK) == 0 ? "OK" : "Yes";
	return values[draw(ARRAY_LEN(values))];
}

static const char *
draw_keys(const struct activity *a)
{
	static const char *const keys[] = {"1", "2", "0", "0#", "9#", "", "**",
	    "1234", "123456", "12345678901"};
	static const char *const digits[] = {
	    "1", "1", "12", "123", "1234", "12345", "123456"};

	return draw(3) != 0 ? digits[a->digits] : keys[draw(ARRAY_LEN(keys))];
}

static void
set_at_start(struct replay *r)
{
	static const char *const names[] = {"CustomerIdentifier",
	    "CustomerRecognized", "SMSNumber", "StartValidation", "SMSSent",
	    "PIN", "ValidationCheck", "TwofaReason", "Level", "Ticket"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (draw(2) == 0)
			CHECK(replay_set(
			    r, NULL, names[i], draw_value(names[i])));
}

/* Some of what it sets, which is not set yet. */
static void
answer(struct replay *r, const struct trigger *t)
{
	size_t i;

	for (i = 0; t != NULL && i < t->set_count; i++)
		if (replay_get(r, t->sets[i]) == NULL && draw(4) != 0)
			CHECK(replay_set(
			    r, t, t->sets[i], draw_value(t->sets[i])));
}

static bool
wait_on(struct replay *r, const struct trigger *t)
{
	const struct activity *a = r->at.last.at;

	if (replay_get(r, a->parameter) != NULL)
		return replay_advance(r, NULL);
	if (draw(4) == 0)
		return replay_fail(r);
	if ((t == NULL || !trigger_sets(t, a->parameter)) && draw(2) == 0)
		return replay_set(
			   r, NULL, a->parameter, draw_value(a->parameter)) &&
		    replay_advance(r, NULL);
	r->now_s += a->seconds;
	return replay_advance(r, NULL);
}

/* One stop and on; false: the workflow leads nowhere. */
static bool
go_on(struct replay *r, const struct trigger **t)
{
	if (r->at.last.kind == MOVE_RAISED)
		*t = workflow_trigger(r->w, r->at.last.at->parameter);
	if (r->at.last.kind == MOVE_RAISED || draw(3) == 0)
		answer(r, *t);
	if (r->at.last.kind == MOVE_ASKS && draw(8) != 0)
		return replay_advance(r, draw_keys(r->at.last.at));
	if (r->at.last.kind == MOVE_WAITS)
		return wait_on(r, *t);
	return replay_advance(r, NULL);
}

struct outcome {
	bool ended, queued;
	unsigned unverified, messages;
};

static struct outcome
call(const struct workflow *w, bool seen[])
{
	const struct trigger *t = NULL;
	struct outcome out = {.ended = false};
	struct replay r;
	int i;

	CHECK(replay_begin(&r, w));
	set_at_start(&r);
	out.ended = replay_advance(&r, NULL);
	for (i = 0; out.ended && !r.at.at.ended && i < MAX_STOPS; i++) {
		seen[r.at.at.activity] = true;
		out.ended = go_on(&r, &t);
	}
	seen[r.at.at.activity] = true;
	out.ended = out.ended && r.at.at.ended;
	out.queued = replay_is(&r, NAME_FLOW_OUTCOME, VALUE_QUEUED);
	out.unverified = out.queued && !r.is_verified;
	out.messages = r.messages;
	task_release(&r.task);
	return out;
}

/* --- a workflow at random ------------------------------------------------- */

static void
mutate(struct workflow *w)
{
	unsigned n = 1 + draw(3);
	struct activity *a;
	struct workflow_exit *e;

	w->max_sms = 1 + draw(3) / 2;
	while (n > 0) {
		a = &w->activities[draw((unsigned)w->activity_count)];
		if (a->exit_count == 0)
			continue;
		e = &a->exits[draw((unsigned)a->exit_count)];
		e->to = (int)draw((unsigned)w->activity_count);
		e->target = w->activities[e->to].name;
		n--;
	}
}

static bool
has(const struct check_result *r, enum finding_kind kind)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->findings[i].kind == kind)
			return true;
	return false;
}

static unsigned queued, unverified, many_messages, sound;

/* advance_task() would not come back from some loops. */
static void
check_calls(const struct workflow *w, const struct check_result *r)
{
	bool seen[WORKFLOW_MAX_ACTIVITIES] = {false};
	struct outcome o;
	size_t i;
	int n;

	if (has(r, FINDING_LOOP))
		return;
	sound += r->count == 0;
	for (n = 0; n < CALLS; n++) {
		o = call(w, seen);
		CHECK(o.ended);
		CHECK(!o.unverified || has(r, FINDING_NOT_VERIFIED));
		CHECK(o.messages <= w->max_sms || has(r, FINDING_MESSAGES));
		queued += o.queued;
		unverified += o.unverified;
		many_messages += o.messages > w->max_sms;
	}
	for (i = 0; i < r->count; i++)
		if (r->findings[i].kind == FINDING_NOT_REACHED)
			CHECK(!seen[r->findings[i].at - w->activities]);
}

static unsigned shown[FINDING_NOT_REACHED + 1];

static void
check_one(const struct workflow *w)
{
	struct check_result r = CHECK_RESULT_INIT;
	struct fault f = FAULT_INIT;
	size_t i;

	CHECK(check_workflow(w, CHECK_MAX_STATES, &r, &f) == 0);
	for (i = 0; i < r.count; i++) {
		shown[r.findings[i].kind]++;
		CHECK(replay_proves(w, &r.findings[i]));
	}
	check_calls(w, &r);
	check_release(&r);
}

static void
parse(struct workflow *w)
{
	struct fault f = FAULT_INIT;

	if (workflow_parse(w, "base", base, strlen(base), &settings, &f) == -1)
		printf("# %s\n", f.message);
	CHECK(f.status == 0);
}

static void
the_base_is_sound(void)
{
	struct workflow w = WORKFLOW_INIT;
	struct check_result r = CHECK_RESULT_INIT;
	struct fault f = FAULT_INIT;
	size_t i;

	parse(&w);
	CHECK(check_workflow(&w, CHECK_MAX_STATES, &r, &f) == 0);
	for (i = 0; i < r.count; i++)
		printf("# %s\n", r.findings[i].message);
	CHECK(r.count == 0);
	printf("# %zu states\n", r.states);
	check_release(&r);
	workflow_release(&w);
}

static void
mutants(void)
{
	struct workflow w = WORKFLOW_INIT;
	int i;

	for (i = 0; i < MUTANTS; i++) {
		parse(&w);
		mutate(&w);
		check_one(&w);
		workflow_release(&w);
	}
	printf(
	    "# shown: %u unverified, %u messages, %u loops; %u not reached\n",
	    shown[FINDING_NOT_VERIFIED], shown[FINDING_MESSAGES],
	    shown[FINDING_LOOP], shown[FINDING_NOT_REACHED]);
	printf(
	    "# %u without a finding; of all calls %u were queued, %u of them "
	    "unverified, %u had too many messages\n",
	    sound, queued, unverified, many_messages);
	/* They do happen, or nothing would be said by this. */
	CHECK(shown[FINDING_NOT_VERIFIED] > 50 && shown[FINDING_LOOP] > 50 &&
	    shown[FINDING_MESSAGES] > 10);
	CHECK(sound > 50 && queued > 50 && unverified > 50);
}

int
main(void)
{
	json_wipe_freed();
	RUN(the_base_is_sound);
	RUN(mutants);
	return check_done();
}
