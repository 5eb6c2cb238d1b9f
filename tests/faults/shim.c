/*
 * Preloaded into a program under test (glibc): allocations that fail, reads
 * and writes that move three bytes, calls that are interrupted. Nothing
 * happens before main(), nor in any other program that this one starts.
 *
 *   FAULTS_IN=NAME    the program; the last part of its path
 *   FAULTS_LOG=FILE   gets a line "failed" for the first thing that was made to
 *                     fail, and at the end "CALLS FAILED": how many allocations
 *                     there were, and how many calls of any kind failed
 *   OOM_N=N           the Nth allocation fails
 *   OOM_MODE=all      and all after it
 *   IO_SHORT=1        reads and writes move min(n, 3) bytes
 *   IO_EINTR=N        every Nth call that may be interrupted is
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SHORT_LEN = 3,
};

static struct {
	bool on;
	int (*main)(int, char **, char **);
	const char *log;
	long oom_n, eintr_n;
	bool oom_all, io_short;
	volatile long allocations, calls, failed;
} self;

/* The C library's own, which are there before any symbol can be looked up. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

#define REAL(result, name, args)                                               \
	static result(*real) args;                                             \
	if (real == NULL)                                                      \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

/* Not through our own write(). */
static void
put_log(const char *line, size_t len)
{
	long fd;

	if (self.log == NULL)
		return;
	fd = syscall(SYS_openat, AT_FDCWD, self.log,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	(void)syscall(SYS_write, fd, line, len);
	(void)syscall(SYS_close, fd);
}

static void
note_failure(void)
{
	if (__atomic_add_fetch(&self.failed, 1, __ATOMIC_RELAXED) == 1)
		put_log("failed\n", 7);
}

static long
number(const char *name)
{
	const char *text = getenv(name);

	return text == NULL ? 0 : strtol(text, NULL, 10);
}

static int
started(int argc, char *argv[], char *envp[])
{
	const char *in = getenv("FAULTS_IN");
	const char *mode = getenv("OOM_MODE");

	self.log = getenv("FAULTS_LOG");
	self.oom_n = number("OOM_N");
	self.oom_all = mode != NULL && strcmp(mode, "all") == 0;
	self.eintr_n = number("IO_EINTR");
	self.io_short = number("IO_SHORT") != 0;
	self.on = in != NULL && strcmp(in, program_invocation_short_name) == 0;
	return self.main(argc, argv, envp);
}

int
__libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
    void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *end)
{
	REAL(int, __libc_start_main,
	    (int (*)(int, char **, char **), int, char **, void (*)(void),
		void (*)(void), void (*)(void), void *));

	self.main = main;
	return real(started, argc, argv, init, fini, rtld_fini, end);
}

__attribute__((destructor)) static void
ended(void)
{
	char line[64];
	int len;

	if (!self.on)
		return;
	self.on = false;
	len = snprintf(
	    line, sizeof line, "%ld %ld\n", self.allocations, self.failed);
	put_log(line, (size_t)len);
}

/* --- allocations ------------------------------------------------------------
 */

static bool
fails(void)
{
	long n;

	if (!self.on)
		return false;
	n = __atomic_add_fetch(&self.allocations, 1, __ATOMIC_RELAXED);
	if (self.oom_n == 0 || n < self.oom_n ||
	    (n > self.oom_n && !self.oom_all))
		return false;
	note_failure();
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *block, size_t size)
{
	return fails() ? NULL : __libc_realloc(block, size);
}

void *
reallocarray(void *block, size_t count, size_t size)
{
	if (size != 0 && count > (size_t)-1 / size) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(block, count * size);
}

void *
memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int
posix_memalign(void **out, size_t alignment, size_t size)
{
	void *block = memalign(alignment, size);

	if (block == NULL)
		return ENOMEM;
	*out = block;
	return 0;
}

/* --- input and output -------------------------------------------------------
 */

