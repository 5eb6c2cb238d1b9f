#include "common/process/driver_find.h"

#include "common/base/buf.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The schemes for which path has a driver of this kind, for the message. */
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
driver_find(char path[DIR_PATH_MAX], const char *kind, const char *scheme,
    struct fault *f)
{
	char beside[DIR_PATH_MAX];
	const char *const dirs[] = {beside, TWOFA_LIBEXEC};
	struct buf known = BUF_INIT(200);
	size_t i = 1;
	int n;

	/* Beside the directory of the running program. */
	if (dir_own(beside, sizeof beside - 64, 1)) {
		(void)snprintf(
		    beside + strlen(beside), 64, "%s", "/libexec/twofa");
		i = 0;
	}
	for (; i < ARRAY_LEN(dirs); i++) {
		n = snprintf(
		    path, DIR_PATH_MAX, "%s/%s-%s", dirs[i], kind, scheme);
		if (n > 0 && n < DIR_PATH_MAX && access(path, X_OK) == 0) {
			buf_release(&known);
			return 0;
		}
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
