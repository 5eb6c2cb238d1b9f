/*
 * The commands of twofa-task as filters: new, get, set, event, show.
 */
#ifndef CMD_TWOFA_TASK_COMMANDS_H
#define CMD_TWOFA_TASK_COMMANDS_H

#include "common/customer/csv_index.h"
#include "common/filter/filter.h"
#include "common/task/assign.h"

#include <stdbool.h>

enum {
	SHELL_MAX_NAMES = 64, /* of one get */
};

struct command;

struct shell {
	const struct command *command;
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
	const char *names[SHELL_MAX_NAMES];
	int name_count;
};

#define SHELL_INIT                                                             \
	{                                                                      \
		.csv = CSV_INIT, .rows = CSV_INDEX_INIT, .id_column = -1       \
	}

/* Make filter the one of that command; false: there is none of that name. */
bool shell_choose(struct filter *filter, const char *command);

/* The open function without a command: fails with STATUS_USAGE. */
MUST_USE int shell_no_command(
    void *self, struct settings *settings, size_t *window, struct fault *f);

void shell_close(void *self);

#endif
