#include "common/stage/decision_log.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/io/file.h"
#include "common/task/names.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PATH_SIZE = 4096,
};

/* The folder of a file that is not there: could the file be made? */
static int
check_folder(const char *path, struct fault *f)
{
	char folder[PATH_SIZE];
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;

	if (len >= sizeof folder)
		return fault_set(f, STATUS_CONFIG, "log: the path is too long");
	(void)snprintf(folder, sizeof folder, "%.*s", (int)len, path);
	if (faccessat(AT_FDCWD, len == 0 ? "." : folder, W_OK | X_OK,
		AT_EACCESS) == -1)
		return fault_errno(f, STATUS_CONFIG, "log %s", path);
	prog_message(PROG_WARNING, "log %s: will be made", path);
	return 0;
}

static int
check_target(int fd, const char *path, struct fault *f)
{
	struct stat log, out;

	if (fstat(fd, &log) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	if (S_ISCHR(log.st_mode))
		return 0;
	/* A line of the log has a taskId: it would be taken for a task. */
	if (fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == log.st_dev &&
	    out.st_ino == log.st_ino)
		return fault_set(f, STATUS_CONFIG,
		    "%s: is standard output, which carries tasks", path);
	return file_check(fd, path, FILE_TRUSTED, f);
}

/*
 * Another open of /dev/stderr would have a place of its own in a file, where
 * messages and lines overwrite each other, and none at all when it is a socket.
 */
static int
open_stderr(struct decision_log *log, struct fault *f)
{
	log->fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (log->fd == -1)
		return fault_errno(f, STATUS_CONFIG, "log %s", log->path);
	return 0;
}

static int
open_path(struct decision_log *log, bool make, struct fault *f)
{
	/* A FIFO without a reader fails at once instead of waiting for one. */
	int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

	log->fd = open(log->path, make ? flags | O_CREAT : flags, 0600);
	if (log->fd == -1 && errno == ENOENT && !make)
		return check_folder(log->path, f);
	if (log->fd == -1)
		return fault_errno(f, STATUS_CONFIG, "log %s", log->path);
	if (check_target(log->fd, log->path, f) == -1) {
		fault_prefix(f, "log");
		return -1;
	}
	/* From now on a full pipe is waited for. */
	if (fcntl(log->fd, F_SETFL, O_APPEND) == -1)
		return fault_errno(f, STATUS_CONFIG, "log %s", log->path);
	return 0;
}

int
decision_log_open(
    struct decision_log *log, const struct options *o, struct fault *f)
{
	bool dry = option_given(o, OPTION_DRY_RUN);
	int r;

	log->path = option_text(o, OPTION_LOG);
	if (log->path == NULL)
		return 0;
	r = strcmp(log->path, "/dev/stderr") == 0 ? open_stderr(log, f)
						  : open_path(log, !dry, f);
	if (r == -1)
		return -1;
	log->program = o->program;
	log->ref = option_text(o, OPTION_REF);
	if (!dry)
		login_name(log->who);
	return 0;
}

/* Did wrong PINs come before? What is no number counts as too many. */
static bool
had_wrong_pins(const struct task *t)
{
	const char *text = task_get(t, NAME_PIN_ATTEMPTS);
	unsigned long n;

	return text != NULL && (!number_parse(&n, text, 0, LONG_MAX) || n > 0);
}

static int
append(struct decision_log *log, struct fault *f)
{
	ssize_t n;

	do
		n = write(log->fd, log->line.data, log->line.len);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return fault_errno(f, STATUS_IO, "log %s", log->path);
	if ((size_t)n != log->line.len)
		return fault_set(f, STATUS_IO,
		    "log %s: a line was written in part", log->path);
	return 0;
}

int
decision_log_add(
    struct decision_log *log, const struct job *job, struct fault *f)
{
	const struct task *t = &job->task;
	bool yes = job->status == STATUS_OK && job->answer == ANSWER_YES;
	struct decision d = {.program = prog_name(),
	    .task_id = task_id(t),
	    .reason = yes ? NULL : task_get(t, NAME_REASON),
	    .who = log->who,
	    .ref = log->ref,
	    .number = task_get(t, NAME_SMS_NUMBER)};

	if (log->fd == -1)
		return 0;
	d.time_s = clock_now_s();
	if (yes || d.reason != NULL)
		d.event = decision_event(log->program, d.reason,
		    (had_wrong_pins(t) ? DECISION_AFTER_WRONG : 0U) |
			(job->again ? DECISION_AGAIN : 0U));
	if (d.event == NULL)
		return fault_set(f, STATUS_BUG, "task %s: no event for '%s'",
		    d.task_id, d.reason == NULL ? "" : d.reason);
	buf_clear(&log->line);
	if (decision_write(&d, &log->line, f) == 0 && append(log, f) == 0)
		return 0;
	log->broken = true;
	return -1;
}

int
decision_log_close(struct decision_log *log, struct fault *f)
{
	int r = 0;

	buf_release(&log->line);
	if (log->fd != -1 && close(log->fd) == -1)
		r = fault_errno(f, STATUS_IO, "log %s", log->path);
	log->fd = -1;
	return r;
}
