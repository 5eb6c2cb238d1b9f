/*
 * An agent at the terminal: letters for the keys that a telephone has (r for *,
 * q for 0, Enter for 1), and the customer's identifier is known.
 */
#ifndef CMD_TWOFA_FLOW_CHANNEL_CHANNEL_DESK_H
#define CMD_TWOFA_FLOW_CHANNEL_CHANNEL_DESK_H

#include "cmd/twofa-flow/channel/channel.h"

struct face_desk {
	const char *customer; /* borrowed */
	/* private */
	void *terminal;
	const struct activity *asked; /* last, and nothing was said since */
};

/* Fails with STATUS_USAGE: there is no terminal. */
MUST_USE int face_desk_open(struct face_desk *d, struct fault *f);
void face_desk_close(struct face_desk *d);

/* Of one that is open; nothing is said at the end. */
extern const struct face face_desk;

#endif
