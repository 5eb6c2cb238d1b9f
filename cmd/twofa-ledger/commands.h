/*
 * The commands of twofa-ledger.
 *
 * No command prints a number, an identifier or a taskId; what the user named
 * is not repeated.
 */
#ifndef CMD_TWOFA_LEDGER_COMMANDS_H
#define CMD_TWOFA_LEDGER_COMMANDS_H

#include "common/settings/settings.h"

/*
 * Run the command that the operands name, on the ledger that the settings
 * name. Returns STATUS_OK or STATUS_NO, or -1. Fails with STATUS_USAGE: no such
 * command, wrong arguments; and as the ledger does.
 */
MUST_USE int tend(struct settings *settings, struct fault *f);

#endif
