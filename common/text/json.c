#include "common/text/json.h"

#include "common/base/wiping.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
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

/*
 * jansson blames the text when there is no memory, and where it cannot keep all
 * of a string it reads on behind its end. So want of memory is noted, and ends
 * parsing at once; what jansson holds then is lost, like the run.
 */
static bool ran_out;
static jmp_buf *parsing;

static void *
new_block(size_t size)
{
	void *block = wiping_malloc(size);

	if (block != NULL)
		return block;
	ran_out = true;
	if (parsing != NULL)
		longjmp(*parsing, 1);
	return NULL;
}

static void *
keeping_malloc(size_t size)
{
	struct kept *block;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = size < STEP ? STEP : (size + STEP - 1) / STEP * STEP;
	if (size > STEP * CLASSES || kept_blocks[size / STEP] == NULL)
		return new_block(size);
	block = kept_blocks[size / STEP];
	kept_blocks[size / STEP] = block->next;
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

int
json_refused(struct fault *f, int status, const char *why)
{
	bool memory = ran_out;

	ran_out = false;
	return memory ? fault_set(f, STATUS_IO, "out of memory")
		      : fault_set(f, status, "%s", why);
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

/* NULL: refused, or, with ran_out, without memory. */
static json_t *
load(const char *text, size_t len, json_error_t *error)
{
	jmp_buf out;
	json_t *value;

	ran_out = false;
	parsing = &out;
	if (setjmp(out) != 0) {
		parsing = NULL;
		return NULL;
	}
	value = json_loadb(text, len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY,
	    error);
	parsing = NULL;
	return value;
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
	value = load(text, len, &error);
	if (value != NULL) {
		*out = value;
		return 0;
	}
	if (ran_out || json_error_code(&error) == json_error_out_of_memory)
		return fault_set(f, STATUS_IO, "out of memory");
	return fault_set(
	    f, STATUS_DATA, "line %d: %s", error.line, describe(&error));
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
	return fault_set(f, STATUS_IO, "cannot write JSON: out of memory");
}

/* Plain ASCII, as most values are, is its own JSON. */
static bool
needs_no_escape(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
			return false;
	return true;
}

int
json_write_string(const char *text, struct buf *out, struct fault *f)
{
	json_t *string;
	int r;

	if (needs_no_escape(text)) {
		if (buf_append_char(out, '"', f) == -1 ||
		    buf_append_text(out, text, f) == -1)
			return -1;
		return buf_append_char(out, '"', f);
	}
	string = json_string(text);
	if (string == NULL)
		return json_refused(f, STATUS_DATA, "text is not valid UTF-8");
	r = json_write(string, out, f);
	json_decref(string);
	return r;
}

int
json_check_text(const char *text, int status, const char *why, struct fault *f)
{
	json_t *string;

	if (needs_no_escape(text))
		return 0;
	string = json_string(text);
	if (string == NULL)
		return json_refused(f, status, why);
	json_decref(string);
	return 0;
}

const char *
json_member_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}
