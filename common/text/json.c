#include "common/text/json.h"

#include "common/base/memory.h"
#include "common/base/plain.h"
#include "common/base/wiping.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEP = 16,    /* sizes of kept blocks differ by that */
	CLASSES = 32, /* so blocks up to 512 bytes are kept */
};

/*
 * Small blocks are wiped and kept for the next task instead of going back to
 * malloc(3): a task is two dozen of them, and that makes reading one a tenth
 * faster. jansson's hooks take no argument, so the lists belong to the
 * process; only its one thread uses jansson.
 */
struct kept {
	struct kept *next;
};

static struct kept *kept_blocks[CLASSES + 1];

static void *
keeping_malloc(size_t size)
{
	void *block;

	if (size > SIZE_MAX / 2)
		memory_exhausted();
	size = size < STEP ? STEP : (size + STEP - 1) / STEP * STEP;
	if (size <= STEP * CLASSES && kept_blocks[size / STEP] != NULL) {
		block = kept_blocks[size / STEP];
		kept_blocks[size / STEP] = kept_blocks[size / STEP]->next;
		return block;
	}
	/* jansson would call it a fault of the text. */
	while ((block = wiping_malloc(size)) == NULL)
		memory_use_reserve();
	return block;
}

static void
keeping_free(void *p)
{
	struct kept *block = p;
	size_t size;

	if (p == NULL)
		return;
	size = wiping_size(p);
	if (size > STEP * CLASSES) {
		wiping_free(p);
		return;
	}
	explicit_bzero(p, size);
	block->next = kept_blocks[size / STEP];
	kept_blocks[size / STEP] = block;
}

void
json_wipe_freed(void)
{
	json_set_alloc_funcs(keeping_malloc, keeping_free);
}

const char *
json_encoding(unsigned char first)
{
	switch (first) {
	case 0xef:
		return "not JSON: a byte order mark, perhaps: save it as UTF-8 "
		       "without one";
	case 0xfe:
	case 0xff:
		return "not JSON: UTF-16, perhaps: save it as UTF-8";
	default:
		return NULL;
	}
}

/* jansson's words, without what it quotes: the input may hold a PIN. Quotes
 * are also around what is wanted instead, and around code points. */
static const char *
describe(json_error_t *error)
{
	static const char *const quoted[] = {" near '", " '\\u"};
	char *text = error->text, *found;
	size_t i;

	if (json_error_code(error) == json_error_null_character ||
	    json_error_code(error) == json_error_null_byte_in_key)
		return "U+0000 is not allowed";
	for (i = 0; i < ARRAY_LEN(quoted); i++) {
		found = strstr(text, quoted[i]);
		if (found != NULL)
			*found = '\0';
	}
	return text;
}

int
json_parse(json_t **out, const char *text, size_t len, struct fault *f)
{
	json_error_t error = {.line = 0};
	json_t *value;

	if (len > 0 && json_encoding((unsigned char)text[0]) != NULL)
		return fault_set(f, STATUS_DATA, "line 1: %s",
		    json_encoding((unsigned char)text[0]));
	/* jansson passes over one behind a number. */
	if (memchr(text, '\0', len) != NULL)
		return fault_set(f, STATUS_DATA, "line 1: a NUL byte");
	value = json_loadb(text, len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY,
	    &error);
	if (value == NULL)
		return fault_set(f, STATUS_DATA, "line %d: %s", error.line,
		    describe(&error));
	*out = value;
	return 0;
}

static int
append_chunk(const char *data, size_t len, void *out)
{
	struct fault f = FAULT_INIT;

	return buf_append(out, data, len, &f);
}

int
json_write(const json_t *value, struct buf *out, struct fault *f)
{
	size_t before = out->len;

	if (json_dump_callback(
		value, append_chunk, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0)
		return 0;
	out->len = before;
	return fault_set(
	    f, STATUS_IO, "cannot write JSON: longer than %zu bytes", out->max);
}

static bool
needs_escape(char c)
{
	return (unsigned char)c < ' ' || c == '"' || c == '\\';
}

static void
add_escape(char c, struct buf *out)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = strchr(from, c);
	char escape[8];

	if (at == NULL)
		(void)snprintf(escape, sizeof escape, "\\u%04X", (unsigned)c);
	else
		(void)snprintf(escape, sizeof escape, "\\%c", to[at - from]);
	buf_add_text(out, escape);
}

void
json_add_string(const char *text, struct buf *out)
{
	size_t len;

	if (!plain_is_utf8(text)) {
		out->problem = "text is not valid UTF-8";
		return;
	}
	buf_add_text(out, "\"");
	for (; *text != '\0'; text += len) {
		for (len = 0; text[len] != '\0' && !needs_escape(text[len]);)
			len++;
		buf_add(out, text, len);
		if (len == 0)
			add_escape(text[len++], out);
	}
	buf_add_text(out, "\"");
}

const char *
json_member_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}
