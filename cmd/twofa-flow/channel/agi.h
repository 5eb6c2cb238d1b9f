/*
 * The Asterisk Gateway Interface: commands on stdout, one reply to each on
 * stdin, after a block of lines that describes the channel. Whatever shows that
 * the channel is gone calls channel_hang_up().
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
};

struct agi_reply {
	char result[AGI_LINE_SIZE]; /* after "result=": "0", "1234", "-1" */
	bool timed_out;		    /* GET DATA: it was not ended with '#' */
};

/*
 * Read the block up to its empty line, and the language of the channel from
 * it, which is left alone when it is unknown. Fails with STATUS_DATA: this is
 * no such block, the program was not started by Asterisk.
 */
MUST_USE int agi_begin(char *language, size_t size, struct fault *f);

/*
 * Send a command: words that end with NULL, each of them quoted if necessary;
 * and read its reply. On a channel that is hung up, before or meanwhile,
 * nothing is sent, and the reply is empty and timed out. Fails with STATUS_IO:
 * Asterisk does not know the command, or its reply is invalid.
 */
MUST_USE int agi_command(
    const char *const words[], struct agi_reply *reply, struct fault *f);

/*
 * Set a channel variable, also of a channel that was hung up, from which no
 * reply is read. Fails as agi_command().
 */
MUST_USE int agi_set(const char *name, const char *value, struct fault *f);

/*
 * Send a line to the log of Asterisk, truncated if necessary; failures are
 * ignored.
 */
void agi_tell(const char *message);

#endif
