#include "common/ledger/mark.h"

#include "common/file/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "ID COMMITS SUM\n", always of one size, so that it is written in place. */
enum {
	ID_LEN = UUID_SIZE - 1,
	COMMITS_LEN = 20,
	SUM_BYTES = 16,
	SUM_AT = ID_LEN + 1 + COMMITS_LEN + 1,
	TEXT_LEN = SUM_AT + 2 * SUM_BYTES + 1,
};

int
mark_open(struct mark *m, const char *path, bool make, struct fault *f)
{
	char name[DIR_PATH_MAX + sizeof MARK_SUFFIX];
	struct stat st;

	(void)snprintf(name, sizeof name, "%s" MARK_SUFFIX, path);
	m->fd = open(name,
	    (make ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW |
		O_NOCTTY | O_NONBLOCK,
	    0600);
	if (m->fd == -1)
		return errno == ENOENT || errno == ENOSPC || errno == EDQUOT
		    ? 0
		    : fault_errno(f, STATUS_IO, "%s", name);
	if (fstat(m->fd, &st) == -1)
		return fault_errno(f, STATUS_IO, "%s", name);
	if (!S_ISREG(st.st_mode))
		return fault_set(
		    f, STATUS_PERMISSION, "%s: not a regular file", name);
	/* Whatever the umask is. */
	if (make && st.st_size == 0)
		(void)fchmod(m->fd, 0600);
	return 0;
}

void
mark_close(struct mark *m)
{
	if (m->fd != -1)
		(void)close(m->fd);
	m->fd = -1;
}

static void
put_sum(char out[2 * SUM_BYTES + 1], const char *text)
{
	unsigned char sum[SUM_BYTES];

	(void)crypto_generichash(
	    sum, sizeof sum, (const unsigned char *)text, SUM_AT, NULL, 0);
	(void)sodium_bin2hex(out, 2 * SUM_BYTES + 1, sum, sizeof sum);
}

struct mark_text
mark_read(const struct mark *m)
{
	char text[TEXT_LEN + 1], sum[2 * SUM_BYTES + 1];
	struct mark_text out = {"", 0};
	size_t i;

	if (m->fd == -1 || pread(m->fd, text, sizeof text, 0) != TEXT_LEN)
		return out;
	put_sum(sum, text);
	if (memcmp(sum, text + SUM_AT, sizeof sum - 1) != 0)
		return out;
	for (i = ID_LEN + 1; i < SUM_AT - 1; i++)
		out.commits = out.commits * 10 + (text[i] - '0');
	memcpy(out.id, text, ID_LEN);
	return out;
}

void
mark_write(const struct mark *m, const char *id, int64_t commits)
{
	char text[TEXT_LEN + 1], sum[2 * SUM_BYTES + 1];
	ssize_t n;

	if (m->fd == -1)
		return;
	(void)snprintf(text, sizeof text, "%.*s %0*" PRId64 " ", (int)ID_LEN,
	    id, (int)COMMITS_LEN, commits);
	put_sum(sum, text);
	(void)snprintf(text + SUM_AT, sizeof sum + 1, "%s\n", sum);
	do
		n = pwrite(m->fd, text, TEXT_LEN, 0);
	while (n == -1 && errno == EINTR);
}
