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

/* self is a struct admin. Each returns STATUS_OK or STATUS_NO, or -1. Fails as
 * the ledger does, and with STATUS_USAGE for an operand that it cannot take. */
int admin_show(void *self, struct fault *f);
int admin_list(void *self, struct fault *f);
int admin_export(void *self, struct fault *f);
int admin_check(void *self, struct fault *f);
int admin_resolve(void *self, struct fault *f);
int admin_revoke(void *self, struct fault *f);
int admin_unlock(void *self, struct fault *f);
int admin_purge(void *self, struct fault *f);
int admin_clock(void *self, struct fault *f);

#endif
