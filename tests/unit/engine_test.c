/*
 * The engine as a table of moves.
 */
#include "cmd/twofa-flow/workflow/engine.h"
#include "cmd/twofa-flow/workflow/wording.h"
#include "common/text/json.h"
#include "common/task/task.h"
#include "tests/unit/flow_fixture.h"

#include <stdlib.h>

#define NONE                                                                   \
	{                                                                      \
		INPUT_NONE, NULL, NOW_S                                        \
	}
#define KEYS(keys)                                                             \
	{                                                                      \
		INPUT_KEYS, (keys), NOW_S                                      \
	}
#define FAILURE                                                                \
	{                                                                      \
		INPUT_FAILURE, NULL, NOW_S                                     \
	}

static const struct row {
	const char *at;
	unsigned short visits; /* of it */
	unsigned tries;
	const char *before; /* parameters */
	struct input input;
	int64_t passed_s; /* since the call came there */
	enum move_kind kind;
	const char *to; /* NULL: it stays */
	unsigned tries_after;
	const char *after;    /* NULL: as before */
	enum input_kind left; /* of the input */
} rows[] = {
    {"Accept", 0, 0, "", NONE, 0, MOVE_WENT, "Menu", 0, NULL, INPUT_NONE},
    /* What is not asked for waits; so does a failure. */
    {"Accept", 0, 0, "", KEYS("1"), 0, MOVE_WENT, "Menu", 0, NULL, INPUT_KEYS},
    {"Accept", 0, 0, "", FAILURE, 0, MOVE_WENT, "Menu", 0, NULL, INPUT_FAILURE},
    {"Menu", 0, 0, "", NONE, 9999, MOVE_ASKS, NULL, 0, NULL, INPUT_NONE},
    {"Menu", 0, 2, "", NONE, 0, MOVE_ASKS, NULL, 2, NULL, INPUT_NONE},
    {"Menu", 0, 0, "", FAILURE, 0, MOVE_ASKS, NULL, 0, NULL, INPUT_FAILURE},
    {"Menu", 0, 0, "", KEYS("1"), 0, MOVE_WENT, "One", 0, NULL, INPUT_NONE},
    {"Menu", 0, 2, "", KEYS("*"), 0, MOVE_WENT, "Star", 0, NULL, INPUT_NONE},
    {"Menu", 0, 0, "", KEYS("#"), 0, MOVE_WENT, "Hash", 0, NULL, INPUT_NONE},
    {"Menu", 0, 0, "", KEYS(" 1\t"), 0, MOVE_WENT, "One", 0, NULL, INPUT_NONE},
    {"Menu", 0, 0, "", KEYS("1#"), 0, MOVE_AGAIN, NULL, 1, NULL, INPUT_NONE},
    {"Menu", 0, 0, "", KEYS("11"), 0, MOVE_AGAIN, NULL, 1, NULL, INPUT_NONE},
    {"Menu", 0, 0, "", KEYS("2"), 0, MOVE_AGAIN, NULL, 1, NULL, INPUT_NONE},
    {"Menu", 0, 1, "", KEYS(""), 0, MOVE_AGAIN, NULL, 2, NULL, INPUT_NONE},
    {"Menu", 0, 2, "", KEYS(" "), 0, MOVE_WENT, "NoResponse", 0, NULL,
	INPUT_NONE},
    {"Menu", 0, 9, "", KEYS("x"), 0, MOVE_WENT, "NoResponse", 0, NULL,
	INPUT_NONE},
    /* Digits, and choices among them. */
    {"Collect", 0, 0, "", NONE, 0, MOVE_ASKS, NULL, 0, NULL, INPUT_NONE},
    {"Collect", 0, 1, "", KEYS("123"), 0, MOVE_WENT, "Next", 0, "X=123",
	INPUT_NONE},
    {"Collect", 0, 0, "X=1,A=2", KEYS(" 1-2 3 # "), 0, MOVE_WENT, "Next", 0,
	"X=123,A=2", INPUT_NONE},
    {"Collect", 0, 0, "X=1", KEYS("*"), 0, MOVE_WENT, "Star", 0, NULL,
	INPUT_NONE},
    {"Collect", 0, 0, "", KEYS("7"), 0, MOVE_WENT, "One", 0, NULL, INPUT_NONE},
    {"Collect", 0, 0, "", KEYS("777"), 0, MOVE_WENT, "Next", 0, "X=777",
	INPUT_NONE},
    {"Collect", 0, 0, "", KEYS("8"), 0, MOVE_AGAIN, NULL, 1, NULL, INPUT_NONE},
    {"Collect", 0, 0, "X=1", KEYS("12"), 0, MOVE_AGAIN, NULL, 1, NULL,
	INPUT_NONE},
    {"Collect", 0, 0, "", KEYS("1234"), 0, MOVE_AGAIN, NULL, 1, NULL,
	INPUT_NONE},
    {"Collect", 0, 0, "", KEYS("12a"), 0, MOVE_AGAIN, NULL, 1, NULL,
	INPUT_NONE},
    {"Collect", 0, 0, "", KEYS("1#3"), 0, MOVE_AGAIN, NULL, 1, NULL,
	INPUT_NONE},
    {"Collect", 0, 0, "", KEYS("12*"), 0, MOVE_AGAIN, NULL, 1, NULL,
	INPUT_NONE},
    {"Collect", 0, 1, "", KEYS("#"), 0, MOVE_WENT, "NoInput", 0, NULL,
	INPUT_NONE},
    {"Collect", 0, 1, "X=1", KEYS(""), 0, MOVE_WENT, "NoInput", 0, NULL,
	INPUT_NONE},
    /* A PIN has an entry, which names the visit. */
    {"Pin", 1, 0, "", KEYS("1234"), 0, MOVE_RAISED, "Next", 0,
	"PIN=1234,PINEntry=Pin.1", INPUT_NONE},
    {"Pin", 7, 0, "PIN=1,ValidationCheck=OK,TwofaReason=x,PINEntry=Pin.6",
	KEYS("1234"), 0, MOVE_RAISED, "Next", 0, "PIN=1234,PINEntry=Pin.7",
	INPUT_NONE},
    {"Pin", 7, 0, "PIN=1,ValidationCheck=OK", KEYS("123"), 0, MOVE_WENT,
	"NoInput", 0, NULL, INPUT_NONE},
    {"Twice", 1, 0, "", KEYS("1234"), 0, MOVE_RAISED, "Twice", 0,
	"PIN=1234,PINEntry=Twice.1", INPUT_NONE},
    {"Twice", 2, 0, "", KEYS("1234"), 0, MOVE_RAISED, "Twice", 0,
	"PIN=1234,PINEntry=Twice.2", INPUT_NONE},
    {"Twice", 3, 0, "PIN=1", KEYS("1234"), 0, MOVE_WENT, "Exceeded", 0, NULL,
	INPUT_KEYS},
    {"Twice", 3, 0, "", NONE, 0, MOVE_WENT, "Exceeded", 0, NULL, INPUT_NONE},
    /* What was derived goes, and what the trigger sets. */
    {"Save", 0, 0, "X=1,X2=2", NONE, 0, MOVE_WENT, "Next", 0, "X=v,X2=2",
	INPUT_NONE},
    {"Start", 0, 0,
	"A=1,StartValidation=Old,SMSSent=Yes,GeneratedPIN=g,PIN=1,"
	"PINAttempts=2,ValidationCheck=OK,S=s,CustomerRecognized=Yes",
	NONE, 0, MOVE_RAISED, "Next", 0,
	"A=1,StartValidation=Yes,CustomerRecognized=Yes", INPUT_NONE},
    {"Customer", 0, 0,
	"CustomerIdentifier=1,CustomerRecognized=Yes,SMSNumber=+4,"
	"StartValidation=Yes,SMSSent=Yes,PIN=1,PINEntry=x,S=s",
	NONE, 0, MOVE_WENT, "Next", 0, "CustomerIdentifier=9,S=s", INPUT_NONE},
    /* What is set beats the failure, and that the time. */
    {"Wait", 0, 0, "", NONE, 29, MOVE_WAITS, NULL, 0, NULL, INPUT_NONE},
    {"Wait", 0, 0, "", KEYS("1"), 0, MOVE_WAITS, NULL, 0, NULL, INPUT_KEYS},
    {"Wait", 0, 0, "", NONE, 30, MOVE_WENT, "Timeout", 0, NULL, INPUT_NONE},
    {"Wait", 0, 0, "", FAILURE, 0, MOVE_WENT, "Failure", 0, NULL, INPUT_NONE},
    {"Wait", 0, 0, "", FAILURE, 30, MOVE_WENT, "Failure", 0, NULL, INPUT_NONE},
    {"Wait", 0, 0, "W=No", FAILURE, 30, MOVE_WENT, "Next", 0, NULL,
	INPUT_FAILURE},
    {"Wait", 0, 0, "W=No", NONE, 9999, MOVE_WENT, "Next", 0, NULL, INPUT_NONE},
    /* A clock that was set back, by however much, is no time-out. */
    {"Wait", 0, 0, "", NONE, -1, MOVE_WAITS, NULL, 0, NULL, INPUT_NONE},
    {"Wait", 0, 0, "", NONE, -NOW_S, MOVE_WAITS, NULL, 0, NULL, INPUT_NONE},
    {"Ever", 0, 0, "", NONE, 999999, MOVE_WAITS, NULL, 0, NULL, INPUT_NONE},
    {"Check", 0, 0, "C=Yes", NONE, 0, MOVE_WENT, "One", 0, NULL, INPUT_NONE},
    {"Check", 0, 0, "C=No", KEYS("1"), 0, MOVE_WENT, "Star", 0, NULL,
	INPUT_KEYS},
    {"Check", 0, 0, "C=yes", NONE, 0, MOVE_WENT, "Otherwise", 0, NULL,
	INPUT_NONE},
    {"Check", 0, 0, "C=Yes ", NONE, 0, MOVE_WENT, "Otherwise", 0, NULL,
	INPUT_NONE},
    {"Check", 0, 0, "", NONE, 0, MOVE_WENT, "Otherwise", 0, NULL, INPUT_NONE},
    {"Say", 1, 0, "", KEYS("1"), 0, MOVE_SAID, "Say", 0, NULL, INPUT_KEYS},
    {"Say", 2, 0, "", NONE, 0, MOVE_SAID, "Say", 0, NULL, INPUT_NONE},
    {"Say", 3, 0, "", NONE, 0, MOVE_WENT, "Exceeded", 0, NULL, INPUT_NONE},
    {"Max", 1, 0, "", NONE, 0, MOVE_WENT, "Next", 0, NULL, INPUT_NONE},
    {"Queue", 0, 0, "", KEYS("1"), 0, MOVE_ENDED, NULL, 0, NULL, INPUT_KEYS},
    {"Transfer", 0, 0, "", NONE, 0, MOVE_ENDED, NULL, 0, NULL, INPUT_NONE},
    {"Hang", 0, 0, "", FAILURE, 0, MOVE_ENDED, NULL, 0, NULL, INPUT_FAILURE},
};

