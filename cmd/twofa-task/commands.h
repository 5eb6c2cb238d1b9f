/*
 * The commands of twofa-task as filters; self is a struct task_command. See
 * filter.h.
 */
#ifndef CMD_TWOFA_TASK_COMMANDS_H
#define CMD_TWOFA_TASK_COMMANDS_H

#include "common/customer/csv_index.h"
#include "common/filter/filter.h"
#include "common/task/assign.h"

#include <stdbool.h>

#define COLUMN_TASK_ID "taskId" /* also of get */

enum {
	GET_MAX_NAMES = 64,
};

struct task_command {
	struct assignments assignments;
	bool makes_events; /* event, not set */
	/* new */
	const char *id;
	/* --csv FILE */
	const char *csv_path;	  /* for messages, too */
	bool reads_rows_on_stdin; /* new --csv - */
	struct csv csv;
	struct csv_index rows; /* by taskId; set and event */
	int id_column;	       /* -1: none */
	/* get */
	char *names_text; /* owned: what names points into */
	const char *names[GET_MAX_NAMES];
	int name_count;
};

#define TASK_COMMAND_INIT                                                      \
	{                                                                      \
		.csv = CSV_INIT, .rows = CSV_INDEX_INIT, .id_column = -1       \
	}

/* Without self, command and close. */
extern const struct filter filter_new, filter_get, filter_set, filter_event,
    filter_show;

/*
 * The next assignment, of the command line and then, with_row, of the row that
 * csv is on, into *out; false: there is none. *cursor is 0 before the first.
 */
bool next_assignment(const struct task_command *c, bool with_row,
    size_t *cursor, struct assignment *out);

/*
 * Apply the assignments and, with_row, the row that csv is on; a PIN among them
 * gets a PINEntry.
 */
MUST_USE int apply_to_task(
    struct task_command *c, struct task *t, bool with_row, struct fault *f);

/* Open --csv FILE; its columns are names of parameters. */
MUST_USE int open_csv(struct task_command *c, struct fault *f);

#endif
