/*
 * The commands that are no filters. Each returns an exit status, or -1 with a
 * fault. Not for others.
 */
#ifndef COMMON_CALL_CALL_INSIDE_H
#define COMMON_CALL_CALL_INSIDE_H

#include "common/base/option.h"

int call_check(struct options *o, struct fault *f);
int call_desk(struct options *o, struct fault *f);
int call_graph(struct options *o, struct fault *f);
int call_run(struct options *o, struct fault *f);
int call_show(struct options *o, struct fault *f);

/* Let triggers read the file that -c names. Fails with STATUS_IO. */
MUST_USE int call_pass_settings_on(const struct options *o, struct fault *f);

#endif
