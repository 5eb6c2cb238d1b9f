/*
 * A task: one JSON object in the shape of the Nimbus trigger body, with
 * parameters that programs read and set.
 *
 *	{"taskId":"…","taskInformation":{"customContextParameters":
 *	    [{"name":"CustomerIdentifier","value":"123456"}]}}
 *
 * A task keeps the text it was read from. Only changed parts are written anew;
 * all others are written as they were read, without the white space between
 * tokens.
 *
 * Members are found by their exact name, else without regard to case (Nimbus
 * and Power Automate spell some of them both ways). Parameter names are exact.
 *
 * A parameter's value is a string; null, "" and "NULL" mean that it is not
 * set; any other JSON value is read as its text. Of several parameters with
 * one name the first counts; setting or removing leaves none of the others.
 *
 * Strings that come out are borrowed from the task until it is parsed anew,
 * reset or released; all of them are wiped then.
 */
#ifndef COMMON_TASK_TASK_H
#define COMMON_TASK_TASK_H

#include "common/base/buf.h"
#include "common/base/arena.h"
#include "common/text/json_slice.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	TASK_ID_MAX = 128, /* bytes, printable ASCII */
	/* bytes of an identifier that a PIN is sent for */
	TASK_CUSTOMER_MAX = 256,
	TASK_MAX_LEN = 1 << 20,	   /* bytes of a task that is read */
	TASK_MAX_WRITTEN = 1 << 22 /* and of one that is written */
};

/* The members of the object that mean something to us. */
enum task_member_kind {
	MEMBER_FOREIGN,
	MEMBER_TASK_ID,
	MEMBER_INFORMATION,
	MEMBER_EVENT,
	MEMBER_UPDATED_NAME,
	MEMBER_UPDATED_VALUE,
	MEMBER_KINDS,
};

struct task_member {
	struct slice whole; /* "key":value; empty: new */
	struct slice key;
	enum task_member_kind kind;
	bool gone;
	const char *fresh; /* text that replaces the value, or NULL */
};

struct task_parameter {
	struct slice whole; /* the array's element; empty: new */
	struct slice value; /* the value in it; empty: it has none */
	const char *name;
	const char *text; /* NULL: not set */
	bool gone, changed;
};

struct task {
	struct buf text; /* compact JSON as read */
	struct arena strings;
	struct task_member *members;
	size_t member_count, member_size;
	struct task_parameter *parameters;
	size_t parameter_count, parameter_size;
	size_t used[MEMBER_KINDS]; /* index + 1 of the member that counts */
	struct slice array;	   /* of the parameters; empty: there is none */
	bool parameters_changed, changed;
	const char *id, *updated_name, *updated_value;
};

#define TASK_INIT                                                              \
	{                                                                      \
		.text = BUF_INIT(TASK_MAX_LEN)                                 \
	}

/*
 * Parse one object of len bytes. What the task held before is forgotten.
 *
 * Fails with STATUS_DATA: see json_parse(); no taskId of 1 to TASK_ID_MAX
 * printable ASCII characters; taskInformation that is no object, parameters
 * that are no array, an element that is no object with a name; more than
 * TASK_MAX_LEN bytes. The task is then empty.
 */
MUST_USE int task_parse(
    struct task *t, const char *text, size_t len, struct fault *f);

/* A new task without parameters. Fails as task_parse(). */
MUST_USE int task_make(struct task *t, const char *id, struct fault *f);

void task_release(struct task *t);

const char *task_id(const struct task *t);
/* Will task_write() give anything but what was read? */
bool task_is_changed(const struct task *t);

/* Does text mean that something is set: neither "" nor "NULL"? */
bool task_text_is_set(const char *text);

/* The value of a parameter, or NULL when it is not set. */
const char *task_get(const struct task *t, const char *name);
/* Does it have that value? */
bool task_has(const struct task *t, const char *name, const char *value);

/*
 * The next parameter, NULL behind the last one. *cursor is 0 before the first
 * call. *value as task_get().
 */
const char *task_parameter_next(
    const struct task *t, size_t *cursor, const char **value);

/*
 * Set a parameter; does nothing when it has that value. value is copied and
 * is valid UTF-8, else task_write() fails; "NULL", which means not set to
 * whoever reads it, is written as "".
 */
void task_set(struct task *t, const char *name, const char *value);
/* Set it to a number; 0 removes it. */
void task_set_count(struct task *t, const char *name, unsigned long count);

/* Remove every parameter of that name. */
void task_remove(struct task *t, const char *name);

/*
 * An object with a member updatedParameterName or event is an event, any
 * other a state. The name is NULL when it is null, missing or no string; the
 * value is NULL when it is not set.
 */
bool task_is_event(const struct task *t);
const char *task_event_name(const struct task *t);
const char *task_event_value(const struct task *t);
/* Is it an event of that name? */
bool task_is_event_of(const struct task *t, const char *name);

/* Make it the event that says that name was set to value. */
void task_make_event(struct task *t, const char *name, const char *value);

/* Make it a state: event, updatedParameterName and -Value go. */
void task_make_state(struct task *t);

/* Put "" in the place of every updatedParameterValue. */
void task_empty_event_value(struct task *t);

/*
 * Append the task as compact JSON, without a line end. Fails as buf_append(),
 * and with STATUS_DATA where a value that was set is not valid UTF-8.
 */
MUST_USE int task_write(const struct task *t, struct buf *out, struct fault *f);

#endif
