/*
 * What the files of a child share. Not for others.
 */
#ifndef COMMON_PROCESS_CHILD_INSIDE_H
#define COMMON_PROCESS_CHILD_INSIDE_H

#include "common/process/child.h"

/* One row of the table of twofa-driver(7); see child_gets.c. */
struct child_row {
	bool every_variable; /* the environment as it is */
	bool settings;	     /* the suite's own variables */
	bool secret;	     /* what a password manager needs */
	bool ends_apart;     /* its output may be open when it has ended */
	int good;	     /* the highest status of one that did its work */
};

const struct child_row *child_row(enum child_kind kind);

/*
 * The environment of such a child: an array for execve(2) that the caller
 * frees, of strings that are this program's. NULL without memory.
 */
char **child_environment(enum child_kind kind, char *const argv[]);

/* What becomes a child. */
struct child_plan {
	char *const *argv;
	char *const *environment;
	int in, out; /* its standard input and output */
	int fence;   /* what closes files to it, see fence.h; -1: nothing */
};

/*
 * Start it in a session of its own, with descriptors 0 to 2 alone, no signal
 * blocked or ignored. 0, or the errno of what failed.
 */
MUST_USE int child_spawn(pid_t *pid, const struct child_plan *plan);

#endif
