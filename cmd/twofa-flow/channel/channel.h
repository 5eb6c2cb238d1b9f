/*
 * What a call sounds like: the prompts to the caller and the keys that come
 * back, on a terminal, in lines, or on a telephone system.
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
};

/* What is to be said. */
struct speech {
	const struct activity *activity;
	const char *text;   /* with its parameters filled in */
	const char *digits; /* the values in it that are digits; "": none */
	const char *audio;  /* a file's name, or NULL */
	bool secret;	    /* the answer may not be seen */
	bool fresh;	    /* what was typed before is no answer */
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

struct face {
	const char *name; /* of -F */
	/*
	 * Before all else, also when the settings turn out to be wrong;
	 * NULL: nothing.
	 */
	int (*first)(void **self, struct fault *f);
	/*
	 * Each returns -1 when it fails, with STATUS_IO; language is what the
	 * caller's channel says, or is left alone.
	 */
	int (*open)(void **self, const char **language, struct fault *f);
	int (*accept)(void *self, struct fault *f);
	/* HEARD_NOTHING, HEARD_HANG_UP or HEARD_FAILED. */
	enum heard (*say)(void *self, const struct speech *s, struct fault *f);
	/* keys has CHANNEL_KEYS_SIZE bytes; the caller of it wipes them. */
	enum heard (*ask)(
	    void *self, const struct speech *s, char *keys, struct fault *f);
	int (*end)(void *self, const struct ending *e, struct fault *f);
	void (*close)(void *self); /* NULL self: nothing to do */
};

extern const struct face face_tty, face_lines, face_agi;

/* The one of that name, or NULL. */
const struct face *channel_find(const char *name);

/*
 * From now on SIGHUP is a hang-up: it ends what waits for the caller, and
 * channel_hung_up() says so; also after channel_hang_up(), of a face that
 * learns of it in another way.
 */
void channel_notice_hang_up(void);
/* And so are SIGINT and SIGTERM, of somebody who will come back. */
void channel_notice_end(void);
void channel_hang_up(void);
bool channel_hung_up(void);

#endif