/* Those without a way on, and what is said of them. */
static const struct {
	const char *at;
	unsigned short visits;
	struct input input;
	int64_t passed_s;
	const char *message;
} lost_rows[] = {
    {"Lost", 0, NONE, 0, "w: activity 'Lost': next leads nowhere"},
    {"Bare", 0, NONE, 1, "w: activity 'Bare': timeout leads nowhere"},
    {"Bare", 0, FAILURE, 0, "w: activity 'Bare': failure leads nowhere"},
    {"Max", 2, NONE, 0, "w: activity 'Max': exceeded leads nowhere"},
};

static void
check_row(const struct workflow *w, const struct row *r)
{
	struct position p = position_at(w, r->at, r->visits, r->passed_s);
	const int from = p.activity;
	struct pairs pairs, wanted;
	struct parameters parameters = parameters_of(&pairs);
	struct input input = r->input;
	struct move m = {.at = NULL};
	struct fault f = FAULT_INIT;

	p.tries = r->tries;
	pairs_fill(&pairs, r->before);
	pairs_fill(&wanted, r->after == NULL ? r->before : r->after);
	CHECK(engine_move(w, &p, &parameters, &input, &m, &f) == 0);
	CHECK_TEXT(f.message, "");
	CHECK(m.kind == r->kind && m.at == &w->activities[from]);
	CHECK_TEXT(w->activities[p.activity].name, r->to ? r->to : r->at);
	CHECK((m.exit != NULL) == (r->to != NULL));
	CHECK(m.exit == NULL || m.exit->to == p.activity);
	CHECK(p.tries == r->tries_after && input.kind == r->left);
	CHECK(p.since_s == (r->to == NULL ? NOW_S - r->passed_s : NOW_S));
	CHECK(p.ended == (r->kind == MOVE_ENDED));
	CHECK(p.visits[from] == r->visits + (p.activity == from && r->to));
	CHECK_TEXT(pairs_text(&pairs), pairs_text(&wanted));
}

