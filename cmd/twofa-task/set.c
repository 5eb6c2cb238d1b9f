/*
 * twofa-task set and event: change tasks, and say so.
 */
#include "cmd/twofa-task/commands_inside.h"

#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/task/names.h"

#include <string.h>

/* Every row has a taskId, and no two the same. */
static int
index_rows(struct shell *s, struct fault *f)
{
	struct csv rows = CSV_INIT;
	const char *id;
	size_t cursor;
	int twice = 0;

	if (s->id_column == -1)
		return fault_set(
		    f, STATUS_DATA, "%s: no column taskId", s->csv_path);
	if (csv_index_fill(&s->rows, &s->csv, (size_t)s->id_column, f) == -1 ||
	    csv_open(&rows, s->csv_path, f) == -1)
		return -1;
	while (csv_next(&rows, f) == 1) {
		id = csv_field(&rows, (size_t)s->id_column);
		cursor = 0;
		if (csv_index_next(&s->rows, &s->csv, id, &cursor, f) == 1)
			twice =
			    csv_index_next(&s->rows, &s->csv, id, &cursor, f);
		if (twice == 1)
			(void)fault_set(f, STATUS_DATA,
			    "%s:%lu: taskId '%s' stands twice", s->csv_path,
			    s->csv.line, id);
		if (f->status != STATUS_OK)
			break;
	}
	csv_index_forget(&s->rows);
	csv_close(&rows);
	return f->status == STATUS_OK ? 0 : -1;
}

int
shell_set_open(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct shell *s = self;

	(void)window;
	if (assignments_read(&s->assignments, settings->operands, f) == -1)
		return -1;
	settings->operands += s->assignments.operands;
	settings->operand_count -= s->assignments.operands;
	s->csv_path = settings->task.csv;
	if (s->csv_path != NULL && strcmp(s->csv_path, "-") == 0)
		return fault_set(f, STATUS_USAGE,
		    "--csv -: the file is read twice: give its name");
	if (s->assignments.count == 0 && s->csv_path == NULL)
		return fault_set(f, STATUS_USAGE,
		    "give NAME=VALUE or --csv FILE; see %s --help",
		    prog_name());
	if (s->assignments.reads_stdin && settings->operand_count == 0)
		return fault_set(f, STATUS_USAGE,
		    "@-: stdin cannot give the value and the tasks: name the "
		    "task files");
	if (s->csv_path == NULL)
		return 0;
	return shell_open_csv(s, f) == -1 ? -1 : index_rows(s, f);
}

int
shell_set_begin(void *self, struct item *item, struct fault *f)
{
	(void)self;
	(void)f;
	item->acts = true;
	return 0;
}

/* An entry beside something else is not what the event is about. */
static void
note(struct assignment *last, const char *name, const char *value)
{
	if (last->name != NULL &&
	    (strcmp(name, NAME_PIN_ENTRY) == 0 ||
		strcmp(name, NAME_START_ENTRY) == 0))
		return;
	last->name = name;
	last->value = value;
}

/* The last thing that was set is what the event says. */
static void
make_event(const struct shell *s, struct task *t, bool with_row)
{
	struct assignment last = {NULL, NULL};
	size_t i;
	int j;

	for (j = 0; j < s->assignments.count; j++)
		note(&last, s->assignments.list[j].name,
		    s->assignments.list[j].value);
	for (i = 0; i < s->csv.columns && with_row; i++)
		if (shell_row_sets(s, i))
			note(&last, csv_column(&s->csv, i),
			    csv_field(&s->csv, i));
	if (last.name != NULL)
		task_make_event(t, last.name, last.value);
}

int
shell_set_finish(void *self, struct item *item, struct fault *f)
{
	struct shell *s = self;
	size_t cursor = 0;
	int found = 0;

	if (s->csv_path != NULL) {
		found = csv_index_next(
		    &s->rows, &s->csv, task_id(&item->task), &cursor, f);
		if (found == -1)
			return -1;
		/* A task without a row, and nothing else to set, stays. */
		if (found == 0 && s->assignments.count == 0)
			return 0;
	}
	task_make_state(&item->task);
	if (shell_apply(s, &item->task, found == 1, f) == -1) {
		if (found == 1)
			fault_prefix(f, "%s:%lu", s->csv_path, s->csv.line);
		return -1;
	}
	if (s->makes_events)
		make_event(s, &item->task, found == 1);
	return 0;
}

/* A row without a task is most likely a mistake in one of the files. */
int
shell_set_end(void *self)
{
	const struct shell *s = self;
	size_t missed = s->rows.rows - s->rows.found;

	if (s->csv_path == NULL || missed == 0)
		return STATUS_OK;
	prog_message(PROG_WARNING,
	    "%s: %zu of %zu row%s met no task with their "
	    "taskId",
	    s->csv_path, missed, s->rows.rows, number_plural(s->rows.rows));
	return STATUS_NO;
}
