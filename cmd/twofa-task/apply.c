/*
 * What new, set and event do to a task: NAME=VALUE and a row of --csv FILE.
 */
#include "cmd/twofa-task/commands.h"

#include "common/task/dependents.h"
#include "common/task/names.h"
#include "common/task/uuid.h"

#include <string.h>
#include <unistd.h>

/* An empty value removes the parameter. */
static void
set(struct task *t, const char *name, const char *value)
{
	if (value[0] == '\0')
		task_remove(t, name);
	else
		task_set(t, name, value);
}

static bool
row_sets(const struct task_command *c, size_t column)
{
	return (int)column != c->id_column &&
	    csv_field(&c->csv, column)[0] != '\0';
}

bool
next_assignment(const struct task_command *c, bool with_row, size_t *cursor,
    struct assignment *out)
{
	size_t given = (size_t)c->assignments.count;
	size_t end = given + (with_row ? c->csv.columns : 0), i;

	while (*cursor < end) {
		i = (*cursor)++;
		if (i < given) {
			*out = c->assignments.list[i];
			return true;
		}
		if (row_sets(c, i - given)) {
			out->name = csv_column(&c->csv, i - given);
			out->value = csv_field(&c->csv, i - given);
			return true;
		}
	}
	return false;
}

static bool
is_assigned(const struct task_command *c, bool with_row, const char *name)
{
	struct assignment a;
	size_t cursor = 0;

	while (next_assignment(c, with_row, &cursor, &a))
		if (strcmp(a.name, name) == 0)
			return true;
	return false;
}

/*
 * A new PINEntry goes with each PIN: it distinguishes the same digits keyed in
 * again from the same task run again. So it is with a request to send the PIN
 * again. See twofa-task(5).
 */
static int
set_entry(const struct task_command *c, struct task *t, bool with_row,
    const char *name, const char *entry_name, struct fault *f)
{
	char entry[UUID_SIZE];

	if (!is_assigned(c, with_row, name) ||
	    is_assigned(c, with_row, entry_name) || task_get(t, name) == NULL)
		return 0;
	if (uuid_draw(entry, f) == -1)
		return -1;
	task_set(t, entry_name, entry);
	return 0;
}

static int
set_entries(const struct task_command *c, struct task *t, bool with_row,
    struct fault *f)
{
	if (set_entry(c, t, with_row, NAME_PIN, NAME_PIN_ENTRY, f) == -1)
		return -1;
	return task_has(t, NAME_START_VALIDATION, VALUE_RESEND)
	    ? set_entry(
		  c, t, with_row, NAME_START_VALIDATION, NAME_START_ENTRY, f)
	    : 0;
}

int
apply_to_task(
    struct task_command *c, struct task *t, bool with_row, struct fault *f)
{
	struct assignment a;
	size_t cursor;

	/* What depends on old values goes first, whatever the order of names.
	 */
	for (cursor = 0; next_assignment(c, with_row, &cursor, &a);)
		dependents_remove(t, a.name);
	for (cursor = 0; next_assignment(c, with_row, &cursor, &a);)
		set(t, a.name, a.value);
	return set_entries(c, t, with_row, f);
}

int
open_csv(struct task_command *c, struct fault *f)
{
	const char *column;
	size_t i;

	if (c->reads_rows_on_stdin ? csv_open_stdin(&c->csv, f) == -1
				   : csv_open(&c->csv, c->csv_path, f) == -1) {
		/* A file that is input, not a setting. */
		if (f->status == STATUS_CONFIG)
			f->status = c->reads_rows_on_stdin ||
				access(c->csv_path, R_OK) == 0
			    ? STATUS_DATA
			    : STATUS_IO;
		return -1;
	}
	c->id_column = csv_find_column(&c->csv, COLUMN_TASK_ID);
	for (i = 0; i < c->csv.columns; i++) {
		column = csv_column(&c->csv, i);
		if (!name_is_valid(column, strlen(column)))
			return fault_set(f, STATUS_DATA,
			    "%s: column '%s' is no name of a parameter: "
			    "letters, digits and _, a letter first",
			    c->csv_path, column);
	}
	return 0;
}
