/*
 * Signals that wait until something is done: what was begun outside is ended,
 * and a terminal is left as it was. Programs that are started meanwhile are not
 * ended either: no ^C reaches their session.
 */
#ifndef COMMON_PROCESS_SIGNAL_BLOCK_H
#define COMMON_PROCESS_SIGNAL_BLOCK_H

#include <signal.h>
#include <stdbool.h>

/* SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP. Those held before are in old. */
void signal_block_start(sigset_t *old);

/* They do what they do now. */
void signal_block_end(const sigset_t *old);

/* Has one of them come that ends a program; or the one that stops it? */
bool signal_block_has_end(void);
bool signal_block_has_stop(void);

#endif
