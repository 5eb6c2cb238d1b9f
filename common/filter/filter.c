#include "common/filter/filter.h"

#include "common/base/memory.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/file/edit.h"
#include "common/file/file.h"
#include "common/settings/settings.h"
#include "common/filter/decision_log.h"
#include "common/filter/loop.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool
names_files(const struct settings *settings)
{
	int i;

	for (i = 0; i < settings->operand_count; i++)
		if (strcmp(settings->operands[i], "-") == 0)
			return false;
	return settings->operand_count > 0;
}

/* Output to a file that is being read would be read again without end. */
static int
check_apart(
    const struct loop *loop, int in, const char *name, int to, struct fault *f)
{
	if (file_is_same(in, loop->rejects.fd))
		return fault_set(f, STATUS_CONFIG,
		    "rejects: %s: is read, too: name another file",
		    loop->rejects.path);
	if (file_is_same(in, loop->log->fd))
		return fault_set(f, STATUS_CONFIG,
		    "log: %s: is read, too: name another file",
		    loop->log->path);
	if (file_is_same(in, to))
		return fault_set(f, STATUS_CONFIG,
		    "%s: is standard output, too: -i writes a file back", name);
	return 0;
}

/* In place: all of the file or nothing. */
static int
edit_file(struct loop *loop, const char *path, struct fault *f)
{
	struct edit edit = EDIT_INIT;
	int r = -1;

	if (edit_begin(&edit, path, f) == -1)
		return -1;
	loop->changed = false;
	if (check_apart(loop, edit.old_fd, path, edit.new_fd, f) == -1)
		goto out;
	r = loop_check(loop, edit.old_fd, path, f);
	if (r == 1)
		prog_message(PROG_ERROR,
		    "%s: left as it was: it holds a malformed task", path);
	if (r != 0) {
		r = r == 1 ? 0 : -1;
		goto out;
	}
	if (lseek(edit.old_fd, 0, SEEK_SET) == -1)
		r = fault_errno(f, STATUS_IO, "%s", path);
	else
		r = loop_stream(loop, edit.old_fd, path, edit.new_fd, path, f);
	if (r == 0 && loop->changed)
		r = edit_commit(&edit, f);
out:
	edit_abort(&edit);
	return r;
}

static int
to_stdout(struct loop *loop, int in, const char *name, struct fault *f)
{
	if (check_apart(loop, in, name, STDOUT_FILENO, f) == -1)
		return -1;
	return loop_stream(loop, in, name, STDOUT_FILENO, "standard output", f);
}

static int
read_file(struct loop *loop, const char *path, struct fault *f)
{
	int fd, r;

	if (strcmp(path, "-") == 0)
		return to_stdout(loop, STDIN_FILENO, "standard input", f);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1) {
		/* The other files can be read. */
		(void)fault_errno(f, STATUS_IO, "%s", path);
		loop_fail(loop, f);
		return 0;
	}
	r = to_stdout(loop, fd, path, f);
	(void)close(fd);
	return r;
}

static void
edit_files(struct loop *loop, const struct settings *settings)
{
	struct fault f = FAULT_INIT;
	int i;

	/* Nothing is decided without the log. */
	for (i = 0; i < settings->operand_count && !loop->log->broken; i++)
		if (edit_file(loop, settings->operands[i], &f) == -1)
			loop_fail(loop, &f);
}

static int
read_files(struct loop *loop, const struct settings *settings, struct fault *f)
{
	int i;

	if (settings->operand_count == 0) {
		if (isatty(STDIN_FILENO) == 1)
			prog_message(PROG_WARNING,
			    "reading tasks from the terminal; see %s --help",
			    prog_name());
		return read_file(loop, "-", f);
	}
	for (i = 0; i < settings->operand_count; i++)
		if (read_file(loop, settings->operands[i], f) == -1)
			return -1;
	return 0;
}

static void
tell_counts(const struct loop *loop)
{
	const struct loop_counts *c = &loop->counts;

	prog_message(PROG_INFO,
	    "%lu task%s: %lu yes, %lu no, %lu not for this program, "
	    "%lu unanswered, %lu malformed",
	    loop_total(loop), number_plural(loop_total(loop)), c->yes, c->no,
	    c->alone, c->unanswered, c->malformed);
}

