#include "common/shell/shell.h"

#include "common/base/prog.h"
#include "common/task/derived.h"
#include "common/task/uuid.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TASK_ID "taskId"

/* An empty value removes the parameter. */
static int
set(struct task *t, const char *name, const char *value, struct fault *f)
{
	if (value[0] == '\0') {
		task_remove(t, name);
		return 0;
	}
	if (task_set(t, name, value, f) == 0)
		return 0;
	fault_prefix(f, "%s", name);
	return -1;
}

/* Does the row that csv is on say something about that column's parameter? */
static bool
row_sets(const struct shell *s, size_t column)
{
	return (int)column != s->id_column &&
	    csv_field(&s->csv, column)[0] != '\0';
}

/* Apply the assignments, then the row that csv is on. */
static int
shell_apply(struct shell *s, struct task *t, bool with_row, struct fault *f)
{
	size_t i;
	int j;

	/* All that is derived goes first: the order of names does not matter.
	 */
	for (j = 0; j < s->assignments.count; j++)
		derived_remove(t, s->assignments.list[j].name);
	for (i = 0; i < s->csv.columns && with_row; i++)
		if (row_sets(s, i))
			derived_remove(t, csv_column(&s->csv, i));
	for (j = 0; j < s->assignments.count; j++)
		if (set(t, s->assignments.list[j].name,
			s->assignments.list[j].value, f) == -1)
			return -1;
	for (i = 0; i < s->csv.columns && with_row; i++)
		if (row_sets(s, i) &&
		    set(t, csv_column(&s->csv, i), csv_field(&s->csv, i), f) ==
			-1)
			return -1;
	return 0;
}

/* Open --csv FILE; its columns are names of parameters. */
static int
shell_open_csv(struct shell *s, struct fault *f)
{
	const char *column;
	size_t i;

	if (csv_open(&s->csv, s->csv_path, f) == -1) {
		/* Here it is input, not a setting. */
		if (f->status == STATUS_CONFIG)
			f->status = access(s->csv_path, R_OK) == 0 ? STATUS_DATA
								   : STATUS_IO;
		return -1;
	}
	s->id_column = csv_find_column(&s->csv, TASK_ID);
	for (i = 0; i < s->csv.columns; i++) {
		column = csv_column(&s->csv, i);
		if (!name_is_valid(column, strlen(column)))
			return fault_set(f, STATUS_DATA,
			    "%s: column '%s' is no name of a parameter: "
			    "letters, digits and _, a letter first",
			    s->csv_path, column);
	}
	return 0;
}

/* --- new ------------------------------------------------------------------ */

static int
new_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	struct shell *s = self;

	(void)window;
	s->id = option_text(o, OPTION_ID);
	s->csv_path = option_text(o, OPTION_CSV);
	if (s->id != NULL && s->csv_path != NULL)
		return fault_set(f, STATUS_USAGE,
		    "--id and --csv: give the ids in a column taskId");
	if (assignments_read(&s->assignments, o->operands, f) == -1)
		return -1;
	if (o->operands[s->assignments.operands] != NULL)
		return fault_set(f, STATUS_USAGE,
		    "'%s' is no NAME=VALUE; see %s --help",
		    o->operands[s->assignments.operands], prog_name());
	return s->csv_path == NULL ? 0 : shell_open_csv(s, f);
}

static int
make_one(struct shell *s, struct task *t, const char *id, bool with_row,
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
		return fault_set(f, STATUS_DATA,
		    "taskId has 1 to %d printable ASCII characters",
		    TASK_ID_MAX);
	}
	if (shell_apply(s, t, with_row, f) == -1 ||
	    task_write(t, &out->buf, f) == -1 ||
	    buf_append_char(&out->buf, '\n', f) == -1)
		return -1;
	return out_written(out, f);
}

static int
make_rows(struct shell *s, struct task *t, struct out *out, struct fault *f)
{
	const char *id = NULL;
	int got;

	while ((got = csv_next(&s->csv, f)) == 1) {
		if (s->id_column != -1)
			id = csv_field(&s->csv, (size_t)s->id_column);
		if (make_one(s, t, id, true, out, f) == -1) {
			fault_prefix(f, "%s:%lu", s->csv_path, s->csv.line);
			return -1;
		}
	}
	return got;
}

