/*
 * file:OUTBOX. One JSON object a line: id, to, from, message, at. Nothing is
 * sent; another program may deliver from there. A message is taken once: an id
 * that stands in the file already is not appended again. To find one, a new
 * message needs only what others appended since this program looked last: it
 * opened the outbox before anybody knew the id.
 *
 * The outbox holds PINs in clear: it is made private, and one that others can
 * read is refused.
 */
#include "cmd/twofa-sendpin/sms/outbox.h"

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/file/file.h"
#include "common/text/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINE_MAX_LEN = 16384,
	READ_SIZE = 65536,
};

static void
file_close(void *state)
{
	struct outbox *o = state;

	if (o->fd != -1)
		(void)close(o->fd);
	free(o);
}

static int
file_open(void **state, const char *address,
    const struct sms_settings *settings, struct fault *f)
{
	struct outbox *o = calloc(1, sizeof *o);

	if (o == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	o->fd = -1;
	o->time_allowed_ms = settings->time_allowed_ms;
	if (address_parse(&o->address, address, f) == -1 ||
	    outbox_open(o, f) == -1) {
		file_close(o);
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

static int
file_identify(void *state, struct buf *out, struct fault *f)
{
	return outbox_identify(state, out, f);
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

/* Does the outbox hold that id from there on? 1, 0, or -1 failed. */
static int
outbox_has(struct outbox *o, const char *id, off_t offset, struct fault *f)
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
			(void)fault_errno(f, STATUS_IO, "%s", o->address.rest);
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

/* A line that a crash cut off must not swallow the next one. */
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
		return json_refused(
		    f, STATUS_DATA, "message is not valid UTF-8");
	if (end_last_line(o, &line, f) == 0 &&
	    json_write(object, &line, f) == 0 &&
	    buf_append_char(&line, '\n', f) == 0)
		r = file_write_all(
		    o->fd, o->address.rest, line.data, line.len, f);
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
		has = outbox_has(o, m->id, m->repeated ? 0 : o->known, &f);
	if (has == 0 && m->repeated && o->moved)
		has = fault_set(&f, STATUS_IO, "the outbox was taken away");
	if (has == 0 && append_message(o, m, &f) == 0)
		return;
	/* A part of the line may stand there; it is found by its id. */
	if (has != 1)
		sms_note(m, SMS_UNKNOWN, SMS_SERVICE, f.message);
}

static void
send_all(struct outbox *o, struct sms *messages, size_t n)
{
	struct stat st;
	size_t i;

	for (i = 0; i < n; i++)
		send_one(o, &messages[i]);
	if (!o->regular)
		return;
	if (fstat(o->fd, &st) == 0)
		o->known = st.st_size;
	/* Taken is what outlives a power cut. */
	if (fdatasync(o->fd) == -1)
		for (i = 0; i < n; i++)
			sms_note(&messages[i], SMS_UNKNOWN, SMS_SERVICE,
			    strerror(errno));
	(void)flock(o->fd, LOCK_UN);
}

static int
file_send(void *state, struct sms *messages, size_t n, struct fault *f)
{
	struct outbox *o = state;
	size_t i;
	int r = outbox_lock(o, f);

	if (r == 1)
		send_all(o, messages, n);
	for (i = 0; i < n && r == 0; i++)
		sms_note(&messages[i], SMS_RETRY, SMS_SERVICE,
		    "another program has locked the outbox");
	o->moved = false;
	return r == -1 ? -1 : 0;
}

const struct sms_backend sms_file = {"file", file_open, NULL, file_repeats,
    file_identify, file_send, file_close};
