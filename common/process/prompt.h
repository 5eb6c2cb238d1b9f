/*
 * Asking a person for one line that nobody else should see.
 */
#ifndef COMMON_PROCESS_PROMPT_H
#define COMMON_PROCESS_PROMPT_H

#include "common/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* Does the program have a terminal? */
bool prompt_has_terminal(void);

/*
 * Read a line into out, without its end; the caller wipes it. From the
 * terminal (/dev/tty), where prompt is shown and nothing is echoed, or, with
 * from_stdin and a stdin that is no terminal, from there without a prompt.
 *
 * 1: a line; 0: end of input. Fails with STATUS_IO: there is no terminal;
 * STATUS_DATA: longer than size - 1; STATUS_IO.
 */
MUST_USE int prompt_line(char *out, size_t size, const char *prompt,
    bool from_stdin, struct fault *f);

enum prompt_result {
	PROMPT_FAILED = -1,
	PROMPT_END, /* ^D, a signal that ends the program, a lost terminal */
	PROMPT_LINE,
	PROMPT_TIMEOUT,
};

struct question {
	int fd;	   /* of the terminal */
	char *out; /* size bytes; the caller wipes them */
	size_t size;
	const char *prompt;
	bool secret;	  /* nothing is echoed */
	bool fresh;	  /* discard what was typed before */
	unsigned seconds; /* for the answer; 0: no limit */
};

/*
 * The same on a terminal that is open. Signals are delivered after the terminal
 * is restored; after one that stopped the program the question is asked again.
 * Fails as prompt_line().
 */
MUST_USE enum prompt_result prompt_terminal(
    const struct question *q, struct fault *f);

#endif