static int
new_produce(void *self, struct out *out, struct fault *f)
{
	struct shell *s = self;
	struct task t = TASK_INIT;
	int r;

	r = s->csv_path == NULL ? make_one(s, &t, s->id, false, out, f)
				: make_rows(s, &t, out, f);
	task_release(&t);
	return r;
}

/* --- set and event -------------------------------------------------------- */

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

static int
set_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	struct shell *s = self;

	(void)window;
	if (assignments_read(&s->assignments, o->operands, f) == -1)
		return -1;
	o->operands += s->assignments.operands;
	o->operand_count -= s->assignments.operands;
	s->csv_path = option_text(o, OPTION_CSV);
	if (s->assignments.count == 0 && s->csv_path == NULL)
		return fault_set(f, STATUS_USAGE,
		    "give NAME=VALUE or --csv FILE; see %s --help",
		    prog_name());
	if (s->assignments.reads_stdin && o->operand_count == 0)
		return fault_set(f, STATUS_USAGE,
		    "@-: stdin cannot give the value and the tasks: name the "
		    "task files");
	if (s->csv_path == NULL)
		return 0;
	return shell_open_csv(s, f) == -1 ? -1 : index_rows(s, f);
}

static int
set_begin(void *self, struct job *job, struct fault *f)
{
	(void)self;
	(void)f;
	job->acts = true;
	return 0;
}

/* The last thing that was set is what the event says. */
static int
make_event(
    const struct shell *s, struct task *t, bool with_row, struct fault *f)
{
	const char *name = NULL, *value = NULL;
	size_t i;

	if (s->assignments.count > 0) {
		name = s->assignments.list[s->assignments.count - 1].name;
		value = s->assignments.list[s->assignments.count - 1].value;
	}
	for (i = 0; i < s->csv.columns && with_row; i++)
		if (row_sets(s, i)) {
			name = csv_column(&s->csv, i);
			value = csv_field(&s->csv, i);
		}
	return name == NULL ? 0 : task_make_event(t, name, value, f);
}

static int
set_finish(void *self, struct job *job, struct fault *f)
{
	struct shell *s = self;
	size_t cursor = 0;
	int found = 0;

	if (s->csv_path != NULL) {
		found = csv_index_next(
		    &s->rows, &s->csv, task_id(&job->task), &cursor, f);
		if (found == -1)
			return -1;
		/* A task without a row, and nothing else to set, stays. */
		if (found == 0 && s->assignments.count == 0)
			return 0;
	}
	task_make_state(&job->task);
	if (shell_apply(s, &job->task, found == 1, f) == -1) {
		if (found == 1)
			fault_prefix(f, "%s:%lu", s->csv_path, s->csv.line);
		return -1;
	}
	return s->makes_events ? make_event(s, &job->task, found == 1, f) : 0;
}

/* A row without a task is most likely a mistake in one of the files. */
static int
set_end(void *self)
{
	const struct shell *s = self;
	size_t missed = s->rows.rows - s->rows.found;

	if (s->csv_path == NULL || missed == 0)
		return STATUS_OK;
	prog_message(PROG_WARNING,
	    "%s: %zu of %zu rows met no task with their "
	    "taskId",
	    s->csv_path, missed, s->rows.rows);
	return STATUS_NO;
}

/* --- get and show --------------------------------------------------------- */

static int
get_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	struct shell *s = self;
	char *name, *comma;

	(void)window;
	if (o->operand_count == 0)
		return fault_set(f, STATUS_USAGE,
		    "get: give NAME[,NAME...]; see %s --help", prog_name());
	s->names_text = strdup(o->operands[0]);
	if (s->names_text == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	o->operands++;
	o->operand_count--;
	for (name = s->names_text; name != NULL; name = comma) {
		comma = strchr(name, ',');
		if (comma != NULL)
			*comma++ = '\0';
		if (!name_is_valid(name, strlen(name)) ||
		    s->name_count == SHELL_MAX_NAMES)
			return fault_set(f, STATUS_USAGE,
			    "get: '%s' is no name of a parameter", name);
		s->names[s->name_count++] = name;
	}
	return 0;
}

static const char *
value_of(const struct task *t, const char *name)
{
	return strcmp(name, TASK_ID) == 0 ? task_id(t) : task_get(t, name);
}

static int
get_begin(void *self, struct job *job, struct fault *f)
{
	const struct shell *s = self;
	int i;

	(void)f;
	job->answer = ANSWER_YES;
	for (i = 0; i < s->name_count; i++)
		if (value_of(&job->task, s->names[i]) == NULL)
			job->answer = ANSWER_NO;
	return 0;
}

