/*
 * What a text for the caller or the agent can name: the parameters of the
 * task, and those that are worked out:
 *
 *	{TriesLeft}	how many wrong PINs more the settings allow
 *	{Why}		TwofaReason in words, for an agent; never for a caller
 *	{Resent}	"sent again", or "not sent again: " and why, likewise
 */
#ifndef CMD_TWOFA_FLOW_SPOKEN_H
#define CMD_TWOFA_FLOW_SPOKEN_H

#include "cmd/twofa-flow/workflow/workflow.h"
#include "common/task/task.h"

struct spoken {
	const struct workflow *workflow; /* both are borrowed */
	const struct task *task;
	char tries_left[16];
	char resent[80];
};

/* The value of that name, or NULL; for wording_fill(), self is a spoken. */
const char *spoken_value(void *self, const char *name);

#endif
