/*
 * How check.c looks at every call. Not for others.
 *
 * A state is all that decides how a call can go on; a transition leads from one
 * to the next. States are kept packed, each once, in the order in which they
 * are first reached: the call to one is as short as there is.
 */
#ifndef CMD_TWOFA_FLOW_CHECKER_CHECKER_INSIDE_H
#define CMD_TWOFA_FLOW_CHECKER_CHECKER_INSIDE_H

#include "cmd/twofa-flow/checker/checker.h"
#include "cmd/twofa-flow/workflow/engine.h"

#include <stdint.h>

/* --- what there is (check_model.c) --------------------------------------- */

/* The value of a parameter; from VALUE_NAMED on those that the workflow names.
 */
enum {
	VALUE_UNSET,
	VALUE_UNKNOWN, /* as it was at the start; nobody has looked yet */
	VALUE_OTHER,   /* any that is not named */
	VALUE_NAMED,
};

struct domain {
	const char *name;
	const char *values[CHECK_MAX_VALUES]; /* the first two are NULL */
	size_t count;
	char other[16];
};

struct model {
	const struct workflow *w;
	struct domain domains[CHECK_MAX_PARAMETERS];
	size_t domain_count;
	unsigned char counted[WORKFLOW_MAX_ACTIVITIES]; /* those with max */
	size_t counted_count;
	/* By activity a bit for each parameter whose value still matters. */
	uint64_t live[WORKFLOW_MAX_ACTIVITIES];
	size_t key_len;
};

/* What ValidationCheck = OK would be worth. */
enum trust {
	TRUST_NONE,
	TRUST_ENTERED,	/* a PIN was collected, twofa-verify was raised */
	TRUST_VERIFIED, /* and has said OK since */
	TRUST_PASSED,	/* and a check has found that */
};

/* May the trigger that was raised answer before the next move? */
enum opened {
	OPENED_NOT,
	OPENED_BY_STOP,	 /* what is not set yet */
	OPENED_BY_RAISE, /* what it sets, also anew */
};

struct state {
	struct position at;
	unsigned char values[CHECK_MAX_PARAMETERS];
	unsigned char raised;	/* the last trigger, 1 for the first; 0: none */
	unsigned char opened;	/* enum opened */
	unsigned char next;	/* of its answers those from here on are open */
	unsigned char trust;	/* enum trust */
	unsigned char messages; /* sent; at most one more than maxSMS */
};

/* Fails with STATUS_CONFIG when there is more than can be kept. */
MUST_USE int model_open(
    struct model *model, const struct workflow *w, struct fault *f);

/* The index of a parameter, or -1: how calls go does not depend on it. */
int model_find(const struct model *model, const char *name);

/* Work out model->live; part of model_open() (check_live.c). */
void model_find_live(struct model *model);

/* Does its value still matter at that activity? */
bool model_is_live(const struct model *model, int activity, size_t parameter);

/* Which value a value is. */
unsigned char domain_value(const struct domain *d, const char *value);

/* --- one state (check_state.c) ------------------------------------------ */

enum {
	KEY_FIXED = 7, /* behind them the values, then the visits */
	KEY_MAX = KEY_FIXED + CHECK_MAX_PARAMETERS + WORKFLOW_MAX_ACTIVITIES,
};

void state_start(struct state *m, const struct model *model);
void state_pack(
    unsigned char *key, const struct state *m, const struct model *model);
void state_unpack(
    struct state *m, const unsigned char *key, const struct model *model);

/* A trigger or some other program sets a parameter, or removes it. */
void state_assign(struct state *m, const struct model *model, size_t parameter,
    unsigned char value, bool by_trigger);

/* What a move did; see state_move(). */
struct made {
	struct move move;
	int unknown;  /* a parameter that has to be known first, or -1 */
	bool nowhere; /* the exit move.exit, or one that is not there */
};

/* engine_move(). m is of no use when nowhere or unknown say so. */
void state_move(struct state *m, const struct model *model, struct input *input,
    struct made *out);

/* The trigger that was raised last, or NULL. */
const struct trigger *state_trigger(
    const struct state *m, const struct model *model);

