#include "common/base/status.h"

#include <stddef.h>

static const int worst_first[] = {STATUS_BUG, STATUS_IO, STATUS_CONFIG,
    STATUS_PERMISSION, STATUS_TEMPORARY, STATUS_SERVICE, STATUS_DATA,
    STATUS_USAGE, STATUS_NO, STATUS_OK};

static size_t
rank(int status)
{
	size_t i;

	for (i = 0; i < sizeof worst_first / sizeof worst_first[0]; i++)
		if (worst_first[i] == status)
			return i;
	return 0;
}

int
status_worse(int a, int b)
{
	return worst_first[rank(a) < rank(b) ? rank(a) : rank(b)];
}
