#include "common/filter/filter.h"

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
names_files(const struct options *o)
{
	int i;

	for (i = 0; i < o->operand_count; i++)
		if (strcmp(o->operands[i], "-") == 0)
			return false;
	return o->operand_count > 0;
}

/* What is written into the file that is read would be read again, for ever. */
static int
check_apart(
    const struct run *run, int in, const char *name, int to, struct fault *f)
{
	if (file_is_same(in, run->rejects.fd))
		return fault_set(f, STATUS_CONFIG,
		    "rejects: %s: is read, too: name another file",
		    run->rejects.path);
	if (file_is_same(in, run->log->fd))
		return fault_set(f, STATUS_CONFIG,
		    "log: %s: is read, too: name another file", run->log->path);
	if (file_is_same(in, to))
		return fault_set(f, STATUS_CONFIG,
		    "%s: is standard output, too: -i writes a file back", name);
	return 0;
}

/* In place: all of the file or nothing. */
static int
edit_file(struct run *run, const char *path, struct fault *f)
{
	struct edit edit = EDIT_INIT;
	int r = -1;

	if (edit_begin(&edit, path, f) == -1)
		return -1;
	run->changed = false;
	if (check_apart(run, edit.old_fd, path, edit.new_fd, f) == -1)
		goto out;
	switch (run_check(run, edit.old_fd, path, f)) {
	case 0:
		break;
	case 1:
		prog_message(PROG_ERROR,
		    "%s: left as it was: it holds a malformed task", path);
		r = 0;
		goto out;
	default:
		goto out;
	}
	if (lseek(edit.old_fd, 0, SEEK_SET) == -1) {
		(void)fault_errno(f, STATUS_IO, "%s", path);
		goto out;
	}
	if (run_stream(run, edit.old_fd, path, edit.new_fd, path, f) == -1)
		goto out;
	r = run->changed ? edit_commit(&edit, f) : 0;
out:
	edit_abort(&edit);
	return r;
}

static int
filter(struct run *run, int in, const char *name, struct fault *f)
{
	if (check_apart(run, in, name, STDOUT_FILENO, f) == -1)
		return -1;
	return run_stream(run, in, name, STDOUT_FILENO, "standard output", f);
}

static int
read_file(struct run *run, const char *path, struct fault *f)
{
	int fd, r;

	if (strcmp(path, "-") == 0)
		return filter(run, STDIN_FILENO, "standard input", f);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1) {
		/* The other files can be read. */
		(void)fault_errno(f, STATUS_IO, "%s", path);
		run->status = status_worse(run->status, prog_fail(f));
		fault_clear(f);
		return 0;
	}
	r = filter(run, fd, path, f);
	(void)close(fd);
	return r;
}

static void
edit_files(struct run *run, const struct options *o)
{
	struct fault f;
	int i;

	/* Without a log nothing more is decided. */
	for (i = 0; i < o->operand_count && !run->log->broken; i++) {
		fault_clear(&f);
		if (edit_file(run, o->operands[i], &f) == -1)
			run->status = status_worse(run->status, prog_fail(&f));
	}
}

static int
read_files(struct run *run, const struct options *o, struct fault *f)
{
	int i;

	if (o->operand_count == 0) {
		if (isatty(STDIN_FILENO) == 1)
			prog_message(PROG_WARNING,
			    "reading tasks from the terminal; see %s --help",
			    prog_name());
		return read_file(run, "-", f);
	}
	for (i = 0; i < o->operand_count; i++)
		if (read_file(run, o->operands[i], f) == -1)
			return -1;
	return 0;
}

static void
tell_counts(const struct run *run)
{
	const struct run_counts *c = &run->counts;

	prog_message(PROG_INFO,
	    "%lu task%s: %lu yes, %lu no, %lu not for this program, "
	    "%lu unanswered, %lu malformed",
	    run_total(run), number_plural(run_total(run)), c->yes, c->no,
	    c->alone, c->unanswered, c->malformed);
}

