/*
 * The moves of a call, one line of JSON each:
 *
 *	{"time":"2026-11-24T10:02:49Z","taskId":"…","activity":"AskCustomer",
 *	 "exit":"1"}
 *
 * Of what the caller keys in only the key of a choice is in it.
 */
#ifndef CMD_TWOFA_FLOW_TRACE_H
#define CMD_TWOFA_FLOW_TRACE_H

#include "cmd/twofa-flow/workflow/engine.h"

#include <stdint.h>

struct trace {
	const char *path;  /* borrowed */
	int fd;		   /* -1: nothing is traced */
	struct fault lost; /* why the trace is incomplete */
};

#define TRACE_INIT                                                             \
	{                                                                      \
		NULL, -1, FAULT_INIT                                           \
	}

/*
 * Append to path, which is made private; NULL: trace nothing. Fails as
 * append_open() for a trusted file.
 */
MUST_USE int trace_open(struct trace *t, const char *path, struct fault *f);

/* Append a move, with one write. A full disk does not end a call: trace_close()
 * fails. */
void trace_add(
    struct trace *t, const char *task_id, const struct move *m, int64_t now_s);

/* Fails with STATUS_IO: moves are missing. */
MUST_USE int trace_close(struct trace *t, struct fault *f);

#endif
