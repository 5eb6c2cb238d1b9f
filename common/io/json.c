#include "common/io/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * Every block carries its size in front, in a header as large as the
 * strictest alignment, so that it can be wiped.
 */
union header {
	size_t size;
	max_align_t align;
};

static void *
wiping_malloc(size_t size)
{
	union header *h;

	if (size > SIZE_MAX - sizeof *h)
		return NULL;
	h = malloc(sizeof *h + size);
	if (h == NULL)
		return NULL;
	h->size = size;
	return h + 1;
}

static void
wiping_free(void *block)
{
	union header *h = block;

	if (h == NULL)
		return;
	h--;
	explicit_bzero(h + 1, h->size);
	free(h);
}

void
json_wipe_freed(void)
{
	json_set_alloc_funcs(wiping_malloc, wiping_free);
}

int
json_parse(json_t **out, const char *text, size_t len, struct fault *f)
{
	json_error_t error;
	json_t *value;

	value = json_loadb(text, len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY,
	    &error);
	if (value != NULL) {
		*out = value;
		return 0;
	}
	if (json_error_code(&error) == json_error_out_of_memory)
		return fault_set(f, STATUS_IO, "out of memory");
	/* jansson quotes the input behind "near": it may hold a PIN. */
	error.text[strcspn(error.text, "'\"")] = '\0';
	if (strstr(error.text, " near ") != NULL)
		*strstr(error.text, " near ") = '\0';
	return fault_set(f, STATUS_DATA, "line %d: %s", error.line, error.text);
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

int
json_write_string(const char *text, struct buf *out, struct fault *f)
{
	json_t *string = json_string(text);
	int r;

	if (string == NULL)
		return fault_set(f, STATUS_DATA, "text is not valid UTF-8");
	r = json_write(string, out, f);
	json_decref(string);
	return r;
}

const char *
json_member_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}
