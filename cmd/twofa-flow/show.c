/*
 * twofa-flow graph: a picture of a workflow, right or wrong.
 * twofa-flow show: a built-in workflow, to write another one from.
 */
#include "cmd/twofa-flow/commands.h"

#include "common/base/prog.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "cmd/twofa-flow/workflow/builtin.h"
#include "cmd/twofa-flow/workflow/picture.h"

#include <stdio.h>

int
flow_graph(struct options *o, struct session *s, struct fault *f)
{
	enum graph_language language =
	    option_given(o, OPTION_MERMAID) ? GRAPH_MERMAID : GRAPH_DOT;
	struct buf text = BUF_INIT(GRAPH_MAX_LEN);
	const char *path;
	int r;

	if (workflow_operand(&path, "graph", o, f) == -1 ||
	    workflow_open(&s->workflow, o, path, "call", f) == -1)
		return -1;
	r = graph_draw(&s->workflow, language, &text, f);
	if (r == 0)
		(void)fputs(buf_text(&text), stdout);
	buf_release(&text);
	return r;
}

int
flow_show(struct options *o, struct session *s, struct fault *f)
{
	const char *name = o->operand_count > 0 ? o->operands[0] : "call";
	const char *json = builtin_find(name);

	(void)s;
	if (o->operand_count > 1 || json == NULL)
		return fault_set(f, STATUS_USAGE,
		    "show: give call or desk; see %s --help", prog_name());
	(void)fputs(json, stdout);
	return 0;
}
