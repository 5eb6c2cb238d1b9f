#include "common/task/derived.h"

#include "common/task/names.h"

#include <string.h>

enum {
	MAX_DERIVED = 6,
};

static const struct {
	const char *name;
	const char *derived[MAX_DERIVED];
} table[] = {
    {NAME_CUSTOMER_IDENTIFIER,
	{NAME_CUSTOMER_RECOGNIZED, NAME_SMS_NUMBER, NAME_START_VALIDATION}},
    {NAME_START_VALIDATION,
	{NAME_SMS_SENT, NAME_GENERATED_PIN, NAME_PIN_EXPIRES, NAME_PIN_ATTEMPTS,
	    NAME_PIN}},
    {NAME_PIN, {NAME_PIN_ENTRY, NAME_VALIDATION_CHECK, NAME_REASON}},
};

static void
remove_row(struct task *t, size_t row)
{
	size_t i, next;

	for (i = 0; i < MAX_DERIVED && table[row].derived[i] != NULL; i++) {
		task_remove(t, table[row].derived[i]);
		/* A row derives only from later rows: this ends. */
		for (next = row + 1; next < ARRAY_LEN(table); next++)
			if (strcmp(table[next].name, table[row].derived[i]) ==
			    0)
				remove_row(t, next);
	}
}

void
derived_remove(struct task *t, const char *name)
{
	size_t row;

	for (row = 0; row < ARRAY_LEN(table); row++)
		if (strcmp(table[row].name, name) == 0)
			remove_row(t, row);
}

int
derived_set(
    struct task *t, const char *name, const char *value, struct fault *f)
{
	derived_remove(t, name);
	return task_set(t, name, value, f);
}
