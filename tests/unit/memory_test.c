#include "common/base/memory.h"

#include "common/base/prog.h"
#include "common/file/file.h"
#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a sanitizer build, too, an allocation may fail. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void
rows_grow(void)
{
	size_t i, size = 0, *rows = NULL;

	for (i = 0; i < 1000; i++) {
		rows = memory_room(rows, i, &size, sizeof *rows);
		CHECK(i < size && rows[i] == 0);
		rows[i] = i + 1;
	}
	for (i = 0; i < 1000; i++)
		CHECK(rows[i] == i + 1);
	free(rows);
}

static void
redirect(int fd, const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (file == -1 || dup2(file, fd) == -1)
		_exit(1);
}

/* What is kept is used once, before a program ends. */
static void
the_reserve_is_used_once(void)
{
	pid_t child;
	int status = 0;

	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		memory_reserve(1000);
		memory_use_reserve();
		memory_reserve(1000);
		memory_use_reserve();
		redirect(STDERR_FILENO, "stderr");
		memory_use_reserve();
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == STATUS_IO);
}

static void
run_again(void *self)
{
	/* What is flushed may need memory itself. */
	out_rescue(self);
	free(memory_new(SIZE_MAX / 2, 1));
}

static void
note_exit(void)
{
	scratch_text("atexit", "ran");
}

/* Everything that a program has open when its memory ends. */
static void
run_out(void (*flush)(void *self))
{
	struct fault f = FAULT_INIT;
	struct out out;

	redirect(STDOUT_FILENO, "stdout");
	redirect(STDERR_FILENO, "stderr");
	(void)atexit(note_exit);
	scratch_text("unfinished", "half a file");
	prog_remove_on_signal("unfinished");
	out_open(&out, STDOUT_FILENO, "out");
	if (buf_append_text(&out.buf, "whole\n", &f) == -1 ||
	    out_written(&out, &f) == -1 ||
	    buf_append_text(&out.buf, "ha", &f) == -1)
		_exit(1);
	memory_before_exhausted(flush, &out);
	free(memory_new(SIZE_MAX / 2, 1));
	_exit(0);
}

static void
check_end(void (*flush)(void *self), const char *written)
{
	pid_t child;
	int status = 0;

	(void)fflush(NULL);
	child = fork();
	if (child == 0)
		run_out(flush);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == STATUS_IO);
	CHECK_TEXT(scratch_read("stdout"), written);
	CHECK(access("unfinished", F_OK) == -1);
	CHECK(access("atexit", F_OK) == -1);
}

/* A sanitizer has its say before. */
static void
check_said_once(void)
{
	static const char wanted[] = "twofa: out of memory\n";

	CHECK_TEXT(strstr(scratch_read("stderr"), wanted), wanted);
}

static void
a_program_without_memory_ends(void)
{
	check_end(out_rescue, "whole\n");
	check_said_once();
	/* With -i nothing is written. */
	check_end(NULL, "");
	check_end(run_again, "whole\n");
	check_said_once();
}

int
main(void)
{
	scratch_begin();
	RUN(rows_grow);
	RUN(the_reserve_is_used_once);
	RUN(a_program_without_memory_ends);
	return check_done();
}
