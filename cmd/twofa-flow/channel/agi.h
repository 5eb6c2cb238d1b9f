/*
 * The Asterisk Gateway Interface: commands on stdout, one reply to each on
 * stdin, after a block of lines that says what channel it is. What shows that
 * the channel is gone becomes a channel_hang_up().
 */
#ifndef CMD_TWOFA_FLOW_CHANNEL_AGI_H
#define CMD_TWOFA_FLOW_CHANNEL_AGI_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	AGI_LINE_SIZE = 4096,	/* of a reply with its NUL */
	AGI_COMMAND_MAX = 2000, /* Asterisk reads 2048 bytes at once */
	AGI_WORD_SIZE = 64,
};

struct agi {
	char language[AGI_WORD_SIZE]; /* of the channel; "": unknown */
};

/* What a command came to. */
struct agi_reply {
	char result[AGI_LINE_SIZE]; /* behind "result=": "0", "1234", "-1" */
	bool timed_out;		    /* GET DATA: it was not ended with '#' */
};

/*
 * Read the block up to its empty line. Fails with STATUS_DATA when that is
 * none: the program was not started by Asterisk.
 */
MUST_USE int agi_begin(struct agi *a, struct fault *f);

/*
 * Send a command: words with a NULL behind them, each of them quoted where it
 * has to be. 1 and its reply; 0: the channel was hung up, and nothing is sent
 * from now on but by agi_set(). Fails with STATUS_IO: Asterisk does not know
 * the command, or says what is no reply.
 */
MUST_USE int agi_command(
    const char *const words[], struct agi_reply *reply, struct fault *f);

/*
 * Set a channel variable, also of a channel that was hung up, from which no
 * reply is read. Fails as agi_command().
 */
MUST_USE int agi_set(const char *name, const char *value, struct fault *f);

/*
 * A line for the log of Asterisk, perhaps cut short; when it cannot be sent,
 * nobody is told.
 */
void agi_tell(const char *message);

#endif
