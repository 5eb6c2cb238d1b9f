/*
 * Says on standard error what it got from the program that started it, a line
 * for each kind of thing, and then does what its name says: command, secret,
 * trigger, directory or driver (the last two speak twofa-driver(7)).
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
tell_environment(void)
{
	size_t n = 0, i;

	while (environ[n] != NULL)
		n++;
	qsort(environ, n, sizeof *environ, by_name);
	fputs("environment:", stderr);
	for (i = 0; i < n; i++)
		fprintf(
		    stderr, " %.*s", (int)strcspn(environ[i], "="), environ[i]);
	fputs("\n", stderr);
}

static void
tell_descriptors(void)
{
	int fd;

	fputs("descriptors:", stderr);
	for (fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			fprintf(stderr, " %d", fd);
	fputs("\n", stderr);
}

static void
tell_signals(void)
{
	struct sigaction action;
	sigset_t mask;
	int s;

	(void)sigprocmask(SIG_BLOCK, NULL, &mask);
	fputs("blocked:", stderr);
	for (s = 1; s < NSIG; s++)
		if (sigismember(&mask, s) == 1)
			fprintf(stderr, " %d", s);
	fputs("\nignored:", stderr);
	for (s = 1; s < NSIG; s++)
		if (sigaction(s, NULL, &action) == 0 &&
		    action.sa_handler == SIG_IGN)
			fprintf(stderr, " %d", s);
	fputs("\n", stderr);
}

static void
tell_limits(void)
{
	struct rlimit limit;
	int i;

	fputs("limits:", stderr);
	for (i = 0; i < RLIM_NLIMITS; i++)
		if (i != RLIMIT_CORE && getrlimit((unsigned)i, &limit) == 0)
			fprintf(stderr, " %lld/%lld", (long long)limit.rlim_cur,
			    (long long)limit.rlim_max);
	(void)getrlimit(RLIMIT_CORE, &limit);
	fprintf(stderr, "\ncore: %lld/%lld\n", (long long)limit.rlim_cur,
	    (long long)limit.rlim_max);
}

static void
tell_all(void)
{
	char dir[4096];
	mode_t mask = umask(0);

	(void)umask(mask);
	tell_environment();
	tell_descriptors();
	tell_signals();
	tell_limits();
	fprintf(stderr, "umask: %03o\n", (unsigned)mask);
	fprintf(stderr, "directory: %s\n",
	    getcwd(dir, sizeof dir) == NULL ? "?" : dir);
	fprintf(stderr, "session: %s\n",
	    getsid(0) == getpid() && getpgrp() == getpid() ? "own" : "shared");
	fprintf(stderr, "terminal: %s\n",
	    open("/dev/tty", O_RDWR | O_CLOEXEC) == -1 ? "none" : "yes");
}

/* Every request is answered with yes. */
static void
answer(const char *hello, const char *format)
{
	char line[65536], id[64];
	const char *at;

	(void)puts(hello);
	(void)fflush(stdout);
	while (fgets(line, sizeof line, stdin) != NULL) {
		at = strstr(line, "\"id\":\"");
		if (at == NULL || sscanf(at + 6, "%63[^\"]", id) != 1)
			exit(65);
		(void)printf(format, id);
		(void)fflush(stdout);
	}
}

int
main(int argc, char *argv[])
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash == NULL ? argv[0] : slash + 1;
	int c;

	(void)argc;
	tell_all();
	if (strstr(name, "driver") != NULL)
		answer("{\"twofa\":1,\"kind\":\"sms\"}",
		    "{\"id\":\"%s\",\"outcome\":\"accepted\"}\n");
	else if (strstr(name, "directory") != NULL)
		answer("{\"twofa\":1,\"kind\":\"directory\"}",
		    "{\"id\":\"%s\",\"matches\":[{\"SMSNumber\":"
		    "\"+447700900001\"}]}\n");
	else if (strstr(name, "secret") != NULL)
		(void)puts("endpoint=http://127.0.0.1:9/;accesskey=c2VjcmV0");
	else if (strstr(name, "trigger") != NULL)
		while ((c = getchar()) != EOF)
			(void)putchar(c);
	return 0;
}
