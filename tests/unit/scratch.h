/*
 * A directory of the test's own, with files in it, that is gone at its end.
 */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_dir[64] = "/tmp/twofa-unit.XXXXXX";

static inline int
scratch_remove_one(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void
scratch_end(void)
{
	if (chdir("/") == 0)
		(void)nftw(
		    scratch_dir, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Make it and go there. */
static inline void
scratch_begin(void)
{
	if (mkdtemp(scratch_dir) == NULL || chdir(scratch_dir) == -1) {
		perror(scratch_dir);
		exit(1);
	}
	(void)atexit(scratch_end);
}

static inline void
scratch_write(const char *path, const void *data, size_t len, mode_t mode)
{
	FILE *f;

	(void)unlink(path);
	f = fopen(path, "w");
	if (f == NULL || fwrite(data, 1, len, f) != len || fclose(f) == EOF ||
	    chmod(path, mode) == -1) {
		perror(path);
		exit(1);
	}
}

static inline void
scratch_text(const char *path, const char *text)
{
	scratch_write(path, text, strlen(text), 0600);
}

/* The content of a file; valid until the next call. */
static inline const char *
scratch_read(const char *path)
{
	static char text[65536];
	FILE *f = fopen(path, "r");
	size_t n = 0;

	if (f != NULL) {
		n = fread(text, 1, sizeof text - 1, f);
		(void)fclose(f);
	}
	text[n] = '\0';
	return f == NULL ? NULL : text;
}

#endif
