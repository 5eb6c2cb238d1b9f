/*
 * The commands that are no filters. Each returns an exit status, or -1 with a
 * fault. Not for others.
 */
#ifndef CMD_TWOFA_FLOW_COMMANDS_INSIDE_H
#define CMD_TWOFA_FLOW_COMMANDS_INSIDE_H

#include "common/settings/option.h"
#include "cmd/twofa-flow/channel/channel.h"

int flow_check(struct options *o, struct fault *f);
int flow_desk(struct options *o, struct fault *f);
int flow_graph(struct options *o, struct fault *f);
int flow_show(struct options *o, struct fault *f);

/*
 * --dry-run: print the settings, and open and try what the command of that name
 * would. No call is taken. Fails as these do.
 */
int flow_dry(struct options *o, const char *command, struct fault *f);

/* The caller's side of a call; face is NULL when there is no such face. */
struct caller {
	const struct face *face;
	void *self;
};

/*
 * What is to be done first, also of a command line that is wrong. caller is to
 * be closed in any case. Fails as face->first().
 */
MUST_USE int flow_first(
    struct caller *caller, const struct options *o, struct fault *f);
int flow_run(struct options *o, struct caller *caller, struct fault *f);
void flow_close(const struct caller *caller);

/* Let triggers read the file that -c names. Fails with STATUS_IO. */
MUST_USE int flow_pass_settings_on(const struct options *o, struct fault *f);

#endif
