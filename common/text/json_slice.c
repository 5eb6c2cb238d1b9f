#include "common/text/json_slice.h"

#include <string.h>

static size_t
string_end(const char *text, size_t pos)
{
	for (pos++; text[pos] != '"'; pos++)
		if (text[pos] == '\\')
			pos++;
	return pos + 1;
}

size_t
slice_compact(char *out, const char *text, size_t len)
{
	size_t pos = 0, end, used = 0;

	while (pos < len) {
		if (text[pos] == '"') {
			end = string_end(text, pos);
			memcpy(out + used, text + pos, end - pos);
			used += end - pos;
			pos = end;
			continue;
		}
		if (text[pos] != ' ' && text[pos] != '\n' &&
		    text[pos] != '\t' && text[pos] != '\r')
			out[used++] = text[pos];
		pos++;
	}
	return used;
}

static size_t
value_end(const char *text, size_t pos)
{
	int depth = 0;

	do {
		switch (text[pos]) {
		case '"':
			pos = string_end(text, pos);
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		default:
			break;
		}
		pos++;
	} while (depth > 0 ||
	    (text[pos] != ',' && text[pos] != '}' && text[pos] != ']'));
	return pos;
}

void
slice_walk_start(struct slice_walk *w, struct slice container)
{
	w->pos = container.start;
}

bool
slice_walk_next(struct slice_walk *w, const char *text, struct slice *key,
    struct slice *value)
{
	size_t pos = w->pos + 1; /* behind the bracket or the comma */

	if (text[w->pos] == '}' || text[w->pos] == ']' || text[pos] == '}' ||
	    text[pos] == ']')
		return false;
	key->start = key->end = pos;
	if (text[pos] == '"') {
		key->end = string_end(text, pos);
		if (text[key->end] == ':')
			pos = key->end + 1;
		else
			key->end = key->start;
	}
	value->start = pos;
	value->end = value_end(text, pos);
	w->pos = value->end;
	return true;
}
