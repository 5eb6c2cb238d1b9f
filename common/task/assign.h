/*
 * NAME=VALUE operands of a command line.
 */
#ifndef COMMON_TASK_ASSIGN_H
#define COMMON_TASK_ASSIGN_H

#include "common/base/buf.h"
#include "common/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	ASSIGN_MAX = 64,	  /* assignments of one command */
	ASSIGN_VALUE_MAX = 65536, /* bytes of a value */
};

struct assignment {
	const char *name;
	const char *value;
};

struct assignments {
	struct assignment list[ASSIGN_MAX];
	int count;
	int operands;	  /* how many operands were assignments */
	bool reads_stdin; /* a value was read from there */
	struct arena strings;
};

/* [A-Za-z][A-Za-z0-9_]* of that length? */
bool name_is_valid(const char *name, size_t len);

/*
 * A value of a command line: itself or, of "@FILE", what FILE holds, and of
 * "@-" what stdin does, which *reads_stdin then says; without the line end
 * behind it. The pool owns what was read. name stands in messages.
 *
 * NULL when it fails, with STATUS_USAGE: stdin for the second time. STATUS_IO:
 * FILE cannot be read. STATUS_DATA: too long, a NUL byte, invalid UTF-8.
 */
MUST_USE const char *value_read(struct arena *strings, bool *reads_stdin,
    const char *name, const char *value, struct fault *f);

/*
 * Read the operands up to the first that does not begin with NAME=, of which
 * the rest is the value as value_read() reads it.
 *
 * Fails with STATUS_USAGE: too many, taskId. And as value_read() does.
 */
MUST_USE int assignments_read(
    struct assignments *a, char *const operands[], struct fault *f);

void assignments_release(struct assignments *a);

#endif
