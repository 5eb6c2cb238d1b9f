/*
 * The workflows that are compiled in: "call", the use case's, and "desk", of
 * an agent who is already talking to the caller.
 */
#ifndef COMMON_FLOW_BUILTIN_H
#define COMMON_FLOW_BUILTIN_H

#include <stddef.h>

struct builtin {
	const char *name, *json;
};

extern const struct builtin builtins[];
extern const size_t builtin_count;

/* The JSON of that name, or NULL. */
const char *builtin_find(const char *name);

#endif
