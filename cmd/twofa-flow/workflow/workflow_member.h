/*
 * From JSON to the members of a workflow. All fail with STATUS_CONFIG and a
 * message that says which form is wanted.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_WORKFLOW_MEMBER_H
#define CMD_TWOFA_FLOW_WORKFLOW_WORKFLOW_MEMBER_H

#include "cmd/twofa-flow/workflow/workflow.h"
#include "common/text/json.h"

/* STATUS_CONFIG, "give WANTED". Returns -1. */
int workflow_bad(struct fault *f, const char *wanted);

/* A copy that the workflow owns. */
const char *workflow_keep(struct workflow *w, const char *text);

/* Is it a name of an activity or of a parameter? NULL is none. */
bool workflow_is_name(const char *text);

MUST_USE int workflow_read_name(
    struct workflow *w, const char **out, const json_t *value, struct fault *f);
/* A name that is not one of the Flow parameters, to the const char * at. */
MUST_USE int workflow_read_parameter(
    struct workflow *w, void *at, json_t *value, struct fault *f);
MUST_USE int workflow_read_number(unsigned *out, const json_t *value,
    unsigned min, unsigned max, struct fault *f);

/* A member of that activity. */
MUST_USE int member_read(struct workflow *w, struct activity *a,
    enum member member, json_t *value, struct fault *f);

#endif
