/*
 * A voice workflow as data: what is asked, waited for and checked in a call,
 * and which programs answer. twofa-workflow(5) is its manual.
 *
 *	{"start":NAME, "maxSMS":N,
 *	 "activities":{NAME:{"type":TYPE, …}, …},
 *	 "triggers":{PARAMETER:{"run":[PROGRAM,ARG…],"sets":[PARAMETER…]}, …}}
 *
 * Nothing changes a workflow once it is read. What it says is in the right form
 * then; whether calls under it end, and end safely, is what check.h finds out.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_WORKFLOW_H
#define CMD_TWOFA_FLOW_WORKFLOW_WORKFLOW_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	WORKFLOW_MAX_LEN = 1 << 18, /* bytes of JSON */
	WORKFLOW_MAX_ACTIVITIES = 256,
	WORKFLOW_MAX_EXITS = 32, /* of one activity */
	WORKFLOW_MAX_LANGUAGES = 16,
	WORKFLOW_MAX_TRIGGERS = 32,
	WORKFLOW_MAX_WORDS = 32, /* of a trigger: program and arguments */
	WORKFLOW_MAX_SETS = 16,
	WORKFLOW_NAME_MAX = 64,	  /* bytes of an activity's name */
	WORKFLOW_TEXT_MAX = 2000, /* bytes of a text */
	WORKFLOW_MAX_SECONDS = 3600,
	WORKFLOW_MAX_COUNT = 100, /* of retries and of visits */
	WORKFLOW_MAX_DIGITS = 32,
};

/* Of what the workflow may name a setting instead of a number. */
struct workflow_settings {
	unsigned identifier_digits, pin_digits, max_attempts;
};

enum activity_type {
	ACTIVITY_ACCEPT,
	ACTIVITY_INPUT_CUSTOMER,
	ACTIVITY_COLLECT_INFORMATION,
	ACTIVITY_SAVE_PARAMETER,
	ACTIVITY_WAIT_FOR_PARAMETER,
	ACTIVITY_CHECK_PARAMETER,
	ACTIVITY_ANNOUNCEMENT,
	ACTIVITY_TRANSFER,
	ACTIVITY_QUEUE,
	ACTIVITY_DISCONNECT,
	ACTIVITY_TYPES,
};

enum exit_kind {
	EXIT_NEXT,
	EXIT_NO_RESPONSE,
	EXIT_NO_INPUT,
	EXIT_TIMEOUT,
	EXIT_FAILED, /* EXIT_FAILURE is of the C library */
	EXIT_OTHERWISE,
	EXIT_EXCEEDED,
	EXIT_KINDS, /* those have names of their own; behind them: */
	EXIT_CHOICE = EXIT_KINDS, /* key: a key of the telephone */
	EXIT_CASE,		  /* key: a value */
};

struct workflow_exit {
	enum exit_kind kind;
	const char *key;    /* of EXIT_CHOICE and EXIT_CASE, else NULL */
	const char *target; /* a name */
	int to;		    /* its index; -1: there is no such activity */
};

/* The same in several languages; in one without a name when it has just one. */
struct wording {
	struct {
		const char *language, *text;
	} list[WORKFLOW_MAX_LANGUAGES];
	size_t count;
};

struct activity {
	const char *name;
	enum activity_type type;
	const char *parameter; /* NULL: not given, as all below */
	const char *value;     /* of save-parameter */
	const char *to;	       /* of transfer and queue: where */
	struct wording text, audio;
	unsigned digits;	/* collected; 0: not given */
	unsigned seconds;	/* until the time is out; 0: never */
	unsigned digit_seconds; /* between digits; 0: as seconds */
	unsigned retries;	/* the prompt again so many times */
	unsigned max;		/* visits; 0: no limit */
	struct workflow_exit exits[WORKFLOW_MAX_EXITS];
	size_t exit_count;
};

struct trigger {
	const char *parameter;
	char *words[WORKFLOW_MAX_WORDS + 1]; /* with a NULL behind them */
	size_t word_count;
	const char *sets[WORKFLOW_MAX_SETS];
	size_t set_count;
};

struct workflow {
	const char *name; /* for messages; borrowed */
	int start;
	const char *start_name;
	unsigned max_sms;
	struct activity *activities;
	size_t activity_count;
	struct trigger triggers[WORKFLOW_MAX_TRIGGERS];
	size_t trigger_count;
	struct workflow_settings settings;
	struct arena strings;
};

#define WORKFLOW_INIT                                                          \
	{                                                                      \
		.activities = NULL                                             \
	}

/*
 * Read a workflow. name stands in messages and is borrowed.
 *
 * Fails with STATUS_CONFIG, "NAME: activity 'X': member: why": no JSON (see
 * json_parse()), a member that the type does not have or that has a wrong form,
 * one that is missing, more than the limits above. STATUS_IO without memory.
 */
MUST_USE int workflow_parse(struct workflow *w, const char *name,
    const char *text, size_t len, const struct workflow_settings *settings,
    struct fault *f);

void workflow_release(struct workflow *w);

/* The index of an activity, or -1. */
int workflow_find(const struct workflow *w, const char *name);

/* What runs when that parameter is saved, or NULL. */
const struct trigger *workflow_trigger(
    const struct workflow *w, const char *parameter);

/* Does that trigger run the program of that name, such as "twofa-verify"? */
bool trigger_runs(const struct trigger *t, const char *program);
bool trigger_sets(const struct trigger *t, const char *parameter);
/* Is it the one that says whether a PIN that was collected is right? */
bool trigger_verifies(const struct trigger *t);

/* The exit of that kind, and with that key where the kind has one, or NULL. */
const struct workflow_exit *activity_exit(
    const struct activity *a, enum exit_kind kind, const char *key);

/* "input-customer", …; "noResponse", … (EXIT_CHOICE: "choices"). */
const char *activity_type_name(enum activity_type type);
const char *exit_kind_name(enum exit_kind kind);

/* The exits that every activity of that type needs: a bit 1 << kind each. */
unsigned activity_type_exits(enum activity_type type);

/* Does it ask the caller? For a PIN? Does the call end there? */
bool activity_asks(const struct activity *a);
bool activity_asks_for_pin(const struct activity *a);
bool activity_ends(const struct activity *a);

/*
 * The words in that language; else in the one without its country, en of en_GB;
 * else in the one that stands first; NULL when there are none. language may be
 * NULL.
 */
const char *wording_find(const struct wording *w, const char *language);

#endif
