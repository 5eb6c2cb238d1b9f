/*
 * JSON that a person reads and goes on from: one member of an object in an
 * object a line, as long as the line is short enough.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_LAYOUT_H
#define CMD_TWOFA_FLOW_WORKFLOW_LAYOUT_H

#include "common/base/buf.h"

enum {
	LAYOUT_COLUMNS = 80, /* a line goes on below where there is a comma */
};

/*
 * Append json, which is valid, with a new line behind it. Nothing changes but
 * the white space between its values: order and numbers stay as they are.
 * Laid out once more it is the same. Fails as buf_append().
 */
MUST_USE int layout_append(const char *json, struct buf *out, struct fault *f);

#endif
