#include "cmd/twofa-flow/workflow/builtin.h"

#include "common/base/cdefs.h"

#include <string.h>

/* The files beside this one; see the Makefile. */
static const char call[] =
#include "cmd/twofa-flow/workflow/call.json.inc"
    ;

/*
 * Every way back to the PIN is through AskPIN, whose visits are limited; Again
 * limits how often a PIN is sent. Restore gets back what was there before a
 * message that was not sent again: it never sends, but counts as if it did.
 * With more limits check_workflow() would have too many states to visit.
 */
static const char desk[] =
#include "cmd/twofa-flow/workflow/desk.json.inc"
    ;

const struct builtin builtins[] = {
    {"call", call},
    {"desk", desk},
};

const size_t builtin_count = ARRAY_LEN(builtins);

const char *
builtin_find(const char *name)
{
	size_t i;

	for (i = 0; i < builtin_count; i++)
		if (strcmp(builtins[i].name, name) == 0)
			return builtins[i].json;
	return NULL;
}
