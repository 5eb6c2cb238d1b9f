/*
 * twofa-ledger: what was sent and tried, and putting it right.
 */
#include "common/base/prog.h"
#include "common/settings/settings.h"
#include "cmd/twofa-ledger/commands.h"

int
main(int argc, char *argv[])
{
	struct settings settings = SETTINGS_INIT;
	struct fault f = FAULT_INIT;
	int status;

	prog_start("twofa-ledger");
	status = settings_read(&settings, PROGRAM_LEDGER, argc, argv, &f);
	if (status == 0)
		status = tend(&settings, &f);
	else if (status == 1)
		status = STATUS_OK;
	if (status == -1)
		status = prog_fail(&f);
	settings_release(&settings);
	return prog_finish(status);
}
