/*
 * The commands of twofa-ledger.
 *
 * No command prints a number, an identifier or a taskId; what the user named
 * is not repeated.
 */
#ifndef CMD_TWOFA_LEDGER_COMMANDS_H
#define CMD_TWOFA_LEDGER_COMMANDS_H

#include "common/file/file.h"
#include "common/ledger/ledger_admin.h"
#include "common/settings/settings.h"

enum {
	SUBJECT_SIZE = 129, /* a taskId is the longest, with its NUL */
	SHORT_ID_LEN = 8,   /* of an id, as show prints it; resolve takes it */
};

struct admin {
	struct ledger *ledger;
	const struct keyring *keys;
	const struct settings *settings;
	struct out out;
	int64_t now_s;
	char **operands; /* behind the command; as many as it takes */
	char subject[SUBJECT_SIZE];
};

/* Each returns STATUS_OK or STATUS_NO, or -1. Fails as the ledger does, and
 * with STATUS_USAGE for an operand that it cannot take. */
int admin_show(struct admin *a, struct fault *f);
int admin_list(struct admin *a, struct fault *f);
int admin_export(struct admin *a, struct fault *f);
int admin_check(struct admin *a, struct fault *f);
int admin_resolve(struct admin *a, struct fault *f);
int admin_revoke(struct admin *a, struct fault *f);
int admin_unlock(struct admin *a, struct fault *f);
int admin_purge(struct admin *a, struct fault *f);
int admin_clock(struct admin *a, struct fault *f);

#endif