static int
loop_filter(const struct filter *filter, size_t window,
    const struct settings *settings, struct decision_log *log)
{
	struct fault f = FAULT_INIT;
	struct loop loop;

	loop_open(&loop, filter, window, log);
	if (rejects_open(&loop.rejects, settings->rejects, &f) == -1) {
		loop_release(&loop);
		return prog_fail(&f);
	}
	if (settings->in_place)
		edit_files(&loop, settings);
	else if (read_files(&loop, settings, &f) == -1)
		loop_fail(&loop, &f);
	if (rejects_close(&loop.rejects, &f) == -1)
		loop_fail(&loop, &f);
	if (!loop.answered && filter->no_answer == ANSWER_NO)
		loop.status = status_worse(loop.status, STATUS_NO);
	if (filter->end != NULL)
		loop.status =
		    status_worse(loop.status, filter->end(filter->self));
	prog_progress_end();
	tell_counts(&loop);
	loop_release(&loop);
	return loop.status;
}

/* With dry, discard the output. */
static int
produce(const struct filter *filter, bool dry)
{
	struct fault f = FAULT_INIT;
	struct out out;
	int status = STATUS_OK;
	int fd = dry ? open("/dev/null", O_WRONLY | O_CLOEXEC) : STDOUT_FILENO;

	if (fd == -1) {
		(void)fault_errno(&f, STATUS_IO, "/dev/null");
		return prog_fail(&f);
	}
	out_open(&out, fd, "standard output");
	memory_before_exhausted(out_rescue, &out);
	if (filter->produce(filter->self, &out, &f) == -1)
		status = prog_fail(&f);
	/* Tasks made before a bad row are written. */
	fault_clear(&f);
	if (out_flush(&out, &f) == -1)
		status = status_worse(status, prog_fail(&f));
	memory_before_exhausted(NULL, NULL);
	out_release(&out);
	if (dry)
		(void)close(fd);
	return status;
}

/* Nothing is verified by a dry run: no_answer stays. */
static int
loop_dry(const struct filter *filter, const struct settings *settings,
    struct decision_log *log)
{
	const struct filter dry = {.no_answer = filter->no_answer};

	settings_tell(settings);
	if (settings->operand_count == 0 && isatty(STDIN_FILENO) == 1)
		return STATUS_OK;
	return loop_filter(&dry, 1, settings, log);
}

static int
loop_logged(
    const struct filter *filter, size_t window, const struct settings *settings)
{
	struct decision_log log = DECISION_LOG_INIT;
	struct fault f = FAULT_INIT;
	int status;

	if (decision_log_open(&log, settings, &f) == -1)
		status = prog_fail(&f);
	else if (settings->dry_run)
		status = loop_dry(filter, settings, &log);
	else
		status = loop_filter(filter, window, settings, &log);
	fault_clear(&f);
	if (decision_log_close(&log, &f) == -1)
		status = status_worse(status, prog_fail(&f));
	return status;
}

static int
open_and_run(const struct filter *filter, struct settings *settings)
{
	struct fault f = FAULT_INIT;
	size_t window = 1;

	if (settings_check_command(settings, filter->command, &f) == -1 ||
	    (filter->open != NULL &&
		filter->open(filter->self, settings, &window, &f) == -1))
		return prog_fail(&f);
	if (filter->produce != NULL)
		return produce(filter, settings->dry_run);
	if (settings->in_place && !names_files(settings)) {
		(void)fault_set(&f, STATUS_USAGE,
		    "-i needs files to edit, not standard input; see %s --help",
		    prog_name());
		return prog_fail(&f);
	}
	return loop_logged(filter, window, settings);
}

int
filter_program(const struct filter *filter, const struct usage *usage, int argc,
    char *argv[])
{
	struct settings settings = SETTINGS_INIT;
	struct fault f = FAULT_INIT;
	int status = STATUS_OK;

	prog_start(usage->name);
	switch (settings_read(&settings, usage, argc, argv, &f)) {
	case 0:
		status = open_and_run(filter, &settings);
		break;
	case -1:
		status = prog_fail(&f);
		break;
	default:
		break;
	}
	filter->close(filter->self);
	settings_release(&settings);
	return prog_finish(status);
}
