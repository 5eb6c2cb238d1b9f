#include "common/process/child.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "common/process/child_environment.h"
#include "common/process/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CANNOT_RUN = 127,
	MANY_FDS = 65536, /* where the system does not say how many */
	READ_SIZE = 4096,
	WAIT_STEP_MS = 5,    /* how often a child that should end is checked */
	WATCH_STEP_MS = 100, /* and one that writes nothing */
};

/* What becomes a child. */
struct plan {
	char *const *argv;
	char **environment;
	int in, out, err; /* its standard input, output and error */
	int fence; /* restricts its access to files, see fence.h; -1: not */
};

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

/* All descriptors but the standard ones and keep. */
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

/* As at the start of a session: none is ignored or blocked. */
static void
reset_signals(void)
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
become(const struct plan *plan, int report)
{
	int why;

	/* Away from the terminal, which could stop the child. */
	(void)setsid();
	if (dup2(plan->in, STDIN_FILENO) != -1 &&
	    dup2(plan->out, STDOUT_FILENO) != -1 &&
	    dup2(plan->err, STDERR_FILENO) != -1 &&
	    (plan->fence == -1 || fence_enter(plan->fence) == 0)) {
		close_rest(report);
		reset_signals();
		(void)execve(plan->argv[0], plan->argv, plan->environment);
	}
	why = errno;
	/* Without a report the parent sees a program that ends at once. */
	_exit(write(report, &why, sizeof why) == -1 ? CANNOT_RUN : 0);
}

/* Why the child could not execute the program: an errno. 0: it did. */
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

/* 0, or the errno of what failed. */
static int
spawn(pid_t *pid, const struct plan *plan)
{
	sigset_t all, before;
	int report[2], why;

	if (pipe2(report, O_CLOEXEC) == -1)
		return errno;
	/*
	 * No signal may end this program before prog_pass_signals_to(), and no
	 * handler may run in the child.
	 */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	*pid = fork();
	if (*pid == 0)
		become(plan, report[1]);
	why = *pid == -1 ? errno : 0;
	if (*pid != -1)
		prog_pass_signals_to(*pid);
	/*
	 * While it is open here read_report() would wait for ever: after EINTR
	 * it may still be open. No other file can have got its number.
	 */
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
start(struct child *c, char *const argv[], int in, int out)
{
	struct plan plan = {.argv = argv,
	    .environment = child_environment(c->kind, argv),
	    .in = in,
	    .out = out,
	    .err = c->err,
	    .fence = c->kind == CHILD_DRIVER ? fence_make(argv) : -1};
	int e = spawn(&c->pid, &plan);

	close_fd(&plan.fence);
	free(plan.environment);
	return e;
}

/* A lack of memory, processes or descriptors is no wrong setting. */
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

	c->kind = kind;
	if (pipe2(to, O_CLOEXEC) == -1 ||
	    open_output(from, kind != CHILD_COMMAND) == -1) {
		(void)fault_errno(f, STATUS_IO, "cannot make a pipe");
		goto out;
	}
	(void)fcntl(to[1], F_SETFL, O_NONBLOCK);
	if (from[0] != -1)
		(void)fcntl(from[0], F_SETFL, O_NONBLOCK);
	e = start(c, argv, to[0], from[1]);
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

/* It sees the end of its input. */
static void
end_input(struct child *c)
{
	close_fd(&c->to);
}

/* It stays a zombie, so that no other process gets its number. */
static bool
is_dead(const struct child *c, siginfo_t *how)
{
	int r;

	do {
		how->si_pid = 0;
		r = waitid(
		    P_PID, (id_t)c->pid, how, WEXITED | WNOHANG | WNOWAIT);
	} while (r == -1 && errno == EINTR);
	return r == -1 || how->si_pid == c->pid;
}

static bool
is_trigger(const struct child *c)
{
	return c->kind == CHILD_FILTER || c->kind == CHILD_TRIGGER;
}

/*
 * Has it ended, so that nothing more comes but what is in the pipe? A trigger's
 * output ends only when it is closed.
 */
static bool
has_ended(const struct child *c)
{
	siginfo_t how;

	return !is_trigger(c) && is_dead(c, &how);
}

static int
reap(const struct child *c)
{
	int status = SIGKILL; /* if it was waited for elsewhere */

	while (waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
		continue;
	return WIFSIGNALED(status) ? CHILD_SIGNALLED + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

int
child_wait(struct child *c, int64_t deadline_ms)
{
	const int good = is_trigger(c) ? STATUS_NO : STATUS_OK;
	siginfo_t how;
	int status;

	if (c->pid == -1)
		return 0;
	end_input(c);
	close_fd(&c->from);
	while (!is_dead(c, &how) && clock_monotonic_ms() < deadline_ms)
		clock_sleep_until_ms(clock_monotonic_ms() + WAIT_STEP_MS);
	/* What one that succeeded left running is left alone. */
	if (how.si_pid != c->pid || how.si_code != CLD_EXITED ||
	    how.si_status > good) {
		(void)kill(-c->pid, SIGKILL);
		(void)kill(c->pid, SIGKILL); /* if it left its group */
	}
	prog_pass_no_signals_to(c->pid);
	status = reap(c);
	c->pid = -1;
	return status;
}

/* Write more of the input. */
static void
feed(struct child *c, const char **input, size_t *len)
{
	ssize_t n = write(c->to, *input, *len);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n == -1)
		*len = 0;
	else {
		*input += n;
		*len -= (size_t)n;
	}
}

int
child_read(struct child *c, struct buf *out, struct fault *f)
{
	char chunk[READ_SIZE];
	ssize_t n = read(c->from, chunk, sizeof chunk);
	int r;

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return 1;
	if (n == -1)
		return fault_errno(f, STATUS_IO, "reading from a program");
	r = n == 0 ? 0 : buf_append(out, chunk, (size_t)n, f) == -1 ? -1 : 1;
	/* It may hold a PIN. */
	explicit_bzero(chunk, (size_t)n);
	return r;
}

int
child_poll(struct child *c, bool to_write, int64_t deadline_ms)
{
	struct pollfd fds[2];
	int64_t left_ms;
	bool ended;
	int ready, step_ms;

	for (;;) {
		fds[0] = (struct pollfd){c->from, POLLIN, 0};
		fds[1] = (struct pollfd){to_write ? c->to : -1, POLLOUT, 0};
		left_ms = deadline_ms - clock_monotonic_ms();
		if (left_ms <= 0)
			return -1;
		step_ms =
		    left_ms < WATCH_STEP_MS ? (int)left_ms : WATCH_STEP_MS;
		/* What it wrote before its end is in the pipe by then. */
		ended = has_ended(c);
		ready = poll(fds, 2, ended ? 0 : step_ms);
		if (ready > 0 && (!ended || fds[0].revents != 0))
			return (fds[0].revents != 0 ? CHILD_READABLE : 0) |
			    (fds[1].revents != 0 ? CHILD_WRITABLE : 0);
		if (ended)
			return 0;
	}
}

int
child_talk(struct child *c, const char *input, size_t len, struct buf *out,
    int64_t deadline_ms, struct fault *f)
{
	int ready, r = 1;

	while (r == 1) {
		if (len == 0)
			end_input(c);
		if (len == 0 && c->from == -1)
			return 1;
		ready = child_poll(c, len > 0, deadline_ms);
		if (ready <= 0)
			return ready == 0 ? 1 : 0;
		if ((ready & CHILD_WRITABLE) != 0)
			feed(c, &input, &len);
		if ((ready & CHILD_READABLE) != 0)
			r = child_read(c, out, f);
	}
	return r == 0 ? 1 : -1;
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
