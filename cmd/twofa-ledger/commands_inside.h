/*
 * What the commands share.
 */
#ifndef CMD_TWOFA_LEDGER_COMMANDS_INSIDE_H
#define CMD_TWOFA_LEDGER_COMMANDS_INSIDE_H

#include "common/file/file.h"
#include "common/ledger/ledger_admin.h"
#include "cmd/twofa-ledger/commands.h"

enum {
	SUBJECT_SIZE = 129, /* a taskId is the longest, with its NUL */
	TEND_SHORT_ID =
	    8, /* of an id, as show prints it and resolve takes it */
};

struct tend {
	struct ledger *ledger;
	const struct keyring *keys;
	struct out out;
	int64_t now_s;
	const char *arguments[2]; /* behind the command; NULL: not given */
	const char *reason;	  /* -m, or NULL */
	int64_t keep_s;
	struct wrong_limits wrong;
	bool reset; /* --reset */
	char subject[SUBJECT_SIZE];
};

/* Each returns a status, or -1. */
int tend_show(struct tend *t, struct fault *f);
int tend_list(struct tend *t, struct fault *f);
int tend_export(struct tend *t, struct fault *f);
int tend_check(struct tend *t, struct fault *f);
int tend_resolve(struct tend *t, struct fault *f);
int tend_revoke(struct tend *t, struct fault *f);
int tend_unlock(struct tend *t, struct fault *f);
int tend_purge(struct tend *t, struct fault *f);
int tend_clock(struct tend *t, struct fault *f);

MUST_USE int tend_put_time(struct buf *out, int64_t at_s, struct fault *f);

#endif
