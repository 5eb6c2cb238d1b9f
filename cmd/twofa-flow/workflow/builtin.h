/*
 * The workflows that are compiled in: "call", the use case's, and "desk", of
 * an agent who is already talking to the caller.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_BUILTIN_H
#define CMD_TWOFA_FLOW_WORKFLOW_BUILTIN_H

#include <stddef.h>

struct builtin {
	const char *name, *json;
};

extern const struct builtin builtins[];
extern const size_t builtin_count;

/* The JSON of that name, or NULL. */
const char *builtin_find(const char *name);

#endif
