/*
 * twofa-flow show: the built-in workflows, as a start for one's own.
 */
#include "cmd/twofa-flow/commands_inside.h"

#include "common/base/prog.h"
#include "cmd/twofa-flow/workflow/builtin.h"
#include "cmd/twofa-flow/workflow/layout.h"
#include "cmd/twofa-flow/workflow/workflow.h"

#include <stdio.h>

int
flow_show(struct options *o, struct fault *f)
{
	const char *name = o->operand_count > 0 ? o->operands[0] : "call";
	const char *json = builtin_find(name);
	struct buf text = BUF_INIT(WORKFLOW_MAX_LEN);
	int r;

	if (o->operand_count > 1 || json == NULL)
		return fault_set(f, STATUS_USAGE,
		    "show: give call or desk; see %s --help", prog_name());
	r = layout_append(json, &text, f);
	if (r == 0)
		(void)fputs(buf_text(&text), stdout);
	buf_release(&text);
	return r;
}
