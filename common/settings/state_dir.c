#include "common/settings/state_dir.h"

#include "common/file/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of several in STATE_DIRECTORY the first. */
static int
find_dir(char out[CONFIG_PATH_MAX], struct fault *f)
{
	const char *service = getenv("STATE_DIRECTORY");
	const char *base = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	int n;

	if (service != NULL && service[0] == '/')
		n = snprintf(out, CONFIG_PATH_MAX, "%.*s",
		    (int)strcspn(service, ":"), service);
	else if (base != NULL && base[0] == '/')
		n = snprintf(out, CONFIG_PATH_MAX, "%s/twofa", base);
	else if (home != NULL && home[0] == '/')
		n = snprintf(
		    out, CONFIG_PATH_MAX, "%s/.local/state/twofa", home);
	else
		return fault_set(
		    f, STATUS_CONFIG, "neither XDG_STATE_HOME nor HOME is set");
	if (n < 0 || n >= CONFIG_PATH_MAX - 32)
		return fault_set(f, STATUS_CONFIG, "path of HOME is too long");
	return 0;
}

/* Make a directory and those above it that are missing. */
static int
make_dirs(const char *dir, struct fault *f)
{
	char path[CONFIG_PATH_MAX];
	char *slash;

	(void)snprintf(path, sizeof path, "%s", dir);
	for (slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (file_make_dir(path, f) == -1)
			return -1;
		*slash = '/';
	}
	return file_make_dir(path, f);
}

int
state_dir(char out[CONFIG_PATH_MAX], bool make, struct fault *f)
{
	if (find_dir(out, f) == -1)
		return -1;
	return make ? make_dirs(out, f) : 0;
}
