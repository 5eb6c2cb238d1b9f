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

bool
signal_block_has_end(void)
{
	sigset_t pending;
	size_t i;

	if (sigpending(&pending) == -1)
		return false;
	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (sigismember(&pending, ends[i]) == 1)
			return true;
	return false;
}

bool
signal_block_has_stop(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && sigismember(&pending, SIGTSTP) == 1;
}
