#include "common/text/csv.h"

#include "common/base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	READ_SIZE = 65536,
	END = -2, /* of the file, as a character */
};

void
csv_close(struct csv *c)
{
	if (c->fd != -1)
		(void)close(c->fd);
	c->fd = -1;
	buf_release(&c->in);
	buf_release(&c->header);
	buf_release(&c->text);
}

/* The next byte without taking it; END; -1 failed. */
static int
peek(struct csv *c, struct fault *f)
{
	ssize_t n;

	if (c->pos < c->in.len)
		return (unsigned char)c->in.data[c->pos];
	if (c->ended)
		return END;
	c->offset += (int64_t)c->in.len;
	c->pos = 0;
	buf_clear(&c->in);
	if (buf_reserve(&c->in, READ_SIZE, f) == -1)
		return -1;
	do
		n = read(c->fd, c->in.data, READ_SIZE);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return fault_errno(f, STATUS_IO, "%s", c->name);
	c->in.len = (size_t)n;
	c->ended = n == 0;
	return n == 0 ? END : (unsigned char)c->in.data[0];
}

static int
take(struct csv *c, struct fault *f)
{
	int byte = peek(c, f);

	if (byte >= 0)
		c->pos++;
	if (byte == '\n')
		c->next_line++;
	return byte;
}

static int
wrong(const struct csv *c, struct fault *f, const char *what)
{
	return fault_set(f, STATUS_DATA, "%s:%lu: %s", c->name, c->line, what);
}

static int
append(struct csv *c, struct buf *out, int byte, struct fault *f)
{
	if (byte == '\0')
		return wrong(c, f, "a NUL byte: not a text file");
	if (out->len >= CSV_MAX_ROW)
		return wrong(
		    c, f, "row longer than 1 MiB: a quote not closed?");
	return buf_append_char(out, (char)byte, f);
}

/* Where in a field a byte is. */
enum place {
	START,
	PLAIN,
	QUOTED,
	AFTER_QUOTE,
	AFTER_RETURN, /* behind a closing quote */
	ENDED,
	WRONG,
};

/* Where the next byte is; why, if it is WRONG. */
static enum place
move(enum place from, int byte, const char **why)
{
	const bool after = from == AFTER_QUOTE || from == AFTER_RETURN;

	if (from == QUOTED) {
		*why = "a quote is not closed";
		if (byte == END)
			return WRONG;
		return byte == '"' ? AFTER_QUOTE : QUOTED;
	}
	if (byte == '\n' || byte == END ||
	    (byte == ',' && from != AFTER_RETURN))
		return ENDED;
	if (byte == '"' && (from == START || from == AFTER_QUOTE))
		return QUOTED;
	if (byte == '\r' && from == AFTER_QUOTE)
		return AFTER_RETURN;
	*why = after ? "text behind a closing quote"
		     : "a quote inside a field: quote all of it and double "
		       "the quote";
	return after || byte == '"' ? WRONG : PLAIN;
}

/* Append a field and a NUL. Returns the byte that ended it, or -1. */
static int
read_field(struct csv *c, struct buf *out, struct fault *f)
{
	enum place from = START, to;
	const char *why;
	int byte;

	for (;; from = to) {
		byte = take(c, f);
		if (byte == -1)
			return -1;
		to = move(from, byte, &why);
		if (to == WRONG)
			return wrong(c, f, why);
		if (to == ENDED)
			break;
		if ((to == PLAIN || (to == QUOTED && from != START)) &&
		    append(c, out, byte, f) == -1)
			return -1;
	}
	/* CRLF ends a line as LF does. */
	if (from == PLAIN && byte != ',' && out->data[out->len - 1] == '\r')
		out->data[--out->len] = '\0';
	return buf_append_char(out, '\0', f) == -1 ? -1 : byte;
}

/* Fields up to the line's end: how many, or -1. */
static int
read_row(
    struct csv *c, struct buf *out, size_t at[CSV_MAX_FIELDS], struct fault *f)
{
	int end = ',', n = 0;

