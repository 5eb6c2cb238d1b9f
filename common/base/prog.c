#include "common/base/prog.h"

#include "common/base/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
	NAME_MAX_LEN = 40,   /* of a program, with ": " */
	PROG_MAX_GROUPS = 4, /* a sender, a directory, and room */
};

/* State of the process, and the only such in the suite. */
static struct {
	const char *name;
	enum prog_level level;
	bool shows_progress; /* a progress line stands on the terminal */
	const char *volatile remove; /* when a signal ends the program */
	void (*tell)(const char *line);
	volatile pid_t groups[PROG_MAX_GROUPS]; /* then it ends them; 0: none */
} self = {.name = "twofa", .level = PROG_WARNING};

/*
 * A closed standard descriptor must not become the next file that is opened,
 * and must fail when used: stdin is replaced by something that cannot be
 * read, stdout by something that cannot be written.
 */
static void
open_standard_descriptors(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			(void)open("/dev/null", modes[fd]);
}

static void
forbid_dumps(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	/* The leak checker of a sanitizer build must trace its own process. */
#if defined(__linux__) && !defined(TWOFA_SANITIZED)
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void
prog_start(const char *name)
{
	self.name = name;
	open_standard_descriptors();
	(void)umask(077);
	forbid_dumps();
	/* The parent may ignore it; children of this program are waited for. */
	(void)signal(SIGCHLD, SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

const char *
prog_name(void)
{
	return self.name;
}

void
prog_set_level(enum prog_level level)
{
	self.level = level;
}

enum prog_level
prog_level(void)
{
	return self.level;
}

void
prog_progress_end(void)
{
	if (self.shows_progress)
		(void)fputs("\r\033[K", stderr);
	self.shows_progress = false;
}

void
prog_message(enum prog_level level, const char *format, ...)
{
	char message[FAULT_SIZE * 2], line[sizeof message + NAME_MAX_LEN];
	va_list ap;

	if (level > self.level)
		return;
	va_start(ap, format);
	(void)vsnprintf(message, sizeof message, format, ap);
	va_end(ap);
	(void)snprintf(line, sizeof line, "%s: %s", self.name, message);
	plain_make(line);
	prog_progress_end();
	(void)fprintf(stderr, "%s\n", line);
	if (self.tell != NULL && level <= PROG_WARNING)
		self.tell(line);
}

void
prog_also_tell(void (*tell)(const char *line))
{
	self.tell = tell;
}

bool
prog_tells_another(void)
{
	return self.tell != NULL;
}

void
prog_pass_on(char *line)
{
	plain_make(line);
	(void)fprintf(stderr, "%s\n", line);
	if (self.tell != NULL)
		self.tell(line);
}

void
prog_progress(const char *format, ...)
{
	va_list ap;

	if (self.level < PROG_WARNING || isatty(STDERR_FILENO) != 1)
		return;
	prog_progress_end();
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	self.shows_progress = true;
}

void
prog_remove_unfinished(void)
{
	if (self.remove != NULL)
		(void)unlink(self.remove);
}

static void
end_by_signal(int signal_number)
{
	size_t i;

	prog_remove_unfinished();
	for (i = 0; i < PROG_MAX_GROUPS; i++)
		if (self.groups[i] != 0)
			(void)kill(-self.groups[i], signal_number);
	(void)raise(signal_number); /* SA_RESETHAND: the default action */
}

/* Signals that are ignored or have a handler keep that. */
static void
catch_ends(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction old, action = {.sa_handler = end_by_signal};
	size_t i;

	action.sa_flags = (int)SA_RESETHAND;
	for (i = 0; i < ARRAY_LEN(numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			(void)sigaction(numbers[i], &action, NULL);
}

void
prog_remove_on_signal(const char *path)
{
	self.remove = path;
	catch_ends();
}

/* Put one process group in the place of another. */
static void
replace_group(pid_t old, pid_t new)
{
	size_t i;

	for (i = 0; i < PROG_MAX_GROUPS; i++)
		if (self.groups[i] == old) {
			self.groups[i] = new;
			return;
		}
}

void
prog_pass_signals_to(pid_t group)
{
	replace_group(0, group);
	catch_ends();
}

void
prog_pass_no_signals_to(pid_t group)
{
	replace_group(group, 0);
}

int
prog_fail(const struct fault *f)
{
	prog_message(PROG_ERROR, "%s", f->message);
	return f->status == STATUS_OK ? STATUS_BUG : f->status;
}

int
prog_finish(int status)
{
	prog_progress_end();
	self.tell = NULL;
	/* close(2) reports what a network file system could not store. */
	if (fflush(stdout) == EOF || close(STDOUT_FILENO) == -1) {
		prog_message(
		    PROG_ERROR, "standard output: %s", strerror(errno));
		return status_worse(status, STATUS_IO);
	}
	return status;
}