static void
moves(void)
{
	struct workflow w;
	unsigned kinds = 0;
	size_t i;

	open_workflow(&w, everything);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		const int before = check_failures;

		check_row(&w, &rows[i]);
		kinds |= 1U << rows[i].kind;
		if (check_failures > before)
			printf("# in row %zu, at %s\n", i, rows[i].at);
	}
	CHECK(kinds == (1U << (MOVE_ENDED + 1)) - 1);
	workflow_release(&w);
}

static void
moves_that_lead_nowhere(void)
{
	struct workflow w;
	size_t i;

	open_workflow(&w, everything);
	for (i = 0; i < ARRAY_LEN(lost_rows); i++) {
		struct position p = position_at(&w, lost_rows[i].at,
		    lost_rows[i].visits, lost_rows[i].passed_s);
		const struct position before = p;
		struct pairs pairs = {.fixed = true};
		struct parameters parameters = parameters_of(&pairs);
		struct input input = lost_rows[i].input;
		struct move m = {.at = NULL};
		struct fault f = FAULT_INIT;

		CHECK(engine_move(&w, &p, &parameters, &input, &m, &f) == -1);
		CHECK(f.status == STATUS_CONFIG);
		CHECK_TEXT(f.message, lost_rows[i].message);
		CHECK(memcmp(&p, &before, sizeof p) == 0);
	}
	workflow_release(&w);
}

