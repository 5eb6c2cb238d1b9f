/*
 * Where a call stands, in a task and back.
 */
#include "common/base/buf.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "cmd/twofa-flow/workflow/position.h"
#include "common/text/json.h"
#include "tests/unit/flow_fixture.h"

/* A position, what it is as parameters, and the activity. */
static const struct {
	const char *at;
	int64_t since_s;
	unsigned tries;
	unsigned short pin, twice; /* visits */
	bool ended;
	const char *text;
} positions[] = {
    {"Accept", 0, 0, 0, 0, false, "FlowActivity=Accept,FlowSince=0"},
    {"Menu", 2147483647, 2, 0, 0, false,
	"FlowActivity=Menu,FlowSince=2147483647,FlowCount=*=2"},
    {"Menu", 2147483648, 0, 0, 0, false,
	"FlowActivity=Menu,FlowSince=2147483648"},
    {"Menu", 253402300799, 0, 0, 0, false,
	"FlowActivity=Menu,FlowSince=253402300799"},
    {"Pin", 5, 0, 1, 0, false, "FlowActivity=Pin,FlowSince=5,FlowCount=Pin=1"},
    {"Twice", 5, 1, 3, 60000, false,
	"FlowActivity=Twice,FlowSince=5,FlowCount=Pin=3 Twice=60000 *=1"},
    {"Queue", 5, 0, 0, 0, true,
	"FlowActivity=Queue,FlowSince=5,FlowOutcome=queued"},
    {"Transfer", 5, 0, 0, 0, true,
	"FlowActivity=Transfer,FlowSince=5,FlowOutcome=transferred"},
    {"Hang", 5, 0, 0, 0, true,
	"FlowActivity=Hang,FlowSince=5,FlowOutcome=disconnected"},
};

static void
positions_there_and_back(void)
{
	struct workflow w;
	struct position p, back;
	struct pairs pairs;
	struct parameters parameters = parameters_of(&pairs);
	struct fault f = FAULT_INIT;
	size_t i;

	open_workflow(&w, everything);
	for (i = 0; i < ARRAY_LEN(positions); i++) {
		p = position_at(&w, positions[i].at, 0, 0);
		p.since_s = positions[i].since_s;
		p.tries = positions[i].tries;
		p.visits[workflow_find(&w, "Pin")] = positions[i].pin;
		p.visits[workflow_find(&w, "Twice")] = positions[i].twice;
		p.ended = positions[i].ended;
		pairs_fill(&pairs, "");
		position_store(&p, &w, &parameters);
		CHECK_TEXT(pairs_text(&pairs), positions[i].text);
		CHECK(position_load(&back, &w, &parameters, NOW_S, &f) == 0);
		CHECK(back.activity == p.activity && back.tries == p.tries);
		CHECK(back.since_s == p.since_s && back.ended == p.ended);
		CHECK(memcmp(back.visits, p.visits, sizeof p.visits) == 0);
		/* What an older position left behind goes. */
		pairs_fill(&pairs, "FlowCount=Pin=9,FlowOutcome=queued");
		position_store(&p, &w, &parameters);
		CHECK(position_load(&back, &w, &parameters, NOW_S, &f) == 0);
		CHECK(memcmp(back.visits, p.visits, sizeof p.visits) == 0);
		CHECK(back.ended == p.ended);
		CHECK_TEXT(f.message, "");
	}
	workflow_release(&w);
}

#define SINCE ",FlowSince=1"