/* As jq's @tsv does: a tab, a line end or a backslash cannot break a line. */
static int
append_tsv(struct buf *out, const char *text, struct fault *f)
{
	static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
	const char *p;

	for (; *text != '\0'; text++) {
		p = strchr(special, *text);
		if (p != NULL && buf_append_char(out, '\\', f) == -1)
			return -1;
		if (buf_append_char(
			out, p == NULL ? *text : letters[p - special], f) == -1)
			return -1;
	}
	return 0;
}

static int
get_write(void *self, const struct job *job, struct buf *out, struct fault *f)
{
	const struct shell *s = self;
	const char *value;
	int i;

	for (i = 0; i < s->name_count; i++) {
		value = value_of(&job->task, s->names[i]);
		if ((i > 0 && buf_append_char(out, '\t', f) == -1) ||
		    (value != NULL && append_tsv(out, value, f) == -1))
			return -1;
	}
	return buf_append_char(out, '\n', f);
}

static int
show_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	(void)self;
	(void)o;
	(void)window;
	(void)f;
	return 0;
}

static int
show_begin(void *self, struct job *job, struct fault *f)
{
	(void)self;
	(void)job;
	(void)f;
	return 0;
}

/* --- the choice ----------------------------------------------------------- */

enum {
	TAKES_ID = 1 << 0,
	TAKES_CSV = 1 << 1,
	TAKES_IN_PLACE = 1 << 2,
	TAKES_REJECTS = 1 << 3,
};

static const struct {
	enum option_id id;
	unsigned bit;
	const char *name;
} restricted[] = {
    {OPTION_ID, TAKES_ID, "--id"},
    {OPTION_CSV, TAKES_CSV, "--csv"},
    {OPTION_IN_PLACE, TAKES_IN_PLACE, "-i"},
    {OPTION_REJECTS, TAKES_REJECTS, "--rejects"},
};

static const struct command {
	const char *name;
	unsigned takes;
	bool makes_events;
	struct stage stage; /* its functions */
} commands[] = {
    {"new", TAKES_ID | TAKES_CSV, false,
	{.open = new_open, .produce = new_produce}},
    {"get", TAKES_REJECTS, false,
	{.open = get_open, .begin = get_begin, .write = get_write}},
    {"set", TAKES_CSV | TAKES_IN_PLACE | TAKES_REJECTS, false,
	{.open = set_open,
	    .begin = set_begin,
	    .finish = set_finish,
	    .end = set_end}},
    {"event", TAKES_CSV | TAKES_IN_PLACE | TAKES_REJECTS, true,
	{.open = set_open,
	    .begin = set_begin,
	    .finish = set_finish,
	    .end = set_end}},
    {"show", TAKES_REJECTS, false,
	{.open = show_open, .begin = show_begin, .write = shell_show}},
};

static int
command_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	struct shell *s = self;
	const struct command *c = s->command;
	size_t i;

	for (i = 0; i < ARRAY_LEN(restricted); i++)
		if (option_text(o, restricted[i].id) != NULL &&
		    (c->takes & restricted[i].bit) == 0)
			return fault_set(f, STATUS_USAGE,
			    "%s does not take %s; see %s --help", c->name,
			    restricted[i].name, prog_name());
	return c->stage.open(self, o, window, f);
}

bool
shell_choose(struct stage *stage, const char *command)
{
	struct shell *s = stage->self;
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, command) != 0)
			continue;
		*stage = commands[i].stage;
		stage->self = s;
		stage->open = command_open;
		stage->close = shell_close;
		s->command = &commands[i];
		s->makes_events = commands[i].makes_events;
		return true;
	}
	return false;
}

int
shell_no_command(void *self, struct options *o, size_t *window, struct fault *f)
{
	(void)self;
	(void)window;
	if (o->operand_count > 0)
		return fault_set(f, STATUS_USAGE,
		    "unknown command '%s'; see %s --help", o->operands[0],
		    prog_name());
	return fault_set(f, STATUS_USAGE,
	    "give a command: new, get, set, event or show; see %s --help",
	    prog_name());
}

void
shell_close(void *self)
{
	struct shell *s = self;

	assignments_release(&s->assignments);
	csv_close(&s->csv);
	csv_index_release(&s->rows);
	free(s->names_text);
}
