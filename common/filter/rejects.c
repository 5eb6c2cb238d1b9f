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

/* Of what callers key: digits, and what pin_digits() passes over. */
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
static void
end_run(struct rejects *r, bool ends_value)
{
	bool blank = r->is_value && ends_value && r->digits >= PIN_MIN_DIGITS &&
	    r->digits <= PIN_MAX_DIGITS;
	size_t i;

	/* Cut at its limit: it could be anything. */
	if (r->run.len == REJECTS_RUN_MAX)
		blank = true;
	for (i = 0; blank && i < r->run.len; i++)
		if (is_digit(r->run.data[i]))
			r->run.data[i] = '*';
	buf_add(&r->out, r->run.data, r->run.len);
	buf_clear(&r->run);
	r->digits = 0;
}

static void
take(struct rejects *r, char c)
{
	bool is_escape = r->last == '\\'; /* the tab of "\t1234" */

	r->last = c;
	if (is_of_run(c)) {
		if (r->run.len == REJECTS_RUN_MAX)
			end_run(r, true);
		r->digits += is_digit(c);
		buf_add(&r->run, &c, 1);
		return;
	}
	end_run(r, !joins(c));
	r->is_value = is_escape || !joins(c);
	buf_add(&r->out, &c, 1);
}

static int
flush(struct rejects *r, struct fault *f)
{
	int status = buf_check(&r->out, f);

	if (status == 0 && r->out.len > 0)
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
	if (begins && r->last != '\n')
		take(r, '\n');
	for (i = 0; i < len; i++)
		take(r, text[i]);
	return flush(r, f);
}

int
rejects_close(struct rejects *r, struct fault *f)
{
	int status = 0;

	if (r->fd != -1 && r->last != '\n')
		take(r, '\n');
	if (r->fd != -1)
		status = flush(r, f);
	if (r->fd != -1 && close(r->fd) == -1 && status == 0)
		status = fault_errno(f, STATUS_IO, "%s", r->path);
	r->fd = -1;
	buf_release(&r->run);
	buf_release(&r->out);
	return status;
}
