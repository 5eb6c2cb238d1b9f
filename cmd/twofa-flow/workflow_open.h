/*
 * The workflow that a command is about: a file, or one that is compiled in.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_OPEN_H
#define CMD_TWOFA_FLOW_WORKFLOW_OPEN_H

#include "common/settings/settings.h"
#include "cmd/twofa-flow/workflow/workflow.h"

/* "call", the use case's, and "desk", of an agent who is talking to the caller.
 */
struct builtin {
	const char *name, *json;
};

extern const struct builtin builtins[];
extern const size_t builtin_count;

/* The JSON of the built-in workflow of that name, or NULL. */
const char *builtin_find(const char *name);

/*
 * Read the workflow in the file path or, when it is NULL, the setting
 * "workflow" or, without one, the built-in workflow of that name.
 *
 * Fails as workflow_parse() and, for the file, as file_load() does.
 */
MUST_USE int workflow_open(struct workflow *w, const struct settings *settings,
    const char *path, const char *builtin, struct fault *f);

/* Read the built-in workflow of that name. */
MUST_USE int workflow_open_builtin(struct workflow *w,
    const struct settings *settings, const char *name, struct fault *f);

/* The same as workflow_open(), and check_workflow(): STATUS_CONFIG when it
 * finds anything. */
MUST_USE int workflow_open_checked(struct workflow *w,
    const struct settings *settings, const char *builtin, struct fault *f);

/*
 * The file that command is given as its operand, or NULL. Fails with
 * STATUS_USAGE for a second one, also when -w is the first.
 */
MUST_USE int workflow_operand(const char **path, const char *command,
    const struct settings *settings, struct fault *f);

#endif
