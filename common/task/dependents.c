#include "common/task/dependents.h"

#include "common/task/names.h"

#include <string.h>

enum {
	MAX_OF_ONE = 6,
};

/* And what depends on those depends on name, too. */
static const struct {
	const char *name;
	const char *dependents[MAX_OF_ONE];
} table[] = {
    {NAME_CUSTOMER_IDENTIFIER,
	{NAME_CUSTOMER_RECOGNIZED, NAME_SMS_NUMBER, NAME_START_VALIDATION}},
    {NAME_START_VALIDATION,
	{NAME_START_ENTRY, NAME_SMS_SENT, NAME_GENERATED_PIN, NAME_PIN_EXPIRES,
	    NAME_PIN_ATTEMPTS, NAME_PIN}},
    {NAME_PIN, {NAME_PIN_ENTRY, NAME_VALIDATION_CHECK, NAME_REASON}},
};

static void
each_of_row(
    size_t row, void (*remove)(void *self, const char *dependent), void *self)
{
	size_t i, next;

	for (i = 0; i < MAX_OF_ONE && table[row].dependents[i] != NULL; i++) {
		remove(self, table[row].dependents[i]);
		/* What depends on this has a later row: this ends. */
		for (next = row + 1; next < ARRAY_LEN(table); next++)
			if (strcmp(table[next].name,
				table[row].dependents[i]) == 0)
				each_of_row(next, remove, self);
	}
}

void
dependents_each(const char *name,
    void (*remove)(void *self, const char *dependent), void *self)
{
	size_t row;

	for (row = 0; row < ARRAY_LEN(table); row++)
		if (strcmp(table[row].name, name) == 0)
			each_of_row(row, remove, self);
}

static void
remove_from_task(void *self, const char *name)
{
	task_remove(self, name);
}

void
dependents_remove(struct task *t, const char *name)
{
	dependents_each(name, remove_from_task, t);
}

void
dependents_set(struct task *t, const char *name, const char *value)
{
	dependents_remove(t, name);
	task_set(t, name, value);
}
