#include "common/net/watchdog.h"

#include "common/base/clock.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* No message, nothing flushed: whatever hangs could hang again. */
static void
strike(int signal_number)
{
	(void)signal_number;
	_exit(STATUS_TEMPORARY);
}

int
watchdog_start(struct fault *f)
{
	struct sigaction action;
	sigset_t only;

	memset(&action, 0, sizeof action);
	action.sa_handler = strike;
	(void)sigemptyset(&action.sa_mask);
	/* A parent may have left the signal blocked. */
	(void)sigemptyset(&only);
	(void)sigaddset(&only, SIGALRM);
	if (sigaction(SIGALRM, &action, NULL) == -1 ||
	    sigprocmask(SIG_UNBLOCK, &only, NULL) == -1)
		return fault_errno(f, STATUS_IO, "watchdog");
	return 0;
}

void
watchdog_set(int64_t deadline_ms)
{
	struct itimerval timer;
	int64_t wait_ms;

	memset(&timer, 0, sizeof timer);
	if (deadline_ms != 0) {
		wait_ms =
		    deadline_ms + WATCHDOG_GRACE_MS - clock_monotonic_ms();
		if (wait_ms < 1)
			wait_ms = 1;
		timer.it_value.tv_sec = (time_t)(wait_ms / 1000);
		timer.it_value.tv_usec = (suseconds_t)(wait_ms % 1000) * 1000;
	}
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}
