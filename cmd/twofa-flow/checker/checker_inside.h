/*
 * How checker.c visits every call. Not for others.
 *
 * A state is all that decides how a call can go on; a transition leads from one
 * to the next. States are kept packed, each once, in the order in which they
 * are first reached: the call to a state is a shortest one.
 */
#ifndef CMD_TWOFA_FLOW_CHECKER_CHECKER_INSIDE_H
#define CMD_TWOFA_FLOW_CHECKER_CHECKER_INSIDE_H

#include "cmd/twofa-flow/checker/checker.h"
#include "cmd/twofa-flow/workflow/engine.h"

#include <stdint.h>

/* --- parameters and values (check_model.c) -------------------------------- */

/* The value of a parameter; from VALUE_NAMED on those that the workflow names.
 */
enum {
	VALUE_UNSET,
	VALUE_UNKNOWN, /* as it was at the start; nothing has read it yet */
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
	/* By activity a bit for each parameter whose value can still be read.
	 */
	uint64_t live[WORKFLOW_MAX_ACTIVITIES];
};

/* All but live. Fails with STATUS_CONFIG beyond the limits of checker.h. */
MUST_USE int model_open(
    struct model *model, const struct workflow *w, struct fault *f);

/* The index of a parameter, or -1: no exit depends on it. */
int model_find(const struct model *model, const char *name);

/* The index of a value. */
unsigned char domain_find(const struct domain *d, const char *value);

bool model_is_live(const struct model *model, int activity, size_t parameter);

/* Find model->live (check_live.c). */
void model_find_live(struct model *model);

/* --- one state (check_state.c) -------------------------------------------- */

/* What ValidationCheck = OK would prove. */
enum trust {
	TRUST_NONE,
	TRUST_ENTERED,	/* a PIN was collected, twofa-verify was raised */
	TRUST_VERIFIED, /* and has said OK since */
	TRUST_PASSED,	/* and a check has found that */
};

/* What the trigger that was raised last may set before the next move. */
enum answers {
	ANSWERS_NONE,
	ANSWERS_UNSET, /* at a prompt or a wait: what is not set yet */
	ANSWERS_ALL,   /* just raised: all that it sets */
};

struct state {
	struct position at;
	unsigned char values[CHECK_MAX_PARAMETERS];
	unsigned char raised;	/* the last trigger, 1 for the first; 0: none */
	unsigned char answers;	/* enum answers */
	unsigned char next;	/* the first parameter that it may still set */
	unsigned char trust;	/* enum trust */
	unsigned char messages; /* sent; at most one more than maxSMS */
};

enum {
	KEY_FIXED = 7, /* followed by the values, then the visits */
	KEY_MAX = KEY_FIXED + CHECK_MAX_PARAMETERS + WORKFLOW_MAX_ACTIVITIES,
};

void state_start(struct state *s, const struct model *model);
size_t state_key_len(const struct model *model);
void state_pack(
    unsigned char *key, const struct state *s, const struct model *model);
void state_unpack(
    struct state *s, const unsigned char *key, const struct model *model);

/* A trigger or some other program sets a parameter, or removes it. */
void state_assign(struct state *s, const struct model *model, size_t parameter,
    unsigned char value, bool by_trigger);

/* What a move did. */
struct effect {
	struct move move;
	int unknown;  /* a parameter that has to be known first, or -1 */
	bool nowhere; /* move.exit leads nowhere; NULL: there is no exit */
};

/* engine_move(). s is not usable when the move led nowhere or needs an unknown
 * parameter. */
struct effect state_move(
    struct state *s, const struct model *model, struct input input);

/* The trigger that was raised last, or NULL. */
const struct trigger *state_trigger(
    const struct state *s, const struct model *model);

/* --- from one to the next (check_transition.c) ---------------------------- */

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

typedef void transition_visit(void *self, const struct transition *t);

/* Visit every transition from a state; the strings in one live until visit
 * returns. */
void transitions_from(const struct model *model, const struct state *from,
    transition_visit *visit, void *self);

/* --- all states (check_graph.c) ------------------------------------------- */

#define NO_STATE UINT32_MAX

enum {
	EDGES_A_STATE = 16, /* on average, at most */
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
	bool too_many_states, too_many_edges;
};

/* The index of that state, which is added if need be. NO_STATE beyond max:
 * too_many_states then. */
uint32_t state_graph_add(
    struct state_graph *g, const unsigned char *key, uint32_t parent);
/* The index of a state that was added. */
uint32_t state_graph_find(
    const struct state_graph *g, const unsigned char *key);
/* An edge to there from the newest state that has edges, unless
 * too_many_edges. */
void state_graph_add_edge(struct state_graph *g, uint32_t to);
const unsigned char *state_graph_key(
    const struct state_graph *g, uint32_t index);
/* The index of the activity of a state. */
unsigned char state_graph_activity(const struct state_graph *g, uint32_t index);
void state_graph_release(struct state_graph *g);

/* --- what was found (check_finding.c) ------------------------------------- */

struct search {
	struct model model;
	struct state_graph graph;
	struct check_result *result;
	/* By activity: the first state there, and the first in which the call
	 * stays until a stimulus. */
	uint32_t seen[WORKFLOW_MAX_ACTIVITIES];
	uint32_t stays[WORKFLOW_MAX_ACTIVITIES];
};

/* The new finding, until the next one is added. NULL: it is known, or there are
 * too many. */
struct finding *search_add(struct search *s, enum finding_kind kind,
    const struct activity *at, const struct workflow_exit *exit);

/* Make it the shortest call to that state. false: it would have more than
 * CHECK_MAX_STEPS. */
bool call_to(struct search *s, struct finding *finding, uint32_t state);
/* Add one more step; its value is copied. */
void call_add(
    struct search *s, struct finding *finding, const struct check_step *step);
/* Add the step from one state to the next. */
void call_go(
    struct search *s, struct finding *finding, uint32_t from, uint32_t to);

/* The exits that it must have, and has not: MEMBER_BIT. */
unsigned missing_exits(const struct activity *a);
/* The digits that it should ask for; 0: any. *setting is the name of that. */
unsigned wanted_digits(
    const struct activity *a, const struct workflow *w, const char **setting);

/* Calls that never end (check_loop.c). */
void loop_findings(struct search *s);

#endif
