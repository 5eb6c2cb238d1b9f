#include "common/task/reason.h"

#include "common/base/cdefs.h"
#include "common/base/status.h"
#include "common/task/names.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *reason;
	int status;
} unanswered[] = {
    {REASON_TEMPORARY, STATUS_TEMPORARY},
    {REASON_COOL_DOWN, STATUS_TEMPORARY},
    {REASON_LIMIT_NUMBER, STATUS_TEMPORARY},
    {REASON_LIMIT_CUSTOMER, STATUS_TEMPORARY},
    {REASON_LIMIT_COUNTRY, STATUS_TEMPORARY},
    {REASON_LIMIT_ALL, STATUS_TEMPORARY},
    {REASON_SERVICE, STATUS_SERVICE},
    {REASON_UNKNOWN_OUTCOME, STATUS_SERVICE},
    {REASON_CONFIGURATION, STATUS_CONFIG},
};

int
reason_status(const char *reason)
{
	size_t i;

	for (i = 0; reason != NULL && i < ARRAY_LEN(unanswered); i++)
		if (strcmp(unanswered[i].reason, reason) == 0)
			return unanswered[i].status;
	return STATUS_OK;
}

const char *
reason_of_status(int status)
{
	switch (status) {
	case STATUS_TEMPORARY:
		return REASON_TEMPORARY;
	case STATUS_USAGE:
	case STATUS_PERMISSION:
	case STATUS_CONFIG:
		return REASON_CONFIGURATION;
	default:
		return REASON_SERVICE;
	}
}
