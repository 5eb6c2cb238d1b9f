/*
 * The commands that are no filters. Each returns an exit status, or -1 with a
 * fault. Not for others.
 */
#ifndef COMMON_CALL_CALL_INSIDE_H
#define COMMON_CALL_CALL_INSIDE_H

#include "common/base/option.h"

int call_run(struct options *o, struct fault *f);
int call_show(struct options *o, struct fault *f);

#endif
