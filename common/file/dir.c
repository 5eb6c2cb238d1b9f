#include "common/file/dir.h"

#include "common/base/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *
dir_of(const char *path)
{
	char *dir = memory_copy(strchr(path, '/') == NULL ? "./" : path);
	char *slash = strrchr(dir, '/');

	slash[slash == dir ? 1 : 0] = '\0';
	return dir;
}

static int
open_dir(const char *path, int status, struct fault *f)
{
	char *dir = dir_of(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		(void)fault_errno(f, status, "%s", dir);
	free(dir);
	return fd;
}

int
dir_check(const char *path, struct fault *f)
{
	struct stat st;
	int r, fd = open_dir(path, STATUS_CONFIG, f);

	if (fd == -1)
		return -1;
	r = fstat(fd, &st) == -1 ? fault_errno(f, STATUS_IO, "%s", path) : 0;
	(void)close(fd);
	if (r == 0 && st.st_uid != 0 && st.st_uid != geteuid())
		r = fault_set(f, STATUS_PERMISSION,
		    "%s: its directory belongs to another user: run this as "
		    "that user",
		    path);
	if (r == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		r = fault_set(f, STATUS_PERMISSION,
		    "%s: its directory is writable by others: chmod go-w that",
		    path);
	return r;
}

int
dir_sync(const char *path, struct fault *f)
{
	int r, fd = open_dir(path, STATUS_IO, f);

	if (fd == -1)
		return -1;
	r = fsync(fd) == -1 ? fault_errno(f, STATUS_IO, "%s", path) : 0;
	(void)close(fd);
	return r;
}

int
dir_make_above(const char *path, struct fault *f)
{
	char *dir = memory_copy(path), *slash = dir;
	int r = 0;

	while (r == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (mkdir(dir, 0700) == 0)
			r = dir_sync(dir, f);
		*slash = '/';
	}
	free(dir);
	return r;
}

bool
dir_own(char *out, size_t size, int levels)
{
	char *slash;
	ssize_t n = readlink("/proc/self/exe", out, size - 1);

	if (n <= 0 || (size_t)n == size - 1)
		return false;
	out[n] = '\0';
	for (; levels >= 0; levels--) {
		slash = strrchr(out, '/');
		if (slash == NULL)
			return false;
		*slash = '\0';
	}
	return true;
}

/* What an absolute path in a variable stands for. */
struct place {
	const char *variable;
	const char *below;
	const char *end; /* characters that end the path */
};

static int
find_place(char out[DIR_PATH_MAX], const struct place *place, struct fault *f)
{
	const char *value;
	int n;

	for (; place->variable != NULL; place++) {
		value = getenv(place->variable);
		if (value == NULL || value[0] != '/')
			continue;
		n = snprintf(out, DIR_PATH_MAX, "%.*s%s",
		    (int)strcspn(value, place->end), value, place->below);
		return n < 0 || n >= DIR_PATH_MAX - 32
		    ? fault_set(f, STATUS_CONFIG, "path of HOME is too long")
		    : 0;
	}
	return fault_set(
	    f, STATUS_CONFIG, "neither %s nor HOME is set", place[-2].variable);
}

int
dir_state(char out[DIR_PATH_MAX], struct fault *f)
{
	static const struct place places[] = {
	    /* Of several the first. */
	    {.variable = "STATE_DIRECTORY", .below = "", .end = ":"},
	    {.variable = "XDG_STATE_HOME", .below = "/twofa", .end = ""},
	    {.variable = "HOME", .below = "/.local/state/twofa", .end = ""},
	    {.variable = NULL},
	};

	return find_place(out, places, f);
}

int
dir_config(char out[DIR_PATH_MAX], struct fault *f)
{
	static const struct place places[] = {
	    {.variable = "XDG_CONFIG_HOME", .below = "/twofa", .end = ""},
	    {.variable = "HOME", .below = "/.config/twofa", .end = ""},
	    {.variable = NULL},
	};

	return find_place(out, places, f);
}
