#include "cmd/twofa-flow/trigger_child.h"

#include "common/base/clock.h"
#include "common/base/prog.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
	END_MS = 5000, /* between the end of its output and its own */
	KILL_ROUNDS = 100,
	KILL_ROUND_MS = 5,
	LIST_SIZE = 4096,
};

/* In memory, and of a fixed size: a write beyond it fails. */
static int
open_copy(void)
{
#ifdef MFD_ALLOW_SEALING
	int file = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (file == -1)
		return -1;
	if (ftruncate(file, TRIGGER_STDERR_MAX) == 0 &&
	    fcntl(file, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
		return file;
	(void)close(file);
#endif
	return -1;
}

static void
print_copy(int copy)
{
	char text[TRIGGER_STDERR_MAX + 1], *line = text, *end;
	/* The offset is shared with the child. */
	off_t len = lseek(copy, 0, SEEK_CUR);
	ssize_t n = 0;

	if (len > 0)
		n = pread(copy, text, (size_t)len, 0);
	text[n > 0 ? n : 0] = '\0';
	for (; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end != '\0')
			*end++ = '\0';
		prog_pass_on(line);
	}
}

/* Children of a child that dies become ours, not those of init(8). */
static void
adopt_orphans(void)
{
#ifdef __linux__
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
}

/* The process numbers of our children, a blank after each; "": none. */
static void
list_children(char list[LIST_SIZE])
{
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd != -1) {
		n = read(fd, list, LIST_SIZE - 1);
		(void)close(fd);
	}
	list[n > 0 ? n : 0] = '\0';
}

/* Each round may bring the children of those that were killed before. */
static void
kill_orphans(void)
{
	char list[LIST_SIZE], *at, *end;
	pid_t pid;
	int i;

	for (i = 0; i < KILL_ROUNDS; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		list_children(list);
		if (list[0] == '\0')
			return;
		for (at = list;; at = end) {
			pid = (pid_t)strtol(at, &end, 10);
			/* The last number may be cut. */
			if (end == at || *end != ' ')
				break;
			(void)kill(pid, SIGKILL);
		}
		clock_sleep_until_ms(clock_monotonic_ms() + KILL_ROUND_MS);
	}
}

int
trigger_child_run(enum child_kind kind, char *const argv[],
    const struct buf *input, struct buf *output, int64_t deadline_ms,
    struct fault *f)
{
	struct child child = CHILD_INIT;
	int copy = prog_tells_another() ? open_copy() : -1;
	int status, r = -1;

	adopt_orphans();
	if (copy != -1)
		child.err = copy;
	if (child_start(&child, kind, argv, f) == -1)
		goto out;
	r = child_talk(
	    &child, buf_text(input), input->len, output, deadline_ms, f);
	status = child_wait(&child, r == 1 ? clock_monotonic_ms() + END_MS : 0);
	if (copy != -1)
		print_copy(copy);
	if (r != 1 || status >= CHILD_SIGNALLED)
		kill_orphans();
	if (r == -1)
		(void)fault_prefix(f, "%s", argv[0]);
	else if (r == 0)
		prog_message(
		    PROG_ERROR, "%s: no answer in time: killed", argv[0]);
	else if (status >= CHILD_SIGNALLED)
		prog_message(
		    PROG_ERROR, "%s: it ended with status %d", argv[0], status);
	if (r != -1)
		r = r == 0 ? TRIGGER_LATE : status;
out:
	if (copy != -1)
		(void)close(copy);
	return r;
}
