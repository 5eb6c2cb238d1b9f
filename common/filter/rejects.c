#include "common/filter/rejects.h"

#include "common/file/append.h"
#include "common/task/pin.h"

#include <string.h>
#include <unistd.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Of what callers key: digits, and what keypad_digits() passes over. */
static bool
is_of_run(char c)
{
	return is_digit(c) || c == ' ' || c == '\t' || c == '-' || c == '#';
}

/* Digits beside it are no value of their own: of a UUID, a number, a name. */
static bool
joins(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    c == '+' || c == '.';
}

/* The run ends, before a byte that may join it. */
static int
end_run(struct rejects *r, bool ends_value, struct fault *f)
{
	bool blank = r->is_value && ends_value && r->digits >= PIN_MIN_DIGITS &&
	    r->digits <= PIN_MAX_DIGITS;
	size_t i;

	/* Cut at its limit: who knows what it is. */
	if (r->loop.len == REJECTS_RUN_MAX)
		blank = true;
	for (i = 0; blank && i < r->loop.len; i++)
		if (is_digit(r->loop.data[i]))
			r->loop.data[i] = '*';
	if (r->loop.len > 0 &&
	    buf_append(&r->out, r->loop.data, r->loop.len, f) == -1)
		return -1;
	buf_clear(&r->loop);
	r->digits = 0;
	return 0;
}

static int
take(struct rejects *r, char c, struct fault *f)
{
	bool is_escape = r->last == '\\'; /* the tab of "\t1234" */

	r->last = c;
	if (is_of_run(c)) {
		if (r->loop.len == REJECTS_RUN_MAX && end_run(r, true, f) == -1)
			return -1;
		r->digits += is_digit(c);
		return buf_append_char(&r->loop, c, f);
	}
	if (end_run(r, !joins(c), f) == -1)
		return -1;
	r->is_value = is_escape || !joins(c);
	return buf_append_char(&r->out, c, f);
}

static int
flush(struct rejects *r, struct fault *f)
{
	int status = 0;

	if (r->out.len > 0)
		status =
		    file_write_all(r->fd, r->path, r->out.data, r->out.len, f);
	buf_clear(&r->out);
	return status;
}

int
rejects_open(struct rejects *r, const char *path, struct fault *f)
{
	r->path = path;
	if (path == NULL ||
	    append_open(&r->fd, path, FILE_SECRET, false, f) != -1)
		return 0;
	fault_prefix(f, "rejects");
	return -1;
}

int
rejects_add(struct rejects *r, const char *text, size_t len, bool begins,
    struct fault *f)
{
	size_t i;

	if (r->path == NULL || len == 0)
		return 0;
	if (r->fd == -1 &&
	    append_open(&r->fd, r->path, FILE_SECRET, true, f) == -1) {
		fault_prefix(f, "rejects");
		return -1;
	}
	if (begins && r->last != '\n' && take(r, '\n', f) == -1)
		return -1;
	for (i = 0; i < len; i++)
		if (take(r, text[i], f) == -1)
			return -1;
	return flush(r, f);
}

int
rejects_close(struct rejects *r, struct fault *f)
{
	int status = 0;

	if (r->fd != -1 && r->last != '\n')
		status = take(r, '\n', f);
	if (r->fd != -1 && status == 0)
		status = flush(r, f);
	if (r->fd != -1 && close(r->fd) == -1 && status == 0)
		status = fault_errno(f, STATUS_IO, "%s", r->path);
	r->fd = -1;
	buf_release(&r->loop);
	buf_release(&r->out);
	return status;
}
