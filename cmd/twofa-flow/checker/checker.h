/*
 * Is a workflow safe? Every call that there can be under it is looked at: all
 * states that engine_move() can reach from any values at the start, with every
 * input, result of a trigger, failure and time-out. Of values there are those
 * that the workflow names, one other, and none.
 *
 * What is outside of a call:
 *  - a trigger answers when it is raised or later, at a prompt or a wait, with
 *    any values of what it sets; the one that was raised last counts. It may
 *    never answer, and every wait may fail;
 *  - what is waited for, and is set by no trigger that was raised, may be set
 *    to anything by some other program;
 *  - the caller keys anything or nothing.
 *
 * A workflow without findings has proven: every call ends; every wait has a
 * time-out; every activity that is named exists, and a call can come to every
 * one; a call is queued only after ValidationCheck was found to be OK, as
 * twofa-verify said of the PIN that was collected last, for the customer who
 * was identified last; at most maxSMS messages are sent; the digits asked for
 * are those of the settings.
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
	FINDING_NO_START,     /* the workflow begins nowhere */
	FINDING_NO_ACTIVITY,  /* an exit leads to what does not exist */
	FINDING_NO_EXIT,      /* an exit that is needed is not given */
	FINDING_NO_TIMEOUT,   /* of a wait or a prompt */
	FINDING_DIGITS,	      /* others than the settings say */
	FINDING_NOT_VERIFIED, /* a queue is reached without a verified PIN */
	FINDING_MESSAGES,     /* more than maxSMS */
	FINDING_LOOP,	      /* a call can go round for ever */
	FINDING_NOT_REACHED,  /* by any call */
};

enum stimulus {
	STIMULUS_NOTHING, /* the activity is passed without the outside */
	STIMULUS_START,	  /* the task came with parameter = value */
	STIMULUS_KEYS,	  /* the caller keys in value; "" is nothing */
	STIMULUS_RESULT,  /* trigger sets parameter to value, NULL removes it */
	STIMULUS_SETS,	  /* some other program sets parameter to value */
	STIMULUS_FAILURE, /* of trigger, or NULL: nobody is there to answer */
	STIMULUS_TIMEOUT,
};

/* One thing that happens in a call. */
struct check_step {
	enum stimulus stimulus;
	const struct activity *at; /* where the call stands then */
	const struct trigger *trigger;
	const char *parameter, *value;
	unsigned times; /* in a row */
};

/* Strings belong to the result, all else to the workflow. */
struct finding {
	enum finding_kind kind;
	const struct activity *at;	  /* NULL: of the workflow itself */
	const struct workflow_exit *exit; /* of FINDING_NO_ACTIVITY */
	char message[CHECK_MESSAGE_SIZE]; /* a sentence, the activity first */
	/*
	 * The shortest call that shows it; what it finds at the start comes
	 * first, all else is not set then. None when no call comes there, or
	 * it would have more than CHECK_MAX_STEPS.
	 */
	struct check_step *steps;
	size_t step_count;
	size_t loop; /* of FINDING_LOOP: steps from here on come for ever */
};

struct check_result {
	struct finding *findings; /* by kind, then as they stand in the file */
	size_t count;
	size_t left_out; /* beyond CHECK_MAX_FINDINGS */
	size_t states;	 /* that were looked at */
	struct arena strings;
};

#define CHECK_RESULT_INIT                                                      \
	{                                                                      \
		.findings = NULL                                               \
	}

/*
 * Look at every call. max_states is CHECK_MAX_STATES but in tests.
 *
 * Fails with STATUS_CONFIG, the name of the workflow in front, when there are
 * more states, parameters or values than can be looked at: it is not proven
 * then. STATUS_IO without memory. *out is to be released in any case.
 */
MUST_USE int check_workflow(const struct workflow *w, size_t max_states,
    struct check_result *out, struct fault *f);

void check_release(struct check_result *r);

#endif
