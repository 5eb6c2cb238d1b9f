/*
 * A picture of a workflow, for a program that draws graphs.
 *
 * An activity shows its name, its type with the parameter or the place, and
 * what runs when it saves. An exit shows what it is, next nothing. The place
 * where a call begins is a circle, those where it ends are round, and an
 * activity that is named but is not there is dashed and red, for one draws
 * workflows that are not right yet.
 *
 * Any text of the workflow MUST stand there as it is, but for control
 * characters, and MUST NOT say anything to the program that draws.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_PICTURE_H
#define CMD_TWOFA_FLOW_WORKFLOW_PICTURE_H

#include "common/base/buf.h"
#include "cmd/twofa-flow/workflow/workflow.h"

enum {
	GRAPH_MAX_LEN = 1 << 26, /* bytes of a picture */
};

enum graph_language {
	GRAPH_DOT,     /* of Graphviz */
	GRAPH_MERMAID, /* a flowchart */
};

/*
 * Append the picture: first the activities, then the exits, in the order of the
 * workflow. Fails as buf_append().
 */
MUST_USE int graph_draw(const struct workflow *w, enum graph_language language,
    struct buf *out, struct fault *f);

#endif
