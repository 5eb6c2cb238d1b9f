/*
 * The commands of twofa-flow. Each returns an exit status, or -1 with a fault.
 */
#ifndef CMD_TWOFA_FLOW_COMMANDS_H
#define CMD_TWOFA_FLOW_COMMANDS_H

#include "cmd/twofa-flow/session.h"
#include "common/settings/settings.h"

#include <stdint.h>

int flow_check(struct settings *settings, struct session *s, struct fault *f);
int flow_desk(struct settings *settings, struct session *s, struct fault *f);
int flow_graph(struct settings *settings, struct session *s, struct fault *f);
int flow_show(struct settings *settings, struct session *s, struct fault *f);

/* s->channel.type is the channel that -F names, on which begin was called. */
int flow_run(struct settings *settings, struct session *s, struct fault *f);

/* A whole filter program; takes: the options that the command has. Returns the
 * exit status. */
int flow_step(
    const struct usage *usage, const char *takes, int argc, char *argv[]);

#endif
