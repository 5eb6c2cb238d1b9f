/*
 * Preloaded: the time stands still, so that no PIN expires while its power
 * cuts are looked at; and an outbox that is laid out anew in another directory
 * is the same file still, as it is after a power cut.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

time_t
time(time_t *out)
{
	const char *text = getenv("STILL_CLOCK");
	time_t now = text == NULL ? 0 : (time_t)strtoll(text, NULL, 10);

	if (out != NULL)
		*out = now;
	return now;
}

/* Places are told apart by their names as they were given. */
char *
realpath(const char *path, char *out)
{
	return out == NULL ? strdup(path) : strcpy(out, path);
}

static void
hide(const char *path, struct stat *st)
{
	size_t len = strlen(path);

	if (len >= 6 && strcmp(path + len - 6, "outbox") == 0) {
		st->st_dev = 1;
		st->st_ino = 1;
	}
}

int
stat(const char *path, struct stat *st)
{
	int (*real)(const char *, struct stat *);
	int r;

	*(void **)&real = dlsym(RTLD_NEXT, "stat");
	r = real(path, st);
	if (r == 0)
		hide(path, st);
	return r;
}

int
fstat(int fd, struct stat *st)
{
	int (*real)(int, struct stat *);
	char link[64], path[4096];
	ssize_t len;
	int r;

	*(void **)&real = dlsym(RTLD_NEXT, "fstat");
	r = real(fd, st);
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	len = r == 0 ? readlink(link, path, sizeof path - 1) : -1;
	if (len > 0) {
		path[len] = '\0';
		hide(path, st);
	}
	return r;
}

/* When a file was made is asked for in this way. */
long
syscall(long number, ...)
{
	long (*real)(long, ...);
	long a[6], r;
	va_list ap;
	int i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	r = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (number == SYS_statx && r == 0) {
		((struct statx *)a[4])->stx_btime.tv_sec = 1;
		((struct statx *)a[4])->stx_btime.tv_nsec = 0;
	}
	return r;
}
