#include "common/io/child.h"

#include "common/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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

static int
spawn(pid_t *pid, char *const argv[], int in, int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int e;

	/* What prog_start() ignores must not be ignored by the child. */
	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	(void)sigaddset(&defaults, SIGXFSZ);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attributes) != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return ENOMEM;
	}
	(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	e = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (e == 0)
		e = posix_spawn_file_actions_adddup2(
		    &actions, out, STDOUT_FILENO);
	if (e == 0)
		e = posix_spawn(
		    pid, argv[0], &actions, &attributes, argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	return e;
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

int
child_start(
    struct child *c, char *const argv[], bool wants_output, struct fault *f)
{
	int to[2] = {-1, -1}, from[2] = {-1, -1};
	int e, r = -1;

	if (pipe2(to, O_CLOEXEC) == -1 ||
	    open_output(from, wants_output) == -1) {
		(void)fault_errno(f, STATUS_IO, "cannot make a pipe");
		goto out;
	}
	(void)fcntl(to[1], F_SETFL, O_NONBLOCK);
	if (from[0] != -1)
		(void)fcntl(from[0], F_SETFL, O_NONBLOCK);
	e = spawn(&c->pid, argv, to[0], from[1]);
	if (e != 0) {
		c->pid = -1;
		(void)fault_set(f,
		    e == EAGAIN || e == ENOMEM ? STATUS_IO : STATUS_CONFIG,
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

static pid_t
wait_until(pid_t pid, int *status, int64_t deadline_ms)
{
	pid_t got;

	for (;;) {
		got = waitpid(pid, status, WNOHANG);
		if (got == pid || (got == -1 && errno != EINTR))
			return got;
		if (clock_monotonic_ms() >= deadline_ms)
			return 0;
		clock_sleep_until_ms(clock_monotonic_ms() + WAIT_STEP_MS);
	}
}

int
child_wait(struct child *c, int64_t deadline_ms)
{
	int status = 0;

	if (c->pid == -1)
		return 0;
	child_end_input(c);
	close_fd(&c->from);
	if (wait_until(c->pid, &status, deadline_ms) == 0) {
		(void)kill(c->pid, SIGKILL);
		while (waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
			continue;
	}
	c->pid = -1;
	if (WIFSIGNALED(status))
		return CHILD_SIGNALLED + WTERMSIG(status);
	return WEXITSTATUS(status);
}

int
child_split(char *text, char *argv[], int max)
{
	char *p = text;
	int n = 0;

	for (;;) {
		p += strspn(p, " \t");
		if (*p == '\0' || n == max - 1)
			break;
		argv[n++] = p;
		p += strcspn(p, " \t");
		if (*p != '\0')
			*p++ = '\0';
	}
	argv[n] = NULL;
	return n;
}
