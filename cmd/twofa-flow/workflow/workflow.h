/*
 * A voice workflow as data: what is asked, waited for and checked in a call,
 * and which programs answer. twofa-workflow(5) is its manual.
 *
 *	{"start":NAME, "maxSMS":N,
 *	 "activities":{NAME:{"type":TYPE, …}, …},
 *	 "triggers":{PARAMETER:{"run":[PROGRAM,ARG…],"sets":[PARAMETER…]}, …}}
 *
 * A workflow does not change after it was read. Its syntax has been checked
 * then; check_workflow() finds out whether all calls end, and end safely.
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
	WORKFLOW_MAX_ARGS = 32, /* of a trigger, with the program */
	WORKFLOW_MAX_SETS = 16,
	WORKFLOW_NAME_MAX = 64,	  /* bytes of an activity's name */
	WORKFLOW_TEXT_MAX = 2000, /* bytes of a text */
	WORKFLOW_MAX_SECONDS = 3600,
	WORKFLOW_MAX_COUNT = 100, /* of retries and of visits */
	WORKFLOW_MAX_DIGITS = 32,
};

/* The settings that a workflow may name in place of a number. */
struct workflow_settings {
	unsigned identifier_digits, pin_digits, max_attempts;
};

/* The members of an activity but its type; from EXIT_NEXT on they are exits. */
enum member {
	MEMBER_PARAMETER,
	MEMBER_VALUE,
	MEMBER_TO,
	MEMBER_TEXT,
	MEMBER_AUDIO,
	MEMBER_DIGITS,
	MEMBER_SECONDS,
	MEMBER_DIGIT_SECONDS,
	MEMBER_RETRIES,
	MEMBER_MAX,
	EXIT_NEXT,
	EXIT_NO_RESPONSE,
	EXIT_NO_INPUT,
	EXIT_TIMEOUT,
	EXIT_FAILED, /* EXIT_FAILURE is of the C library */
	EXIT_OTHERWISE,
	EXIT_EXCEEDED,
	EXIT_CHOICE, /* an exit for each key of the telephone */
	EXIT_CASE,   /* an exit for each value */
	MEMBERS,
};

#define MEMBER_BIT(member) (1U << (member))

struct workflow_exit {
	enum member kind;
	const char *key;    /* of EXIT_CHOICE and EXIT_CASE, else NULL */
	const char *target; /* the name of an activity */
	int to;		    /* its index; -1: there is no such activity */
};

/* A text in several languages, or in one that has no name (NULL). */
struct wording {
	struct {
		const char *language, *text;
	} list[WORKFLOW_MAX_LANGUAGES];
	size_t count;
};

struct engine;

/* What an activity of a type has and does. The types are in engine.c. */
struct activity_type {
	const char *name;
	unsigned needs; /* members without which it can't be read: MEMBER_BIT */
	unsigned may;	/* those that are optional */
	unsigned exits; /* those that check_workflow() asks for */
	int (*act)(struct engine *e, struct fault *f); /* its move */
	enum member no_answer; /* the exit after the last invalid answer */
	const char *outcome;   /* FlowOutcome, of a type that ends the call */
	bool accepts;	       /* the call */
	bool asks;	       /* the caller */
	bool says;	       /* a text, and goes on */
	bool waits;	       /* until its parameter is set */
	bool reads;	       /* its exit depends on its parameter */
	bool saves;	       /* its parameter, and raises a trigger */
	bool verified;	       /* only a verified caller may come here */
};

struct activity {
	const char *name;
	const struct activity_type *type;
	const char *parameter; /* NULL: not given, as all below */
	const char *value;     /* of save-parameter */
	const char *to;	       /* of transfer and queue: where */
	struct wording text, audio;
	unsigned digits;	/* to collect */
	unsigned seconds;	/* until the time-out; 0: never */
	unsigned digit_seconds; /* between digits; 0: as seconds */
	unsigned retries;	/* repetitions of the prompt */
	unsigned max;		/* visits; 0: no limit */
	struct workflow_exit exits[WORKFLOW_MAX_EXITS];
	size_t exit_count;
};

struct trigger {
	const char *parameter;
	char *argv[WORKFLOW_MAX_ARGS + 1]; /* ends with NULL */
	size_t argc;
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
 * one that is missing, more than the limits above.
 */
MUST_USE int workflow_parse(struct workflow *w, const char *name,
    const char *text, size_t len, const struct workflow_settings *settings,
    struct fault *f);

void workflow_release(struct workflow *w);

/* The index of an activity, or -1. */
int workflow_find(const struct workflow *w, const char *name);

/* The trigger that runs when that parameter is saved, or NULL. */
const struct trigger *workflow_trigger(
    const struct workflow *w, const char *parameter);

/* The name of its program without the directory: "twofa-verify". */
const char *trigger_program(const struct trigger *t);
bool trigger_runs(const struct trigger *t, const char *program);
bool trigger_sets(const struct trigger *t, const char *parameter);
/* Does it verify the PIN that was collected? */
bool trigger_verifies(const struct trigger *t);

/* The exit of that kind, and with that key where the kind has one, or NULL. */
const struct workflow_exit *activity_exit(
    const struct activity *a, enum member kind, const char *key);

/* The type of that name, or NULL. */
const struct activity_type *activity_type_find(const char *name);

/* "parameter", "noResponse", "choices", … */
const char *member_name(enum member member);

/* Does it collect digits? Is it the prompt for a PIN? */
bool activity_collects(const struct activity *a);
bool activity_asks_for_pin(const struct activity *a);

/*
 * The text in that language; else in the one without its country, en of en_GB;
 * else the first text; NULL when there is none. language may be NULL.
 */
const char *wording_find(const struct wording *w, const char *language);

#endif
