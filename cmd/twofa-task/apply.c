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

/* Does the row that csv is on say something about that column's parameter? */
bool
row_sets(const struct task_command *c, size_t column)
{
	return (int)column != c->id_column &&
	    csv_field(&c->csv, column)[0] != '\0';
}

/* Is name among the assignments or, with_row, in the row that csv is on? */
static bool
is_assigned(const struct task_command *c, bool with_row, const char *name)
{
	size_t i;
	int j;

	for (j = 0; j < c->assignments.count; j++)
		if (strcmp(c->assignments.list[j].name, name) == 0)
			return true;
	for (i = 0; i < c->csv.columns && with_row; i++)
		if (row_sets(c, i) && strcmp(csv_column(&c->csv, i), name) == 0)
			return true;
	return false;
}

/*
 * Whoever writes PIN writes PINEntry beside it, a new one each time: it tells
 * the same digits keyed in again from the same task run again. So it is with
 * the wish to send a PIN once more. See twofa-task(5).
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
	const char *start = task_get(t, NAME_START_VALIDATION);

	if (set_entry(c, t, with_row, NAME_PIN, NAME_PIN_ENTRY, f) == -1)
		return -1;
	return start != NULL && strcmp(start, VALUE_RESEND) == 0
	    ? set_entry(
		  c, t, with_row, NAME_START_VALIDATION, NAME_START_ENTRY, f)
	    : 0;
}

/* Apply the assignments, then the row that csv is on. */
int
apply_to_task(
    struct task_command *c, struct task *t, bool with_row, struct fault *f)
{
	size_t i;
	int j;

	/* All that is derived goes first: the order of names does not matter.
	 */
	for (j = 0; j < c->assignments.count; j++)
		dependents_remove(t, c->assignments.list[j].name);
	for (i = 0; i < c->csv.columns && with_row; i++)
		if (row_sets(c, i))
			dependents_remove(t, csv_column(&c->csv, i));
	for (j = 0; j < c->assignments.count; j++)
		set(t, c->assignments.list[j].name,
		    c->assignments.list[j].value);
	for (i = 0; i < c->csv.columns && with_row; i++)
		if (row_sets(c, i))
			set(t, csv_column(&c->csv, i), csv_field(&c->csv, i));
	return set_entries(c, t, with_row, f);
}

/* Open --csv FILE; its columns are names of parameters. */
int
open_csv(struct task_command *c, struct fault *f)
{
	const char *column;
	size_t i;

	if (c->reads_rows_on_stdin ? csv_open_stdin(&c->csv, f) == -1
				   : csv_open(&c->csv, c->csv_path, f) == -1) {
		/* Here it is input, not a setting. */
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
