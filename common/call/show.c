/*
 * twofa-flow show: the built-in workflows, as a start for one's own.
 */
#include "common/call/call_inside.h"

#include "common/base/prog.h"
#include "common/flow/builtin.h"

#include <stdio.h>

int
call_show(struct options *o, struct fault *f)
{
	const char *name = o->operand_count > 0 ? o->operands[0] : "call";
	const char *json = builtin_find(name);

	if (o->operand_count > 1 || json == NULL)
		return fault_set(f, STATUS_USAGE,
		    "show: give call or desk; see %s --help", prog_name());
	(void)printf("%s\n", json);
	return STATUS_OK;
}
