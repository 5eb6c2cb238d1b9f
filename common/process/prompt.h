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
	ASK_END, /* ^D, a signal that ends the program, or no terminal left */
	ASK_LINE,
	ASK_TIMEOUT,
};

struct question {
	int fd;	   /* of the terminal */
	char *out; /* size bytes; the caller wipes them */
	size_t size;
	const char *prompt;
	bool secret;	  /* nothing is echoed */
	bool fresh;	  /* what was typed ahead is lost */
	unsigned seconds; /* for the answer; 0: for ever */
};

/*
 * The same on a terminal that is open. Held signals come when the terminal is
 * as it was; after one that stops the program it is asked again. Fails as
 * ask_line().
 */
MUST_USE enum ask_result ask_terminal(
    const struct question *q, struct fault *f);

#endif