static bool
interrupted(void)
{
	if (!self.on || self.eintr_n == 0 ||
	    __atomic_add_fetch(&self.calls, 1, __ATOMIC_RELAXED) %
		    self.eintr_n !=
		0)
		return false;
	note_failure();
	errno = EINTR;
	return true;
}

static size_t
cut(size_t len)
{
	if (!self.on || !self.io_short || len <= SHORT_LEN)
		return len;
	note_failure();
	return SHORT_LEN;
}

ssize_t
read(int fd, void *out, size_t len)
{
	REAL(ssize_t, read, (int, void *, size_t));

	return interrupted() ? -1 : real(fd, out, cut(len));
}

ssize_t
__read_chk(int fd, void *out, size_t len, size_t size)
{
	(void)size;
	return read(fd, out, len);
}

ssize_t
write(int fd, const void *data, size_t len)
{
	REAL(ssize_t, write, (int, const void *, size_t));

	return interrupted() ? -1 : real(fd, data, cut(len));
}

ssize_t
pread64(int fd, void *out, size_t len, off64_t at)
{
	REAL(ssize_t, pread64, (int, void *, size_t, off64_t));

	return interrupted() ? -1 : real(fd, out, cut(len), at);
}

ssize_t
pread(int fd, void *out, size_t len, off_t at)
{
	return pread64(fd, out, len, at);
}

ssize_t
__pread64_chk(int fd, void *out, size_t len, off64_t at, size_t size)
{
	(void)size;
	return pread64(fd, out, len, at);
}

ssize_t
__pread_chk(int fd, void *out, size_t len, off_t at, size_t size)
{
	(void)size;
	return pread64(fd, out, len, at);
}

ssize_t
pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	REAL(ssize_t, pwrite64, (int, const void *, size_t, off64_t));

	return interrupted() ? -1 : real(fd, data, cut(len), at);
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	return pwrite64(fd, data, len, at);
}

ssize_t
recv(int fd, void *out, size_t len, int flags)
{
	REAL(ssize_t, recv, (int, void *, size_t, int));

	return interrupted() ? -1 : real(fd, out, cut(len), flags);
}

ssize_t
__recv_chk(int fd, void *out, size_t len, size_t size, int flags)
{
	(void)size;
	return recv(fd, out, len, flags);
}

ssize_t
send(int fd, const void *data, size_t len, int flags)
{
	REAL(ssize_t, send, (int, const void *, size_t, int));

	return interrupted() ? -1 : real(fd, data, cut(len), flags);
}

int
open64(const char *path, int flags, ...)
{
	REAL(int, open64, (const char *, int, ...));
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return interrupted() ? -1 : real(path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return open64(path, flags, mode);
}

int
fsync(int fd)
{
	REAL(int, fsync, (int));

	return interrupted() ? -1 : real(fd);
}

int
fdatasync(int fd)
{
	REAL(int, fdatasync, (int));

	return interrupted() ? -1 : real(fd);
}

int
ftruncate64(int fd, off64_t len)
{
	REAL(int, ftruncate64, (int, off64_t));

	return interrupted() ? -1 : real(fd, len);
}

int
ftruncate(int fd, off_t len)
{
	return ftruncate64(fd, len);
}

int
flock(int fd, int operation)
{
	REAL(int, flock, (int, int));

	return interrupted() ? -1 : real(fd, operation);
}

int
poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	REAL(int, poll, (struct pollfd *, nfds_t, int));

	return interrupted() ? -1 : real(fds, n, timeout_ms);
}

int
__poll_chk(struct pollfd *fds, nfds_t n, int timeout_ms, size_t size)
{
	(void)size;
	return poll(fds, n, timeout_ms);
}

ssize_t
getrandom(void *out, size_t len, unsigned flags)
{
	REAL(ssize_t, getrandom, (void *, size_t, unsigned));

	return interrupted() ? -1 : real(out, len, flags);
}

pid_t
waitpid(pid_t pid, int *status, int options)
{
	REAL(pid_t, waitpid, (pid_t, int *, int));

	return interrupted() ? -1 : real(pid, status, options);
}
