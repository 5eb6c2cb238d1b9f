/*
 * From fork(2) to execve(2).
 */
#include "common/process/child_inside.h"

#include "common/base/prog.h"
#include "common/process/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MANY_FDS = 65536, /* where the system does not say how many */
	CANNOT_RUN = 127,
};

/* All but the standard ones, and keep. */
static void
close_rest(int keep)
{
	struct rlimit limit;
	int fd, end = MANY_FDS;

#ifdef SYS_close_range
	if ((keep == STDERR_FILENO + 1 ||
		syscall(SYS_close_range, STDERR_FILENO + 1, keep - 1, 0) ==
		    0) &&
	    syscall(SYS_close_range, keep + 1, ~0U, 0) == 0)
		return;
#endif
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < MANY_FDS)
		end = (int)limit.rlim_cur;
	for (fd = STDERR_FILENO + 1; fd < end; fd++)
		if (fd != keep)
			(void)close(fd);
}

/* As at the start of a session: nothing is ignored, nothing is held. */
static void
forget_signals(void)
{
	sigset_t none;
	int s;

	for (s = 1; s < NSIG; s++)
		(void)signal(s, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Only what may be called between fork and execve. */
_Noreturn static void
become(const struct child_plan *plan, int report)
{
	int why;

	/* No terminal: it could stop the child, not us. */
	(void)setsid();
	if (dup2(plan->in, STDIN_FILENO) != -1 &&
	    dup2(plan->out, STDOUT_FILENO) != -1 &&
	    (plan->fence == -1 || fence_enter(plan->fence) == 0)) {
		close_rest(report);
		forget_signals();
		(void)execve(plan->argv[0], plan->argv, plan->environment);
	}
	why = errno;
	/* Without a report it has become a program that ends at once. */
	_exit(write(report, &why, sizeof why) == -1 ? CANNOT_RUN : 0);
}

/* What the child reports is why it could not become the program. */
static int
read_report(int fd)
{
	int why = 0;
	ssize_t n;

	do
		n = read(fd, &why, sizeof why);
	while (n == -1 && errno == EINTR);
	return n == (ssize_t)sizeof why ? why : 0;
}

int
child_spawn(pid_t *pid, const struct child_plan *plan)
{
	sigset_t all, before;
	int report[2], why;

	if (pipe2(report, O_CLOEXEC) == -1)
		return errno;
	/* No signal may end this program while it has a child that it does
	 * not know, and none of its handlers run in the child. */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	*pid = fork();
	if (*pid == 0)
		become(plan, report[1]);
	why = *pid == -1 ? errno : 0;
	if (*pid != -1)
		prog_pass_signals_to(*pid);
	/* While it is open here the report has no end; nothing else can have
	 * got its number. */
	if (close(report[1]) == -1)
		(void)close(report[1]);
	if (why == 0)
		why = read_report(report[0]);
	(void)close(report[0]);
	if (why != 0 && *pid != -1) {
		while (waitpid(*pid, NULL, 0) == -1 && errno == EINTR)
			continue;
		prog_pass_no_signals_to(*pid);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return why;
}