static const struct {
	const char *text;
	int status;
	const char *message; /* its beginning */
} bad_positions[] = {
    {"FlowActivity=Nowhere" SINCE, STATUS_CONFIG,
	"FlowActivity: the workflow w has no activity 'Nowhere'"},
    {"FlowActivity=accept" SINCE, STATUS_CONFIG, "FlowActivity: "},
    {"FlowActivity=Accept", STATUS_DATA, "FlowSince: not a time"},
    {"FlowActivity=Accept,FlowSince=", STATUS_DATA, "FlowSince: not a time"},
    {"FlowActivity=Accept,FlowSince=-1", STATUS_DATA, "FlowSince: "},
    {"FlowActivity=Accept,FlowSince=1 ", STATUS_DATA, "FlowSince: "},
    {"FlowActivity=Accept,FlowSince=253402300800", STATUS_DATA, "FlowSince: "},
    {"FlowActivity=Accept,FlowCount=Pin" SINCE, STATUS_DATA, "FlowCount: not"},
    {"FlowActivity=Accept,FlowCount= Pin=1" SINCE, STATUS_DATA, "FlowCount: "},
    {"FlowActivity=Accept,FlowCount=Pin=1  *=1" SINCE, STATUS_DATA,
	"FlowCount: not"},
    {"FlowActivity=Accept,FlowCount=Pin=60001" SINCE, STATUS_DATA,
	"FlowCount: not"},
    {"FlowActivity=Accept,FlowCount=*=60001" SINCE, STATUS_DATA,
	"FlowCount: not"},
    {"FlowActivity=Accept,FlowCount=Nowhere=1" SINCE, STATUS_CONFIG,
	"FlowCount: the workflow w has no activity 'Nowhere'"},
    {"FlowActivity=Accept,FlowOutcome=queued" SINCE, STATUS_DATA,
	"FlowOutcome: "},
    {"FlowActivity=Transfer,FlowOutcome=queued" SINCE, STATUS_DATA,
	"FlowOutcome: "},
    {"FlowActivity=Queue,FlowOutcome=Queued" SINCE, STATUS_DATA,
	"FlowOutcome: "},
    {"FlowOutcome=queued", STATUS_DATA, "FlowOutcome: "},
    {"FlowOutcome=disconnected", STATUS_DATA, "FlowOutcome: "},
};

static void
positions_that_cannot_be(void)
{
	struct workflow w;
	struct position p;
	struct pairs pairs;
	struct parameters parameters = parameters_of(&pairs);
	size_t i;

	open_workflow(&w, everything);
	for (i = 0; i < ARRAY_LEN(bad_positions); i++) {
		const char *wanted = bad_positions[i].message;
		struct fault f = FAULT_INIT;

		pairs_fill(&pairs, bad_positions[i].text);
		CHECK(position_load(&p, &w, &parameters, NOW_S, &f) == -1);
		CHECK(f.status == bad_positions[i].status);
		f.message[strlen(wanted)] = '\0';
		CHECK_TEXT(f.message, wanted);
	}
	workflow_release(&w);
}

static const struct {
	const char *workflow;
	const char *behind; /* those that only a PIN leads to */
	const char *prompt;
} trusted[] = {
    {"call", "WaitValidation CheckValidation Verified Agents ", "AskPIN"},
    {"desk",
	"WaitValidation NotChecked CheckValidation CheckReason Wrong Refused "
	"Verified ",
	"AskPIN"},
};

static void
positions_that_only_a_pin_leads_to(void)
{
	struct workflow w;
	struct position p = {.activity = -1};
	struct buf behind = BUF_INIT(1000);
	struct fault f = FAULT_INIT;
	const char *json;
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(trusted); i++) {
		json = builtin_find(trusted[i].workflow);
		CHECK(workflow_parse(
			  &w, "w", json, strlen(json), &settings, &f) == 0);
		buf_clear(&behind);
		for (j = 0; j < w.activity_count; j++) {
			p.activity = (int)j;
			if (position_is_behind_pin(&p, &w))
				CHECK(buf_printf(&behind, &f, "%s ",
					  w.activities[j].name) == 0);
		}
		CHECK_TEXT(buf_text(&behind), trusted[i].behind);
		position_ask_again(&p, &w, NOW_S);
		CHECK_TEXT(w.activities[p.activity].name, trusted[i].prompt);
		CHECK(p.since_s == NOW_S && p.visits[p.activity] == 1);
		workflow_release(&w);
	}
	/* No prompt can be reached: to the start. */
	open_workflow(&w, everything);
	p.activity = workflow_find(&w, "Queue");
	position_ask_again(&p, &w, NOW_S);
	CHECK_TEXT(w.activities[p.activity].name, "Accept");
	workflow_release(&w);
	buf_release(&behind);
}

int
main(void)
{
	json_wipe_freed();
	RUN(positions_there_and_back);
	RUN(positions_that_cannot_be);
	RUN(positions_that_only_a_pin_leads_to);
	return check_done();
}