/* Nothing goes on after the end, and nowhere without a start. */
static void
before_and_behind_a_call(void)
{
	struct workflow w;
	struct position p;
	struct pairs pairs = {.fixed = true};
	struct parameters parameters = parameters_of(&pairs);
	struct input input = KEYS("1");
	struct move m = {.at = NULL};
	struct fault f = FAULT_INIT;

	open_workflow(&w, everything);
	p = position_at(&w, "Menu", 0, 0);
	p.ended = true;
	CHECK(engine_move(&w, &p, &parameters, &input, &m, &f) == 0);
	CHECK(m.kind == MOVE_ENDED && input.kind == INPUT_KEYS);
	CHECK(p.activity == workflow_find(&w, "Menu"));
	workflow_release(&w);

	open_workflow(
	    &w, "{'start':'None','activities':{'A':{'type':'disconnect'}}}");
	position_start(&p, &w, NOW_S);
	CHECK(p.activity == -1);
	CHECK(engine_move(&w, &p, &parameters, &input, &m, &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(f.message, "w: start: there is no activity 'None'");
	workflow_release(&w);
}

/* The entry through many visits: none twice, and each the same at a rerun. */
static void
entries_of_pins(void)
{
	struct workflow w;
	struct position p, before;
	struct pairs pairs = {.fixed = false};
	struct parameters parameters = parameters_of(&pairs);
	struct move m = {.at = NULL};
	struct fault f = FAULT_INIT;
	char wanted[32];
	int visit, rerun;

	open_workflow(&w, everything);
	p = position_at(&w, "Pin", 0, 0);
	for (visit = 1; visit <= 300; visit++) {
		position_go(&p, &w, workflow_find(&w, "Pin"), NOW_S);
		before = p;
		(void)snprintf(wanted, sizeof wanted, "Pin.%d", visit);
		for (rerun = 0; rerun < 2; rerun++) {
			struct input input = KEYS("1234");

			p = before;
			input.now_s += rerun;
			CHECK(engine_move(
				  &w, &p, &parameters, &input, &m, &f) == 0);
			CHECK_TEXT(pairs_get(&pairs, "PINEntry"), wanted);
		}
	}
	workflow_release(&w);
}

int
main(void)
{
	json_wipe_freed();
	RUN(moves);
	RUN(moves_that_lead_nowhere);
	RUN(before_and_behind_a_call);
	RUN(entries_of_pins);
	return check_done();
}
