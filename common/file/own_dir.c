#include "common/file/own_dir.h"

#include <string.h>
#include <sys/types.h>
#include <unistd.h>

bool
own_dir(char *out, size_t size, int up)
{
	char *slash;
	ssize_t n = readlink("/proc/self/exe", out, size - 1);

	if (n <= 0 || (size_t)n == size - 1)
		return false;
	out[n] = '\0';
	for (; up >= 0; up--) {
		slash = strrchr(out, '/');
		if (slash == NULL)
			return false;
		*slash = '\0';
	}
	return true;
}
