/*
 * file:OUTBOX. One JSON object a line: id, to, from, message, at. Nothing is
 * sent; another program may deliver from there. A message is taken once: if its
 * id is in the file already, it is not appended again. For a new id only what
 * others appended since the last search is searched: this program opened the
 * outbox before anybody knew the id.
 *
 * Who delivers renames the outbox and then waits for its lock. So after locking
 * it the name is checked again.
 *
 * The outbox contains PINs in clear: it is made private, and one that others
 * can read is refused.
 */
#include "cmd/twofa-sendpin/sms/sms.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/file/dir.h"
#include "common/file/file.h"
#include "common/text/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	LINE_MAX_LEN = 16384,
	READ_SIZE = 65536,
};

struct outbox {
	const char *path;
	int fd;
	bool regular;
	off_t known; /* before this offset there is no new id */
	unsigned long time_allowed_ms;
	bool moved;    /* it is not the one that was identified */
	bool timeless; /* a new file could have the same identity */
};

static int
check_outbox(struct outbox *o, struct fault *f)
{
	struct stat st;

	if (fstat(o->fd, &st) == -1)
		return fault_errno(f, STATUS_CONFIG, "%s", o->path);
	o->regular = S_ISREG(st.st_mode);
	if (!o->regular && !S_ISCHR(st.st_mode))
		return fault_set(f, STATUS_CONFIG, "%s: not a file", o->path);
	return o->regular ? file_check(o->fd, o->path, FILE_SECRET, f) : 0;
}

static void
close_outbox(struct outbox *o)
{
	if (o->fd != -1)
		(void)close(o->fd);
	o->fd = -1;
}

/* flags: O_CREAT, or 0 to leave a file that does not exist for later. */
static int
open_outbox(struct outbox *o, int flags, struct fault *f)
{
	const char *path = o->path;

	if (path[0] == '\0')
		return fault_set(f, STATUS_CONFIG, "file: give file:OUTBOX");
	o->fd = open(path,
	    flags | O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0600);
	if (o->fd != -1) {
		if (check_outbox(o, f) == -1) {
			close_outbox(o);
			return -1;
		}
		/* A file that is made later may contain any id. */
		if (flags == 0 && o->regular)
			o->known = lseek(o->fd, 0, SEEK_END);
		return 0;
	}
	if (errno != ENOENT || flags != 0)
		return fault_errno(f, STATUS_CONFIG, "%s", path);
	o->regular = true;
	return 0;
}

/* Open the file that has the name now, or make it durably. */
static int
open_current(struct outbox *o, struct fault *f)
{
	if (o->fd != -1 && file_is_at(o->fd, o->path))
		return 0;
	if (o->fd != -1) {
		o->moved = true;
		close_outbox(o);
	}
	o->known = 0;
	if (open_outbox(o, O_CREAT, f) == -1)
		return -1;
	return dir_sync(o->path, f);
}

/*
 * When the file was made, because inode numbers are used again. The system call
 * itself: libfaketime changes the answer of libc. 0: unknown.
 */
static int64_t
birth_ns(int fd)
{
#if defined(STATX_BTIME) && defined(SYS_statx)
	struct statx st;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_BTIME, &st) == 0 &&
	    (st.stx_mask & STATX_BTIME) != 0)
		return st.stx_btime.tv_sec * 1000000000 +
		    (int64_t)st.stx_btime.tv_nsec;
#else
	(void)fd;
#endif
	return 0;
}

/* See sender_identity(). */
static int
file_identify(void *state, struct buf *out, struct fault *f)
{
	struct outbox *o = state;
	struct stat st;
	int64_t born_ns;
	char *path;
	int r;

	/* Who delivers may rename it in between. */
	do {
		if (open_current(o, f) == -1)
			return -1;
		path = realpath(o->path, NULL);
	} while (path == NULL && errno == ENOENT);
	if (path == NULL || fstat(o->fd, &st) == -1) {
		free(path);
		return fault_errno(f, STATUS_IO, "%s", o->path);
	}
	born_ns = birth_ns(o->fd);
	o->timeless = born_ns == 0;
	o->moved = false;
	/* Not the device: its number may be another one after a restart. */
	r = buf_printf(out, f, "file:%s %ju %jd", path, (uintmax_t)st.st_ino,
	    (intmax_t)born_ns);
	free(path);
	return r;
}

/*
 * Open the file that has the name now, made if need be, and lock it, unless it
 * is a device. 1: done; 0: another program held the lock for too long.
 */
static int
lock(struct outbox *o, struct fault *f)
{
	int64_t deadline_ms =
	    clock_monotonic_ms() + (int64_t)o->time_allowed_ms;
	int got;

	for (;;) {
		if (open_current(o, f) == -1)
			return -1;
		if (!o->regular)
			return 1;
		got = file_lock(o->fd, deadline_ms);
		if (got == -1)
			return fault_errno(f, STATUS_IO, "%s: flock", o->path);
		if (got == 0 || file_is_at(o->fd, o->path))
			return got;
	}
}

static void
file_close(void *state)
{
	close_outbox(state);
	free(state);
}