	buf_clear(out);
	c->line = c->next_line;
	c->row_offset = c->offset + (int64_t)c->pos;
	while (end == ',') {
		if (n == CSV_MAX_FIELDS)
			return wrong(c, f, "more than 256 columns");
		at[n++] = out->len;
		end = read_field(c, out, f);
		if (end == -1)
			return -1;
	}
	return n;
}

static int
check_header(struct csv *c, struct fault *f)
{
	size_t i;

	for (i = 0; i < c->columns; i++) {
		if (csv_column(c, i)[0] == '\0')
			return fault_set(f, STATUS_CONFIG,
			    "%s: column %zu of the header has no name", c->name,
			    i + 1);
		if (csv_find_column(c, csv_column(c, i)) != (int)i)
			return fault_set(f, STATUS_CONFIG,
			    "%s: column '%s' stands twice in the header",
			    c->name, csv_column(c, i));
	}
	return 0;
}

/* UTF-8's byte order mark, with which some spreadsheets begin a file. */
static int
skip_byte_order_mark(struct csv *c, struct fault *f)
{
	if (peek(c, f) == -1)
		return -1;
	if (c->in.len >= 3 && memcmp(c->in.data, "\xEF\xBB\xBF", 3) == 0)
		c->pos = 3;
	return 0;
}

static int
begin(struct csv *c, int fd, const char *name, struct fault *f)
{
	int n;

	memset(c, 0, sizeof *c);
	c->in.max = READ_SIZE * 2;
	c->header.max = c->text.max = CSV_MAX_ROW + CSV_MAX_FIELDS;
	c->name = name;
	c->next_line = 1;
	c->fd = fd;
	if (c->fd == -1)
		return fault_errno(f, STATUS_CONFIG, "%s", name);
	if (skip_byte_order_mark(c, f) == -1)
		goto fail;
	n = read_row(c, &c->header, c->header_at, f);
	if (n == -1)
		goto fail;
	c->columns = (size_t)n;
	if (check_header(c, f) == -1)
		goto fail;
	return 0;
fail:
	csv_close(c);
	return -1;
}

int
csv_open(struct csv *c, const char *path, struct fault *f)
{
	return begin(c, open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), path, f);
}

int
csv_open_stdin(struct csv *c, struct fault *f)
{
	/* /dev/stdin cannot be opened when it is another user's pipe. */
	return begin(c, fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1),
	    "standard input", f);
}

int
csv_next(struct csv *c, struct fault *f)
{
	int byte, n;

	do {
		byte = peek(c, f);
		if (byte == -1)
			return -1;
		if (byte == END)
			return 0;
		n = read_row(c, &c->text, c->at, f);
	} while (n == 1 && csv_field(c, 0)[0] == '\0' && c->columns > 1);
	if (n == -1)
		return -1;
	if ((size_t)n != c->columns)
		return fault_set(f, STATUS_DATA,
		    "%s:%lu: %d field%s where the header has %zu", c->name,
		    c->line, n, number_plural((uint64_t)n), c->columns);
	return 1;
}

int
csv_seek(struct csv *c, int64_t row_offset, unsigned long line, struct fault *f)
{
	c->next_line = line;
	c->ended = false;
	if (row_offset >= c->offset &&
	    row_offset - c->offset <= (int64_t)c->in.len) {
		c->pos = (size_t)(row_offset - c->offset);
		return 0;
	}
	if (lseek(c->fd, (off_t)row_offset, SEEK_SET) == -1)
		return fault_errno(f, STATUS_IO, "%s", c->name);
	buf_clear(&c->in);
	c->pos = 0;
	c->offset = row_offset;
	return 0;
}

const char *
csv_column(const struct csv *c, size_t i)
{
	return c->header.data + c->header_at[i];
}

const char *
csv_field(const struct csv *c, size_t i)
{
	return c->text.data + c->at[i];
}

int
csv_find_column(const struct csv *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->columns; i++)
		if (strcmp(csv_column(c, i), name) == 0)
			return (int)i;
	return -1;
}
