/*
 * twofa-task set and event: change tasks, and say so.
 */
#include "cmd/twofa-task/commands.h"

#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/task/names.h"

#include <string.h>

/* Every row has a taskId, and no two the same. */
static int
index_rows(struct task_command *c, struct fault *f)
{
	struct csv rows = CSV_INIT;
	const char *id;
	size_t cursor;
	int twice = 0;

	if (c->id_column == -1)
		return fault_set(
		    f, STATUS_DATA, "%s: no column taskId", c->csv_path);
	if (csv_index_fill(&c->rows, &c->csv, (size_t)c->id_column, f) == -1 ||
	    csv_open(&rows, c->csv_path, f) == -1)
		return -1;
	while (csv_next(&rows, f) == 1) {
		id = csv_field(&rows, (size_t)c->id_column);
		cursor = 0;
		if (csv_index_next(&c->rows, &c->csv, id, &cursor, f) == 1)
			twice =
			    csv_index_next(&c->rows, &c->csv, id, &cursor, f);
		if (twice == 1)
			(void)fault_set(f, STATUS_DATA,
			    "%s:%lu: taskId '%s' appears twice", c->csv_path,
			    c->csv.line, id);
		if (f->status != STATUS_OK)
			break;
	}
	csv_index_forget(&c->rows);
	csv_close(&rows);
	return f->status == STATUS_OK ? 0 : -1;
}

static int
set_open(void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct task_command *c = self;

	(void)window;
	if (assignments_read(&c->assignments, settings->operands, f) == -1)
		return -1;
	settings->operands += c->assignments.operands;
	settings->operand_count -= c->assignments.operands;
	c->csv_path = settings->task.csv;
	if (c->csv_path != NULL && strcmp(c->csv_path, "-") == 0)
		return fault_set(f, STATUS_USAGE,
		    "--csv -: the file is read twice: give its name");
	if (c->assignments.count == 0 && c->csv_path == NULL)
		return fault_set(f, STATUS_USAGE,
		    "give NAME=VALUE or --csv FILE; see %s --help",
		    prog_name());
	if (c->assignments.reads_stdin && settings->operand_count == 0)
		return fault_set(f, STATUS_USAGE,
		    "@-: stdin cannot give the value and the tasks: name the "
		    "task files");
	if (c->csv_path == NULL)
		return 0;
	return open_csv(c, f) == -1 ? -1 : index_rows(c, f);
}

static int
event_open(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct task_command *c = self;

	c->makes_events = true;
	return set_open(self, settings, window, f);
}

static bool
is_entry(const char *name)
{
	return strcmp(name, NAME_PIN_ENTRY) == 0 ||
	    strcmp(name, NAME_START_ENTRY) == 0;
}

/* The event is about what was set last; an entry counts only if it is alone. */
static void
make_event(const struct task_command *c, struct task *t, bool with_row)
{
	struct assignment last = {NULL, NULL}, a;
	size_t cursor = 0;

	while (next_assignment(c, with_row, &cursor, &a))
		if (last.name == NULL || !is_entry(a.name))
			last = a;
	if (last.name != NULL)
		task_make_event(t, last.name, last.value);
}

static int
set_finish(void *self, struct item *item, struct fault *f)
{
	struct task_command *c = self;
	size_t cursor = 0;
	int found = 0;

	if (c->csv_path != NULL) {
		found = csv_index_next(
		    &c->rows, &c->csv, task_id(&item->task), &cursor, f);
		if (found == -1)
			return -1;
		/* A task without a row, and nothing else to set, stays. */
		if (found == 0 && c->assignments.count == 0)
			return 0;
	}
	task_make_state(&item->task);
	if (apply_to_task(c, &item->task, found == 1, f) == -1) {
		if (found == 1)
			fault_prefix(f, "%s:%lu", c->csv_path, c->csv.line);
		return -1;
	}
	if (c->makes_events)
		make_event(c, &item->task, found == 1);
	return 0;
}

/* A row without a task is most likely a mistake in one of the files. */
static int
set_end(void *self)
{
	const struct task_command *c = self;
	size_t missed = c->rows.rows - c->rows.found;

	if (c->csv_path == NULL || missed == 0)
		return STATUS_OK;
	prog_message(PROG_WARNING,
	    "%s: %zu of %zu row%s met no task with their "
	    "taskId",
	    c->csv_path, missed, c->rows.rows, number_plural(c->rows.rows));
	return STATUS_NO;
}

const struct filter filter_set = {.open = set_open,
    .finish = set_finish,
    .end = set_end,
    .no_answer = ANSWER_NONE};

const struct filter filter_event = {.open = event_open,
    .finish = set_finish,
    .end = set_end,
    .no_answer = ANSWER_NONE};
