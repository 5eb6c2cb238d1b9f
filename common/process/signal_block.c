#include "common/process/signal_block.h"

#include "common/base/cdefs.h"

#include <stddef.h>

static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

void
signal_block_start(sigset_t *old)
{
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTSTP);
	for (i = 0; i < ARRAY_LEN(ends); i++)
		(void)sigaddset(&set, ends[i]);
	(void)sigprocmask(SIG_BLOCK, &set, old);
}

void
signal_block_end(const sigset_t *old)
{
	(void)sigprocmask(SIG_SETMASK, old, NULL);
}

enum signal_pending
signal_block_pending(void)
{
	sigset_t pending;
	size_t i;

	if (sigpending(&pending) == -1)
		return SIGNAL_NONE;
	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (sigismember(&pending, ends[i]) == 1)
			return SIGNAL_ENDS;
	return sigismember(&pending, SIGTSTP) == 1 ? SIGNAL_STOPS : SIGNAL_NONE;
}