/* Does that trigger, by what is written or known of it, set the parameter? */
bool trigger_may_set(const struct trigger *t, const char *parameter);
/* A PIN: it does not outlive what it was keyed in for. */
bool trigger_only_removes(const struct trigger *t, const char *parameter);

/* --- from one to the next (check_transition.c) -------------------------------
 */

enum transition_kind {
	TRANSITION_ON,
	TRANSITION_END,	    /* of the call */
	TRANSITION_NOWHERE, /* there is no such exit, or activity */
};

struct transition {
	enum transition_kind kind;
	struct check_step step;
	const struct workflow_exit *exit; /* of NOWHERE: or NULL */
	struct state to;		  /* of ON */
};

typedef int transition_visit(
    void *self, const struct transition *transition, struct fault *f);

/*
 * Visit every transition from there; the strings in it live until visit
 * returns. Fails as visit does.
 */
MUST_USE int transitions_from(const struct model *model,
    const struct state *from, transition_visit *visit, void *self,
    struct fault *f);

/* --- all of them (check_graph.c) ----------------------------------------- */

enum {
	EDGES_A_STATE = 16, /* so many are allowed on average */
};

struct state_graph {
	size_t key_len, max;
	size_t count, size;
	unsigned char *keys;
	uint32_t *parents;  /* of the first one: itself */
	size_t *edges_from; /* where the edges of a state begin */
	uint32_t *edges;
	size_t edge_count, edge_size;
	uint32_t *slots; /* index + 1, by hash */
	size_t slot_count;
};

/*
 * The index of that state, which is new if it was not there. Fails with
 * STATUS_CONFIG beyond max, STATUS_IO without memory.
 */
MUST_USE int state_graph_add(struct state_graph *s, const unsigned char *key,
    uint32_t parent, uint32_t *out, struct fault *f);
/* The index of a state that is there. */
uint32_t state_graph_find(
    const struct state_graph *s, const unsigned char *key);
/* An edge to there of the newest state that has edges. Fails as above. */
MUST_USE int state_graph_add_edge(
    struct state_graph *s, uint32_t to, struct fault *f);
const unsigned char *state_graph_key(
    const struct state_graph *s, uint32_t index);
void state_graph_release(struct state_graph *s);

/* --- the search (check.c) ------------------------------------------------- */

#define NO_STATE UINT32_MAX

struct search {
	struct model model;
	struct state_graph states;
	struct check_result *result;
	/* By activity: the first state there, and the first where the call
	 * stays until something happens outside. */
	uint32_t seen[WORKFLOW_MAX_ACTIVITIES];
	uint32_t stays[WORKFLOW_MAX_ACTIVITIES];
};

/*
 * Add a finding. *out is it, until the next one, or NULL when it was there or
 * there are too many. Fails with STATUS_IO.
 */
MUST_USE int search_add(struct search *s, const struct finding *finding,
    struct finding **out, struct fault *f);

/* How many there are of that kind. */
size_t search_count(const struct search *s, enum finding_kind kind);

/* What can be seen without a call (check_static.c). */
MUST_USE int static_findings(struct search *s, struct fault *f);

/* Calls that go round for ever (check_loop.c). */
MUST_USE int loop_findings(struct search *s, struct fault *f);

/* Write its message (check_message.c). */
void finding_say(struct finding *finding, const struct workflow *w);
/* The exits that it has to have, and has not: a bit 1 << kind each. */
unsigned missing_exits(const struct activity *a);
/* The digits that it should ask for; 0: any. *setting is the name of that. */
unsigned wanted_digits(
    const struct activity *a, const struct workflow *w, const char **setting);

/* --- the call that shows it (check_replay.c) --------------------------------
 */

/*
 * Make it the shortest call to that state: 1; 0: that would have more than
 * CHECK_MAX_STEPS. Fails with STATUS_IO, as do those below.
 */
MUST_USE int call_to(
    struct search *s, struct finding *finding, uint32_t state, struct fault *f);
/* Add one more step; its value is copied. */
MUST_USE int call_add(struct search *s, struct finding *finding,
    const struct check_step *step, struct fault *f);
/* Add the step from one state to the next. */
MUST_USE int call_go(struct search *s, struct finding *finding, uint32_t from,
    uint32_t to, struct fault *f);

#endif