static int
file_open(void **state, const struct address *address,
    const struct sms_settings *settings, struct fault *f)
{
	struct outbox *o = memory_new(1, sizeof *o);

	o->fd = -1;
	o->path = address->rest;
	o->time_allowed_ms = settings->requests.time_allowed_ms;
	if (open_outbox(o, 0, f) == -1) {
		free(o);
		return -1;
	}
	*state = o;
	return 0;
}

static bool
file_repeats(const void *state)
{
	const struct outbox *o = state;

	return o->regular && !o->timeless;
}

static bool
line_has_id(const char *line, size_t len, const char *id)
{
	struct fault f = FAULT_INIT;
	const char *found;
	json_t *object;
	bool same;

	if (memmem(line, len, id, strlen(id)) == NULL ||
	    json_parse(&object, line, len, &f) == -1)
		return false;
	found = json_member_text(object, "id");
	same = found != NULL && strcmp(found, id) == 0;
	json_decref(object);
	return same;
}

/* Is that id in the outbox at the offset or behind it? 1, 0, -1 failed. */
static int
has_message(struct outbox *o, const char *id, off_t offset, struct fault *f)
{
	struct buf text = BUF_INIT(READ_SIZE * 2);
	char *end;
	ssize_t n;
	int r = -1;

	do {
		if (buf_reserve(&text, READ_SIZE, f) == -1)
			goto out;
		n = pread(o->fd, text.data + text.len, READ_SIZE, offset);
		if (n == -1) {
			(void)fault_errno(f, STATUS_IO, "%s", o->path);
			goto out;
		}
		offset += n;
		text.len += (size_t)n;
		while ((end = text.len == 0
			       ? NULL
			       : memchr(text.data, '\n', text.len)) != NULL) {
			if (line_has_id(
				text.data, (size_t)(end - text.data), id)) {
				r = 1;
				goto out;
			}
			buf_consume(&text, (size_t)(end - text.data) + 1);
		}
	} while (n > 0);
	r = 0;
out:
	buf_release(&text);
	return r;
}

/* A line that a crash cut off must not be joined to the next one. */
static int
end_last_line(const struct outbox *o, struct buf *line, struct fault *f)
{
	struct stat st;
	char last;

	if (!o->regular || fstat(o->fd, &st) == -1 || st.st_size == 0 ||
	    pread(o->fd, &last, 1, st.st_size - 1) != 1 || last == '\n')
		return 0;
	return buf_append_char(line, '\n', f);
}

static int
append_message(struct outbox *o, const struct sms *m, struct fault *f)
{
	struct buf line = BUF_INIT(LINE_MAX_LEN);
	char at[CLOCK_TEXT_SIZE];
	json_t *object;
	int r = -1;

	clock_rfc3339(at, clock_now_s());
	object = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", m->id, "to",
	    m->to, "from", m->from == NULL ? "" : m->from, "message",
	    m->message, "at", at);
	if (object == NULL)
		return fault_set(f, STATUS_DATA, "message is not valid UTF-8");
	if (end_last_line(o, &line, f) == 0 &&
	    json_write(object, &line, f) == 0 &&
	    buf_append_char(&line, '\n', f) == 0)
		r = file_write_all(o->fd, o->path, line.data, line.len, f);
	json_decref(object);
	buf_release(&line);
	return r;
}

static void
send_one(struct outbox *o, struct sms *m)
{
	struct fault f = FAULT_INIT;
	int has = 0;

	sms_note(m, SMS_ACCEPTED, SMS_RECIPIENT, "");
	if (o->regular)
		has = has_message(o, m->id, m->repeated ? 0 : o->known, &f);
	if (has == 0 && m->repeated && o->moved)
		has = fault_set(&f, STATUS_IO, "the outbox was taken away");
	if (has == 0 && append_message(o, m, &f) == 0)
		return;
	/* A part of the line may have been written. */
	if (has != 1)
		sms_note(m, SMS_UNKNOWN, SMS_SERVICE, f.message);
}

static void
send_all(struct outbox *o, struct sms *const messages[], size_t n)
{
	struct stat st;
	size_t i;

	for (i = 0; i < n; i++)
		send_one(o, messages[i]);
	if (!o->regular)
		return;
	if (fstat(o->fd, &st) == 0)
		o->known = st.st_size;
	/* Accepted means that it outlives a power cut. */
	if (fdatasync(o->fd) == -1)
		for (i = 0; i < n; i++)
			sms_note(messages[i], SMS_UNKNOWN, SMS_SERVICE,
			    strerror(errno));
	(void)flock(o->fd, LOCK_UN);
}

static int
file_send(void *state, struct sms *const messages[], size_t n, struct fault *f)
{
	struct outbox *o = state;
	size_t i;
	int r = lock(o, f);

	if (r == 1)
		send_all(o, messages, n);
	for (i = 0; i < n && r == 0; i++)
		sms_note(messages[i], SMS_RETRY, SMS_SERVICE,
		    "another program has locked the outbox");
	o->moved = false;
	return r == -1 ? -1 : 0;
}

const struct sms_backend sms_file = {
    .scheme = "file",
    .open = file_open,
    .repeats = file_repeats,
    .identify = file_identify,
    .send = file_send,
    .close = file_close,
};
