#include "cmd/twofa-flow/workflow/layout.h"

#include <stdbool.h>
#include <string.h>

enum {
	OPEN = 2,   /* objects so deep have a line for each member */
	INDENT = 2, /* blanks for each of them */
};

struct layout {
	const char *rest; /* of the text */
	unsigned depth;
	size_t column;
	struct buf *out;
};

static int
put(struct layout *l, const char *text, size_t len, struct fault *f)
{
	l->column += len;
	return buf_append(l->out, text, len, f);
}

static int
new_line(struct layout *l, unsigned depth, struct fault *f)
{
	unsigned i;

	if (put(l, "\n", 1, f) == -1)
		return -1;
	l->column = 0;
	for (i = 0; i < depth * INDENT; i++)
		if (put(l, " ", 1, f) == -1)
			return -1;
	return 0;
}

static const char *
skip_blanks(const char *text)
{
	return text + strspn(text, " \t\r\n");
}

/* The bytes of a string with its quotes, or of whatever else is one piece. */
static size_t
piece_len(const char *text)
{
	size_t i;

	if (text[0] != '"') {
		i = strcspn(text, "{}[],: \t\r\n\"");
		return i == 0 ? 1 : i;
	}
	for (i = 1; text[i] != '"'; i++)
		if (text[i] == '\\')
			i++;
	return i + 1;
}

/* The columns up to the next comma of the same object, or to its end. */
static size_t
member_columns(const char *text)
{
	unsigned depth = 0;
	size_t len, columns = 0;

	for (text = skip_blanks(text);; text = skip_blanks(text + len)) {
		len = piece_len(text);
		columns += len + (text[0] == ':');
		if (strchr("{[", text[0]) != NULL)
			depth++;
		else if (text[0] == ',' && depth == 0)
			return columns;
		else if (text[0] == ',')
			columns++;
		else if (strchr("}]", text[0]) != NULL && depth-- == 0)
			return columns + 1; /* and perhaps a comma */
	}
}

static int
put_gap(struct layout *l, char before, struct fault *f)
{
	bool fits;

	if (before == ':')
		return put(l, " ", 1, f);
	if (l->depth <= OPEN)
		return new_line(l, l->depth, f);
	if (before != ',')
		return 0;
	fits = l->depth > OPEN + 1 ||
	    l->column + 1 + member_columns(l->rest) <= LAYOUT_COLUMNS;
	return fits ? put(l, " ", 1, f) : new_line(l, l->depth, f);
}

int
layout_append(const char *json, struct buf *out, struct fault *f)
{
	struct layout l = {.rest = skip_blanks(json), .out = out};
	const char *piece;
	size_t len;

	while (l.rest[0] != '\0') {
		piece = l.rest;
		len = piece_len(piece);
		if (strchr("}]", piece[0]) != NULL && l.depth-- <= OPEN &&
		    new_line(&l, l.depth, f) == -1)
			return -1;
		if (put(&l, piece, len, f) == -1)
			return -1;
		l.rest = skip_blanks(piece + len);
		if (strchr("{[", piece[0]) != NULL)
			l.depth++;
		if (strchr("{[,:", piece[0]) != NULL &&
		    put_gap(&l, piece[0], f) == -1)
			return -1;
	}
	return buf_append_char(out, '\n', f);
}
