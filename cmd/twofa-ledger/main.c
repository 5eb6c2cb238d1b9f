/*
 * twofa-ledger: what was sent and tried, and putting it right.
 */
#include "common/base/prog.h"
#include "common/settings/settings.h"
#include "cmd/twofa-ledger/commands.h"

static const struct usage usage = {.program = PROGRAM_LEDGER,
    .name = "twofa-ledger",
    .text = "usage: twofa-ledger show TASK|CUSTOMER|+NUMBER\n"
	    "       twofa-ledger list | export | check | purge\n"
	    "       twofa-ledger resolve ID sent|failed\n"
	    "       twofa-ledger unlock|revoke CUSTOMER|+NUMBER -m REASON\n"
	    "       twofa-ledger clock --reset\n",
    .purpose = "Look into the ledger of what was sent and tried, and tend "
	       "it.",
    .options = "key ledger reason reset ref config",
    .keys = "limit_wrong limit_wrong_all keep"};

int
main(int argc, char *argv[])
{
	struct settings settings = SETTINGS_INIT;
	struct fault f = FAULT_INIT;
	int status;

	prog_start(usage.name);
	status = settings_read(&settings, &usage, argc, argv, &f);
	if (status == 0)
		status = tend(&settings, &f);
	else if (status == 1)
		status = STATUS_OK;
	if (status == -1)
		status = prog_fail(&f);
	settings_release(&settings);
	return prog_finish(status);
}
