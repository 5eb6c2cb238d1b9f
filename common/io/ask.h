/*
 * Asking a person for one line that nobody else should see.
 */
#ifndef COMMON_IO_ASK_H
#define COMMON_IO_ASK_H

#include "common/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* Is there a terminal to ask on? */
bool ask_has_terminal(void);

/*
 * Read a line into out, without its end; the caller wipes it. From the
 * terminal (/dev/tty), where prompt is shown and nothing is echoed, or, with
 * from_stdin and a stdin that is no terminal, from there without a prompt.
 *
 * 1: a line; 0: end of input. Fails with STATUS_IO: there is no terminal;
 * STATUS_DATA: longer than size - 1; STATUS_IO.
 */
MUST_USE int ask_line(char *out, size_t size, const char *prompt,
    bool from_stdin, struct fault *f);

enum ask_result {
	ASK_FAILED = -1,
	ASK_END, /* end of input, or a signal that ends the program */
	ASK_LINE,
	ASK_TIMEOUT,
};

/*
 * The same on the terminal alone, echoed unless secret, for so many seconds (0:
 * for ever). A line that is too long fails like any other.
 */
MUST_USE enum ask_result ask_terminal(char *out, size_t size,
    const char *prompt, bool secret, unsigned seconds, struct fault *f);

#endif
