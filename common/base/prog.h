/*
 * A program's start, its messages and its end. Nothing else in the suite
 * prints to stderr or exits.
 */
#ifndef COMMON_BASE_PROG_H
#define COMMON_BASE_PROG_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <stdbool.h>

#include <sys/types.h>

enum prog_level {
	PROG_ERROR = 0,	  /* always, also with -q */
	PROG_WARNING = 1, /* unless -q */
	PROG_INFO = 2,	  /* with -v */
	PROG_DEBUG = 3,	  /* with -vv */
};

/*
 * First call of every main(): descriptors 0 to 2 that are closed are taken by
 * /dev/null so that using stdin or stdout fails (a file opened later must not
 * become stdout), new files are private (umask 077), no core files, no tracing
 * by others, SIGPIPE and SIGXFSZ become errors of write(2), SIGCHLD is not
 * ignored. name must outlive the program.
 */
void prog_start(const char *name);

/* The name given to prog_start(). */
const char *prog_name(void);

/* Which messages are printed: those with a level up to this (PROG_WARNING). */
void prog_set_level(enum prog_level level);
enum prog_level prog_level(void);

/* One line on stderr, plain_make(): "NAME: MESSAGE". */
void prog_message(enum prog_level level, const char *format, ...)
    PRINTF_LIKE(2, 3);

/*
 * From now on such a line, but for those of -v, also goes to tell, which
 * prints no message itself; NULL: no more.
 */
void prog_also_tell(void (*tell)(const char *line));
bool prog_tells_another(void);

/* Print a line that another program has printed, plain_make(), and tell it. */
void prog_pass_on(char *line);

/*
 * A progress line on stderr that the next message replaces; does nothing
 * unless stderr is a terminal.
 */
void prog_progress(const char *format, ...) PRINTF_LIKE(1, 2);

/* Remove the progress line, if there is one. */
void prog_progress_end(void);

/*
 * The file to remove when SIGINT, SIGTERM, SIGHUP or SIGQUIT ends the program;
 * NULL: none. path must live until the next call. A signal with a handler of
 * the program's own keeps it.
 */
void prog_remove_on_signal(const char *path);

/* Remove that file now: the program ends without its clean-up. */
void prog_remove_unfinished(void);

/*
 * Such a signal goes to that process group, too, before it ends the program: a
 * session of its own gets none from the terminal. PROG_MAX_GROUPS at a time.
 */
void prog_pass_signals_to(pid_t group);
void prog_pass_no_signals_to(pid_t group);

/* Print the fault and return its status: return prog_fail(&f); */
int prog_fail(const struct fault *f);

/*
 * Last call of every main(): status, or STATUS_IO when stdout could not be
 * closed without loss.
 */
int prog_finish(int status);

#endif
