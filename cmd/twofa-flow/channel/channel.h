/*
 * How a session reaches the caller: prompts go out and keys come back, on a
 * terminal, in lines, or by a telephone system.
 */
#ifndef CMD_TWOFA_FLOW_CHANNEL_CHANNEL_H
#define CMD_TWOFA_FLOW_CHANNEL_CHANNEL_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "cmd/twofa-flow/workflow/workflow.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CHANNEL_KEYS_SIZE = 256, /* of what is keyed in, with its NUL */
	CHANNEL_LANGUAGE_SIZE = 64,
};

struct channel {
	const struct channel_type *type; /* NULL: there is none of that name */
	/* As the telephone system says; "": unknown. */
	char language[CHANNEL_LANGUAGE_SIZE];
	const char *customer; /* of the desk; borrowed */
	/* private */
	int terminal;		      /* -1: not open */
	const struct activity *asked; /* by the desk, with nothing said since */
};

#define CHANNEL_INIT                                                           \
	{                                                                      \
		.terminal = -1                                                 \
	}

/* What is to be said. */
struct speech {
	const struct activity *activity;
	const char *text;   /* with its parameters filled in */
	const char *digits; /* the values in it that are digits; "": none */
	const char *audio;  /* a file's name, or NULL */
	bool secret;	    /* the answer must not be echoed */
};

enum heard {
	HEARD_FAILED = -1,
	HEARD_NOTHING, /* nothing was keyed in in time */
	HEARD_KEYS,
	HEARD_HANG_UP,
};

/* How a call ended. */
struct ending {
	const char *outcome;	/* "queued", "transferred", "disconnected" */
	const char *to;		/* where it was queued or transferred, or "" */
	const char *validation; /* ValidationCheck, or "" */
};

/* Each function fails with STATUS_IO; NULL: nothing to do. */
struct channel_type {
	const char *name; /* of -F */
	/* Before all else, even when the settings turn out to be wrong. */
	int (*begin)(struct channel *c, struct fault *f);
	/* Fails with STATUS_USAGE: there is no terminal. */
	int (*open)(struct channel *c, struct fault *f);
	int (*accept)(struct channel *c, struct fault *f);
	/* HEARD_NOTHING, HEARD_HANG_UP or HEARD_FAILED; never NULL. */
	enum heard (*say)(
	    struct channel *c, const struct speech *s, struct fault *f);
	/* keys has CHANNEL_KEYS_SIZE bytes; the caller wipes them. Never NULL.
	 */
	enum heard (*ask)(struct channel *c, const struct speech *s, char *keys,
	    struct fault *f);
	int (*end)(struct channel *c, const struct ending *e, struct fault *f);
};

extern const struct channel_type channel_tty, channel_desk, channel_lines,
    channel_agi;

/* The one that -F selects by that name, or NULL. */
const struct channel_type *channel_find(const char *name);

/* Does nothing to one that is not open. */
void channel_close(struct channel *c);

/*
 * From now on SIGHUP is a hang-up, with the agent also SIGINT and SIGTERM: it
 * interrupts waiting for the caller, and channel_hung_up() is true.
 */
void channel_catch_hang_up(bool agent);
/* The same for a channel that learns of a hang-up in another way. */
void channel_hang_up(void);
bool channel_hung_up(void);

/*
 * Read a line from fd without its end, one byte at a time, so that what follows
 * it is left to the next reader. HEARD_NOTHING: not within seconds (0: no
 * limit); part of a line is wiped then. HEARD_HANG_UP: end of input, or
 * channel_hung_up(). A line that does not fit is channel_invalid_keys().
 * Fails with STATUS_IO.
 */
enum heard channel_read_line(
    int fd, char *out, size_t size, unsigned seconds, struct fault *f);

/* Make keys "?", which is no valid answer to any prompt; HEARD_KEYS. */
enum heard channel_invalid_keys(char *keys);

#endif