static int
leave_alone(void *self, struct job *job, struct fault *f)
{
	(void)self;
	(void)job;
	(void)f;
	return 0;
}

static int
run_stage(const struct stage *stage, size_t window, const struct options *o,
    struct decision_log *log)
{
	struct fault f = FAULT_INIT;
	struct run run;

	if (run_open(&run, stage, window, log, &f) == -1)
		return prog_fail(&f);
	if (rejects_open(&run.rejects, option_text(o, OPTION_REJECTS), &f) ==
	    -1) {
		run_release(&run);
		return prog_fail(&f);
	}
	if (option_given(o, OPTION_IN_PLACE))
		edit_files(&run, o);
	else if (read_files(&run, o, &f) == -1)
		run.status = status_worse(run.status, prog_fail(&f));
	fault_clear(&f);
	if (rejects_close(&run.rejects, &f) == -1)
		run.status = status_worse(run.status, prog_fail(&f));
	if (!run.answered && stage->no_answer == ANSWER_NO)
		run.status = status_worse(run.status, STATUS_NO);
	if (stage->end != NULL)
		run.status = status_worse(run.status, stage->end(stage->self));
	prog_progress_end();
	tell_counts(&run);
	run_release(&run);
	return run.status;
}

/* With dry, what is made goes nowhere. */
static int
produce(const struct stage *stage, bool dry)
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
	if (stage->produce(stage->self, &out, &f) == -1)
		status = prog_fail(&f);
	/* What was made before a row that cannot be is good. */
	fault_clear(&f);
	if (out_flush(&out, &f) == -1)
		status = status_worse(status, prog_fail(&f));
	out_release(&out);
	if (dry)
		(void)close(fd);
	return status;
}

/* Nothing is verified by a dry run: no_answer stays. */
static int
run_dry(const struct stage *stage, const struct options *o,
    struct decision_log *log)
{
	const struct stage dry = {
	    .begin = leave_alone, .no_answer = stage->no_answer};

	settings_tell(o);
	if (o->operand_count == 0 && isatty(STDIN_FILENO) == 1)
		return STATUS_OK;
	return run_stage(&dry, 1, o, log);
}

static int
run_logged(const struct stage *stage, size_t window, const struct options *o)
{
	struct decision_log log = DECISION_LOG_INIT;
	struct fault f = FAULT_INIT;
	int status;

	if (decision_log_open(&log, o, &f) == -1)
		status = prog_fail(&f);
	else if (option_given(o, OPTION_DRY_RUN))
		status = run_dry(stage, o, &log);
	else
		status = run_stage(stage, window, o, &log);
	fault_clear(&f);
	if (decision_log_close(&log, &f) == -1)
		status = status_worse(status, prog_fail(&f));
	return status;
}

static int
open_and_run(const struct stage *stage, struct options *o)
{
	struct fault f = FAULT_INIT;
	size_t window = 1;

	if (stage->open(stage->self, o, &window, &f) == -1)
		return prog_fail(&f);
	if (stage->produce != NULL)
		return produce(stage, option_given(o, OPTION_DRY_RUN));
	if (option_given(o, OPTION_IN_PLACE) && !names_files(o)) {
		(void)fault_set(&f, STATUS_USAGE,
		    "-i needs files to edit, not standard input; see %s --help",
		    prog_name());
		return prog_fail(&f);
	}
	return run_logged(stage, window, o);
}

int
stage_program(const struct stage *stage, enum program program, const char *name,
    int argc, char *argv[])
{
	struct options options = OPTIONS_INIT;
	struct fault f = FAULT_INIT;
	int status = STATUS_OK;

	prog_start(name);
	switch (settings_read(&options, program, argc, argv, &f)) {
	case 0:
		status = open_and_run(stage, &options);
		break;
	case -1:
		status = prog_fail(&f);
		break;
	default:
		break;
	}
	stage->close(stage->self);
	options_release(&options);
	return prog_finish(status);
}
