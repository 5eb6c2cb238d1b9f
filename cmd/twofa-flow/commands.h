/*
 * The commands of twofa-flow; self is a struct session. See command.h.
 */
#ifndef CMD_TWOFA_FLOW_COMMANDS_H
#define CMD_TWOFA_FLOW_COMMANDS_H

#include "cmd/twofa-flow/session.h"
#include "common/settings/command.h"

int flow_check(void *self, struct fault *f);
int flow_desk(void *self, struct fault *f);
int flow_graph(void *self, struct fault *f);
int flow_show(void *self, struct fault *f);

/* The session has the channel that -F names, on which begin was called. */
int flow_run(void *self, struct fault *f);

/* The whole program as a filter. Returns its exit status. */
int flow_step(
    const struct command *c, const struct usage *usage, int argc, char *argv[]);

#endif
