/*
 * Is a workflow safe? Every call that is possible under it is checked: all
 * states that engine_move() can reach from any values at the start, with every
 * input, result of a trigger, failure and time-out. The values of a parameter
 * are those that the workflow names, one other, and none.
 *
 * What may happen in a call:
 *  - a trigger answers when it is raised or later, at a prompt or a wait, with
 *    any values of what it sets; only the one raised last counts. It may never
 *    answer, and every wait may fail;
 *  - a parameter that the call waits for, and that no raised trigger sets, may
 *    be set to anything by another program;
 *  - the caller enters anything or nothing.
 *
 * Without findings it is proven that: every call ends; every wait has a
 * time-out; every activity that is named exists and can be reached; a call is
 * queued only after ValidationCheck was found to be OK, as twofa-verify said of
 * the PIN that was collected last, for the customer identified last; at most
 * maxSMS messages are sent; the digits asked for are those of the settings.
 */
#ifndef CMD_TWOFA_FLOW_CHECKER_CHECKER_H
#define CMD_TWOFA_FLOW_CHECKER_CHECKER_H

#include "cmd/twofa-flow/workflow/workflow.h"

enum {
	CHECK_MAX_STATES = 1000000,
	CHECK_MAX_PARAMETERS = 64, /* that a workflow waits for and checks */
	CHECK_MAX_VALUES = 128,	   /* values of one of them */
	CHECK_MAX_FINDINGS = 64,   /* that are kept */
	CHECK_MAX_STEPS = 20000,   /* of a call that is shown */
	CHECK_MESSAGE_SIZE = 512,
};

enum finding_kind {
	FINDING_NO_START,     /* start does not exist */
	FINDING_NO_ACTIVITY,  /* an exit leads to what does not exist */
	FINDING_NO_EXIT,      /* a required exit is missing */
	FINDING_NO_TIMEOUT,   /* of a wait or a prompt */
	FINDING_DIGITS,	      /* not as many as the settings say */
	FINDING_NOT_VERIFIED, /* a queue is reached without a verified PIN */
	FINDING_MESSAGES,     /* more than maxSMS */
	FINDING_LOOP,	      /* a call may never end */
	FINDING_NOT_REACHED,  /* by any call */
};

enum stimulus {
	STIMULUS_NOTHING, /* the call goes on by itself */
	STIMULUS_START,	  /* the task came with parameter = value */
	STIMULUS_KEYS,	  /* the caller enters value; "" is nothing */
	STIMULUS_RESULT,  /* trigger sets parameter to value, NULL removes it */
	STIMULUS_SETS,	  /* another program sets parameter to value */
	STIMULUS_FAILURE, /* of trigger; NULL: nobody answers */
	STIMULUS_TIMEOUT,
};

/* One thing that happens in a call. */
struct check_step {
	enum stimulus stimulus;
	const struct activity *at; /* where the call is then */
	const struct trigger *trigger;
	const char *parameter, *value;
	unsigned times; /* in a row */
};

/* Strings belong to the result, activities to the workflow. */
struct finding {
	enum finding_kind kind;
	const struct activity *at;	  /* NULL: of the workflow itself */
	const struct workflow_exit *exit; /* of FINDING_NO_ACTIVITY */
	char message[CHECK_MESSAGE_SIZE]; /* a sentence, the activity first */
	/*
	 * A shortest call that shows it. The values at the start come first;
	 * no others are set then. Empty when no call comes there, or it would
	 * have more than CHECK_MAX_STEPS.
	 */
	struct check_step *steps;
	size_t step_count;
	size_t loop; /* of FINDING_LOOP: the first of the steps that repeat */
};

struct check_result {
	struct finding *findings; /* by kind, then as they stand in the file */
	size_t count;
	size_t left_out; /* beyond CHECK_MAX_FINDINGS */
	size_t states;	 /* that were visited */
	struct arena strings;
};

#define CHECK_RESULT_INIT                                                      \
	{                                                                      \
		.findings = NULL                                               \
	}

/*
 * Check every call. max_states is CHECK_MAX_STATES but in tests.
 *
 * Fails with STATUS_CONFIG, the name of the workflow in front, when there are
 * too many states, parameters or values: nothing is proven then. *out is to be
 * released in any case.
 */
MUST_USE int check_workflow(const struct workflow *w, size_t max_states,
    struct check_result *out, struct fault *f);

void check_release(struct check_result *r);

#endif
