#include "common/process/child.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "common/process/child_inside.h"
#include "common/process/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	WAIT_STEP_MS = 5, /* how often a child that still runs is looked at */
};

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

/* [0] is read by the one who gets the output, [1] is the child's stdout. */
static int
open_output(int from[2], bool wants_output)
{
	if (wants_output)
		return pipe2(from, O_CLOEXEC);
	from[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return from[1] == -1 ? -1 : 0;
}

/* 0, or an errno. */
static int
spawn(struct child *c, char *const argv[], int in, int out)
{
	struct child_plan plan = {argv, NULL, in, out, -1};
	char **environment = child_environment(c->kind, argv);
	int e = ENOMEM;

	if (environment != NULL) {
		plan.environment = environment;
		if (c->kind == CHILD_DRIVER)
			plan.fence = fence_make(argv);
		e = child_spawn(&c->pid, &plan);
	}
	close_fd(&plan.fence);
	free(environment);
	return e;
}

/* Of memory, processes or descriptors: the settings are right. */
static bool
is_shortage(int e)
{
	return e == EAGAIN || e == ENOMEM || e == EMFILE || e == ENFILE;
}

int
child_start(
    struct child *c, enum child_kind kind, char *const argv[], struct fault *f)
{
	int to[2] = {-1, -1}, from[2] = {-1, -1};
	int e, r = -1;

	*c = (struct child)CHILD_INIT;
	c->kind = kind;
	if (pipe2(to, O_CLOEXEC) == -1 ||
	    open_output(from, kind != CHILD_COMMAND) == -1) {
		(void)fault_errno(f, STATUS_IO, "cannot make a pipe");
		goto out;
	}
	(void)fcntl(to[1], F_SETFL, O_NONBLOCK);
	if (from[0] != -1)
		(void)fcntl(from[0], F_SETFL, O_NONBLOCK);
	e = spawn(c, argv, to[0], from[1]);
	if (e != 0) {
		c->pid = -1;
		(void)fault_set(f, is_shortage(e) ? STATUS_IO : STATUS_CONFIG,
		    "%s: cannot be run: %s", argv[0], strerror(e));
		goto out;
	}
	c->to = to[1];
	c->from = from[0];
	to[1] = from[0] = -1;
	r = 0;
out:
	close_fd(&to[0]);
	close_fd(&to[1]);
	close_fd(&from[0]);
	close_fd(&from[1]);
	return r;
}

void
child_end_input(struct child *c)
{
	close_fd(&c->to);
}

/* It stays a zombie, so that nothing else has its number. */
static bool
is_dead(const struct child *c)
{
	siginfo_t info = {.si_pid = 0};
	int r;

	do
		r = waitid(
		    P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	while (r == -1 && errno == EINTR);
	return r == -1 || info.si_pid == c->pid;
}

bool
child_has_ended(const struct child *c)
{
	return !child_row(c->kind)->ends_apart && is_dead(c);
}

static int
reap(const struct child *c)
{
	int status = SIGKILL; /* of one that somebody else waited for */

	while (waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
		continue;
	return WIFSIGNALED(status) ? CHILD_SIGNALLED + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* Did it do its work? What it left then is its own business. */
static bool
did_well(const struct child *c)
{
	siginfo_t info = {.si_pid = 0};

	return waitid(P_PID, (id_t)c->pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid == c->pid && info.si_code == CLD_EXITED &&
	    info.si_status <= child_row(c->kind)->good;
}

int
child_wait(struct child *c, int64_t deadline_ms)
{
	int status;

	if (c->pid == -1)
		return 0;
	child_end_input(c);
	close_fd(&c->from);
	while (!is_dead(c) && clock_monotonic_ms() < deadline_ms)
		clock_sleep_until_ms(clock_monotonic_ms() + WAIT_STEP_MS);
	if (!did_well(c)) {
		(void)kill(-c->pid, SIGKILL);
		(void)kill(c->pid, SIGKILL); /* if it left its group */
	}
	prog_pass_no_signals_to(c->pid);
	status = reap(c);
	c->pid = -1;
	return status;
}

int
child_split(char *text, char *argv[], int max, struct fault *f)
{
	char *p = text + strspn(text, " \t");
	int n = 0;

	while (*p != '\0' && n < max - 1) {
		argv[n++] = p;
		p += strcspn(p, " \t");
		if (*p != '\0')
			*p++ = '\0';
		p += strspn(p, " \t");
	}
	argv[n] = NULL;
	if (*p != '\0')
		return fault_set(f, STATUS_CONFIG,
		    "more than %d words: put them into a script", max - 1);
	if (n == 0 || strchr(argv[0], '/') == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "give the program by its path, with a '/'");
	return n;
}
