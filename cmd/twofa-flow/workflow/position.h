/*
 * The position of a call in a workflow, and its form as parameters of a task:
 *
 *	FlowActivity	the activity that comes next
 *	FlowSince	when the call came there, Unix seconds
 *	FlowCount	"AskPIN=2 Again=1 *=1": visits of the activities that
 *			have max or collect a PIN; after * the invalid answers
 *			to the prompt that the call is at
 *	FlowOutcome	of an ended call: queued, transferred, disconnected
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_POSITION_H
#define CMD_TWOFA_FLOW_WORKFLOW_POSITION_H

#include "cmd/twofa-flow/workflow/workflow.h"

#include <stdint.h>

/* The parameters that a workflow reads and sets, of a task or of a search. */
struct parameters {
	void *self; /* the first argument of the functions */
	/* The value, borrowed until the next set; NULL: it is not set. */
	const char *(*get)(void *self, const char *name);
	/* The value is copied. */
	void (*set)(void *self, const char *name, const char *value);
	void (*remove)(void *self, const char *name);
};

struct task;

/* The parameters of a task, which is borrowed. */
struct parameters parameters_of_task(struct task *t);

enum {
	POSITION_MAX_VISITS = 60000, /* no more are counted */
};

struct position {
	int activity;
	int64_t since_s;
	unsigned tries; /* invalid answers to this prompt */
	unsigned short visits[WORKFLOW_MAX_ACTIVITIES];
	bool ended;
	bool hung_up; /* ended by the caller */
};

/* At the start of the workflow. */
void position_start(
    struct position *p, const struct workflow *w, int64_t now_s);

/* Go to an activity. */
void position_go(
    struct position *p, const struct workflow *w, int to, int64_t now_s);

/*
 * Read it; without FlowActivity it is the start. Fails with STATUS_CONFIG, the
 * parameter in front: the workflow has no such activity. STATUS_DATA: a
 * malformed value.
 */
MUST_USE int position_load(struct position *p, const struct workflow *w,
    const struct parameters *from, int64_t now_s, struct fault *f);

/* Write it. */
void position_store(const struct position *p, const struct workflow *w,
    const struct parameters *to);

/*
 * Whoever can write a task can write any activity into it.
 *
 * Is a PIN collected on every way to that activity? Only then does being there
 * mean that a PIN was collected, and only if the task can be trusted.
 */
bool position_is_behind_pin(const struct position *p, const struct workflow *w);

/* Go back to the first prompt for the PIN that a call can reach before a PIN
 * was collected, or to the start when there is none. */
void position_ask_again(
    struct position *p, const struct workflow *w, int64_t now_s);

#endif
