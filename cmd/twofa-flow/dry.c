/*
 * --dry-run of the commands that are no filters: is everything in its place?
 */
#include "cmd/twofa-flow/commands_inside.h"

#include "cmd/twofa-flow/trigger.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "common/settings/settings.h"

#include <string.h>

static int
open_workflow(struct workflow *w, const struct options *o, const char *command,
    struct fault *f)
{
	return strcmp(command, "desk") == 0
	    ? workflow_open_builtin(w, o, "desk", f)
	    : workflow_open_checked(w, o, "call", f);
}

int
flow_dry(struct options *o, const char *command, struct fault *f)
{
	const bool calls =
	    strcmp(command, "run") == 0 || strcmp(command, "desk") == 0;
	struct workflow w = WORKFLOW_INIT;
	int r = -1;

	settings_tell(o);
	if (flow_pass_settings_on(o, f) == 0 &&
	    open_workflow(&w, o, command, f) == 0)
		r = calls ? trigger_try_all(&w, true, f) : 0;
	workflow_release(&w);
	return r == -1 ? -1 : STATUS_OK;
}
