/*
 * twofa-flow graph: a picture of a workflow, right or wrong.
 */
#include "cmd/twofa-flow/commands_inside.h"

#include "cmd/twofa-flow/workflow_open.h"
#include "cmd/twofa-flow/workflow/picture.h"

#include <stdio.h>

int
flow_graph(struct options *o, struct fault *f)
{
	const char *path;
	struct workflow w = WORKFLOW_INIT;
	struct buf picture = BUF_INIT(GRAPH_MAX_LEN);
	int r;

	if (workflow_operand(&path, "graph", o, f) == -1 ||
	    workflow_open(&w, o, path, "call", f) == -1)
		return -1;
	r = graph_draw(&w,
	    option_given(o, OPTION_MERMAID) ? GRAPH_MERMAID : GRAPH_DOT,
	    &picture, f);
	if (r == 0)
		(void)fputs(buf_text(&picture), stdout);
	buf_release(&picture);
	workflow_release(&w);
	return r;
}
