#include "cmd/twofa-flow/orphans.h"

#include "common/base/clock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
	ROUNDS = 100, /* each may show the children of those before */
	ROUND_MS = 5,
	LIST_SIZE = 4096,
};

void
orphans_adopt(void)
{
#ifdef __linux__
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
}

/* The process numbers of our children, with a blank behind each; "": none. */
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

void
orphans_kill(void)
{
	char list[LIST_SIZE], *at, *end;
	pid_t pid;
	int i;

	for (i = 0; i < ROUNDS; i++) {
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
		clock_sleep_until_ms(clock_monotonic_ms() + ROUND_MS);
	}
}
