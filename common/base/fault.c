#include "common/base/fault.h"

#include "common/base/plain.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int
fault_set(struct fault *f, int status, const char *format, ...)
{
	va_list ap;

	if (f->status != STATUS_OK)
		return -1;
	f->status = status;
	va_start(ap, format);
	(void)vsnprintf(f->message, sizeof f->message, format, ap);
	va_end(ap);
	/* It quotes file names and input. */
	plain_make(f->message);
	return -1;
}

/* Did the system fail, rather than a setting be wrong? */
static bool
is_trouble(int e)
{
	return e == EIO || e == EINTR || e == ENOMEM || e == EMFILE ||
	    e == ENFILE || e == ENOSPC || e == EDQUOT;
}

int
fault_errno(struct fault *f, int status, const char *format, ...)
{
	char what[FAULT_SIZE];
	va_list ap;
	int saved = errno;

	if (status == STATUS_CONFIG && is_trouble(saved))
		status = STATUS_IO;
	va_start(ap, format);
	(void)vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	return fault_set(f, status, "%s: %s", what, strerror(saved));
}

int
fault_prefix(struct fault *f, const char *format, ...)
{
	struct fault whole = FAULT_INIT;
	char prefix[FAULT_SIZE];
	va_list ap;

	if (f->status == STATUS_OK)
		return -1;
	va_start(ap, format);
	(void)vsnprintf(prefix, sizeof prefix, format, ap);
	va_end(ap);
	(void)fault_set(&whole, f->status, "%s: %s", prefix, f->message);
	*f = whole;
	return -1;
}

void
fault_clear(struct fault *f)
{
	f->status = STATUS_OK;
	f->message[0] = '\0';
}
