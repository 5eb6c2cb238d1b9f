/*
 * Signals that wait until something is done: what was begun outside is ended,
 * and a terminal is left as it was. Programs that are started meanwhile are not
 * ended either: no ^C reaches their session.
 */
#ifndef COMMON_IO_HOLD_H
#define COMMON_IO_HOLD_H

#include <signal.h>
#include <stdbool.h>

/* SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP. Those held before are in old. */
void hold_signals(sigset_t *old);

/* They do what they do now. */
void hold_end(const sigset_t *old);

/* Has one of them come that ends a program; or the one that stops it? */
bool hold_has_end(void);
bool hold_has_stop(void);

#endif
