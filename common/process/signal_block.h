/*
 * Blocking the signals that would end or stop the program, while what it has
 * begun must be completed or a terminal restored. Child processes do not get
 * them either: they are in sessions of their own.
 */
#ifndef COMMON_PROCESS_SIGNAL_BLOCK_H
#define COMMON_PROCESS_SIGNAL_BLOCK_H

#include <signal.h>

/* Block SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGTSTP; *old is for the end. */
void signal_block_start(sigset_t *old);
void signal_block_end(const sigset_t *old);

enum signal_pending {
	SIGNAL_NONE,
	SIGNAL_STOPS, /* the program */
	SIGNAL_ENDS,  /* it */
};

/* What the blocked signals that have arrived will do. */
enum signal_pending signal_block_pending(void);

#endif
