/*
 * Where the suite's drivers are.
 */
#include "common/process/driver_inside.h"

#include "common/file/dir.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ../libexec/twofa as seen from the directory of the running program. */
static bool
libexec_beside(char out[DRIVER_PATH_SIZE])
{
	if (!dir_own(out, DRIVER_PATH_SIZE - 64, 1))
		return false;
	(void)strncat(out, "/libexec/twofa", 16);
	return true;
}

/* The schemes for which path has a driver of this kind, for the message.
 */
static void
list_drivers(const char *path, const char *kind, struct buf *out)
{
	struct fault ignored = FAULT_INIT;
	struct dirent *entry;
	size_t len = strlen(kind);
	DIR *dir = opendir(path);

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, kind, len) == 0 &&
		    entry->d_name[len] == '-' &&
		    buf_printf(
			out, &ignored, " %s:", entry->d_name + len + 1) == -1)
			break;
	(void)closedir(dir);
}

int
driver_find(char path[DRIVER_PATH_SIZE], const char *kind, const char *scheme,
    struct fault *f)
{
	const char *dirs[2] = {NULL, TWOFA_LIBEXEC};
	char beside[DRIVER_PATH_SIZE];
	struct buf known = BUF_INIT(200);
	size_t i;
	int n;

	if (libexec_beside(beside))
		dirs[0] = beside;
	for (i = 0; i < ARRAY_LEN(dirs); i++) {
		if (dirs[i] == NULL)
			continue;
		n = snprintf(
		    path, DRIVER_PATH_SIZE, "%s/%s-%s", dirs[i], kind, scheme);
		if (n > 0 && n < DRIVER_PATH_SIZE && access(path, X_OK) == 0)
			return 0;
		list_drivers(dirs[i], kind, &known);
	}
	(void)fault_set(f, STATUS_CONFIG,
	    "%s: no driver %s-%s is installed; built in:%s; drivers:%s", scheme,
	    kind, scheme,
	    strcmp(kind, "sms") == 0 ? " file: command: exec:"
				     : " csv: sqlite: exec:",
	    known.len == 0 ? " none" : buf_text(&known));
	buf_release(&known);
	return -1;
}
