/*
 * What is said on a channel of Asterisk, and the keys of the caller meanwhile.
 *
 * Asterisk drops a key while a sound is played that it may not interrupt, and
 * one that is let go while no command runs. So what asks may be interrupted by
 * any key from its first sound on; that key is the first of the answer, nothing
 * more is played, and one command takes all the others.
 */
#ifndef CMD_TWOFA_FLOW_CHANNEL_AGI_PROMPT_H
#define CMD_TWOFA_FLOW_CHANNEL_AGI_PROMPT_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "cmd/twofa-flow/channel/channel.h"

/*
 * 1: it was said, 0: hung up. A sound that is not there is told as a warning.
 * Fails as agi_command().
 */
MUST_USE int agi_prompt_say(const struct speech *s, struct fault *f);

/* The same, and what was keyed in, "" for nothing, into keys, which has
 * CHANNEL_KEYS_SIZE bytes. */
MUST_USE int agi_prompt_ask(
    const struct speech *s, char *keys, struct fault *f);

#endif
