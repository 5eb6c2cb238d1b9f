/*
 * Secrets by reference. A secret never stands in an address, an argument or a
 * setting, only where to find it:
 *
 *	file:PATH	  the file, which others may not read
 *	credential:NAME	  $CREDENTIALS_DIRECTORY/NAME (systemd)
 *	command:PROGRAM	  first line of what PROGRAM (a path; blank-separated
 *			  arguments, no shell) prints, for password managers
 *	env:NAME	  the environment variable
 */
#ifndef COMMON_SETTINGS_SECRET_H
#define COMMON_SETTINGS_SECRET_H

#include "common/base/buf.h"
#include "common/base/fault.h"

enum {
	SECRET_MAX = 8192, /* bytes of a secret */
};

/*
 * Append the secret to out, without the line end behind it. out should be
 * BUF_INIT(SECRET_MAX); the caller releases it, which wipes it.
 *
 * Fails with STATUS_CONFIG (no such reference, empty, variable not set,
 * command failed), STATUS_PERMISSION and STATUS_IO (see file.h). The message
 * names the reference, never the secret.
 */
MUST_USE int secret_load(
    const char *reference, struct buf *out, struct fault *f);

#endif
