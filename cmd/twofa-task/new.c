/*
 * twofa-task new: a new task, or one for each row of a file.
 */
#include "cmd/twofa-task/commands.h"

#include "common/base/prog.h"
#include "common/task/names.h"
#include "common/task/uuid.h"

#include <string.h>

static int
new_open(void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct task_command *c = self;

	(void)window;
	c->id = settings->task.id;
	c->csv_path = settings->task.csv;
	if (c->csv_path != NULL && strcmp(c->csv_path, "-") == 0) {
		c->reads_rows_on_stdin = true;
		c->csv_path = "standard input";
	}
	if (c->id != NULL && c->csv_path != NULL)
		return fault_set(f, STATUS_USAGE,
		    "--id and --csv: give the ids in a column taskId");
	if (assignments_read(&c->assignments, settings->operands, f) == -1)
		return -1;
	if (settings->operands[c->assignments.operands] != NULL)
		return fault_set(f, STATUS_USAGE,
		    "'%s' is no NAME=VALUE; see %s --help",
		    settings->operands[c->assignments.operands], prog_name());
	return c->csv_path == NULL ? 0 : open_csv(c, f);
}

static int
make_one(struct task_command *c, struct task *t, const char *id, bool with_row,
    struct out *out, struct fault *f)
{
	char drawn[UUID_SIZE];

	if (id == NULL || id[0] == '\0') {
		if (uuid_draw(drawn, f) == -1)
			return -1;
		id = drawn;
	}
	if (task_make(t, id, f) == -1) {
		fault_clear(f);
		return fault_set(f, id == c->id ? STATUS_USAGE : STATUS_DATA,
		    "taskId has 1 to %d printable ASCII characters and is "
		    "not NULL",
		    TASK_ID_MAX);
	}
	if (apply_to_task(c, t, with_row, f) == -1 ||
	    task_write(t, &out->buf, f) == -1 ||
	    buf_append_char(&out->buf, '\n', f) == -1)
		return -1;
	return out_written(out, f);
}

/*
 * Not a row without a customer, nor an empty one, as spreadsheets leave them:
 * such a task would be about nobody.
 */
static bool
row_is_about_somebody(const struct task_command *c, int identifier_column)
{
	size_t i;

	if (identifier_column != -1)
		return csv_field(&c->csv, (size_t)identifier_column)[0] != '\0';
	for (i = 0; i < c->csv.columns; i++)
		if (csv_field(&c->csv, i)[0] != '\0')
			return true;
	return false;
}

static int
tell_left_out(const struct task_command *c, unsigned long left_out,
    unsigned long line, int identifier_column, struct fault *f)
{
	if (left_out == 0)
		return 0;
	return fault_set(f, STATUS_DATA,
	    "%s: rows left out: %lu, the first in line %lu, without %s",
	    c->csv_path, left_out, line,
	    identifier_column == -1 ? "a value" : NAME_CUSTOMER_IDENTIFIER);
}

static int
make_rows(
    struct task_command *c, struct task *t, struct out *out, struct fault *f)
{
	const int column = csv_find_column(&c->csv, NAME_CUSTOMER_IDENTIFIER);
	unsigned long left_out = 0, line = 0;
	const char *id = NULL;
	int got;

	while ((got = csv_next(&c->csv, f)) == 1) {
		if (!row_is_about_somebody(c, column)) {
			line = left_out++ == 0 ? c->csv.line : line;
			continue;
		}
		if (c->id_column != -1)
			id = csv_field(&c->csv, (size_t)c->id_column);
		if (make_one(c, t, id, true, out, f) == -1) {
			fault_prefix(f, "%s:%lu", c->csv_path, c->csv.line);
			return -1;
		}
	}
	return got == 0 ? tell_left_out(c, left_out, line, column, f) : got;
}

static int
new_produce(void *self, struct out *out, struct fault *f)
{
	struct task_command *c = self;
	struct task t = TASK_INIT;
	int r;

	r = c->csv_path == NULL ? make_one(c, &t, c->id, false, out, f)
				: make_rows(c, &t, out, f);
	task_release(&t);
	return r;
}

const struct filter filter_new = {
    .open = new_open, .produce = new_produce, .no_answer = ANSWER_NONE};
