/*
 * What a trigger says on stderr, for a reader of messages that has no
 * terminal. It is a copy: stderr gets it as well, when the trigger has ended.
 */
#ifndef CMD_TWOFA_FLOW_OVERHEAR_H
#define CMD_TWOFA_FLOW_OVERHEAR_H

enum {
	OVERHEAR_MAX = 1 << 16, /* bytes; what a trigger says beyond is lost */
};

struct overhear {
	int file;  /* -1: there is no other reader */
	int saved; /* stderr, while a child is started */
};

#define OVERHEAR_INIT                                                          \
	{                                                                      \
		.file = -1, .saved = -1                                        \
	}

/*
 * A child that is started between the two has its stderr there; with no other
 * reader of messages, or when that cannot be had, it has ours.
 */
void overhear_begin(struct overhear *o);
void overhear_started(struct overhear *o);

/* Hand on what it said, by prog_pass_on(). Of an idle one nothing. */
void overhear_end(struct overhear *o);

#endif
