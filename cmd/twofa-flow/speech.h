/*
 * What is said in a session. A text for the caller or the agent can name the
 * parameters of the task, and those that are worked out:
 *
 *	{TriesLeft}	how many wrong PINs more the settings allow
 *	{Why}		TwofaReason in words, for an agent; never for a caller
 *	{Resent}	"sent again", or "not sent again: " and why, likewise
 */
#ifndef CMD_TWOFA_FLOW_SPEECH_H
#define CMD_TWOFA_FLOW_SPEECH_H

#include "cmd/twofa-flow/session.h"

/*
 * Say the text of that activity or, with keys, which has CHANNEL_KEYS_SIZE
 * bytes, ask for an answer to it. Fails as channel_type's say and ask.
 */
MUST_USE enum heard speech_say(
    struct session *s, const struct activity *a, char *keys, struct fault *f);

#endif
