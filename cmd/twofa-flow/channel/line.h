/*
 * A line from the caller's side, a byte at a time: what stands behind it is the
 * next reader's.
 */
#ifndef CMD_TWOFA_FLOW_CHANNEL_LINE_H
#define CMD_TWOFA_FLOW_CHANNEL_LINE_H

#include "cmd/twofa-flow/channel/channel.h"

#include <stdint.h>

/*
 * Read a line without its end. HEARD_NOTHING: not within seconds (0:
 * no limit); a part of a line is wiped then. HEARD_HANG_UP: end
 * of input, or channel_hung_up(). A line that does not fit becomes "?", which
 * is an answer to nothing. HEARD_FAILED: STATUS_IO.
 */
enum heard line_read(
    int fd, char *out, size_t size, unsigned seconds, struct fault *f);

/* Make keys what is an answer to nothing; HEARD_KEYS. */
enum heard line_no_answer(char *keys);

#endif
