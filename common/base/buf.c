#include "common/base/buf.h"

#include "common/base/memory.h"
#include "common/base/plain.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char too_long[] = "too long";

static bool
has_room(const struct buf *b, size_t len)
{
	return len <= b->max && b->len <= b->max - len;
}

static void
grow(struct buf *b, size_t len)
{
	size_t size = b->size == 0 ? 256 : b->size;
	char *grown;

	if (b->len + len < b->size)
		return;
	while (size <= b->len + len)
		size *= 2;
	grown = memory_new(size, 1);
	if (b->len > 0)
		memcpy(grown, b->data, b->len);
	if (b->data != NULL)
		explicit_bzero(b->data, b->size);
	free(b->data);
	b->data = grown;
	b->size = size;
}

int
buf_reserve(struct buf *b, size_t len, struct fault *f)
{
	if (!has_room(b, len))
		return fault_set(
		    f, STATUS_DATA, "longer than %zu bytes", b->max);
	grow(b, len);
	return 0;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (!has_room(b, len) && b->problem == NULL)
		b->problem = too_long;
	if (b->problem != NULL)
		return;
	grow(b, len);
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

int
buf_check(const struct buf *b, struct fault *f)
{
	if (b->problem == NULL)
		return 0;
	if (b->problem != too_long)
		return fault_set(f, STATUS_DATA, "%s", b->problem);
	return fault_set(f, STATUS_DATA, "longer than %zu bytes", b->max);
}

int
buf_append(struct buf *b, const void *data, size_t len, struct fault *f)
{
	if (buf_reserve(b, len, f) == -1)
		return -1;
	buf_add(b, data, len);
	return 0;
}

int
buf_append_text(struct buf *b, const char *text, struct fault *f)
{
	return buf_append(b, text, strlen(text), f);
}

int
buf_append_char(struct buf *b, char c, struct fault *f)
{
	return buf_append(b, &c, 1, f);
}

int
buf_append_plain(struct buf *b, const char *text, struct fault *f)
{
	size_t len;
	bool plain;

	for (; *text != '\0'; text += len) {
		len = plain_character(text, &plain);
		if (buf_append(b, plain ? text : "?", plain ? len : 1, f) == -1)
			return -1;
	}
	return 0;
}

int
buf_printf(struct buf *b, struct fault *f, const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len < 0)
		return fault_set(f, STATUS_BUG, "cannot format text");
	if (buf_reserve(b, (size_t)len, f) == -1)
		return -1;
	va_start(ap, format);
	(void)vsnprintf(b->data + b->len, (size_t)len + 1, format, ap);
	va_end(ap);
	b->len += (size_t)len;
	return 0;
}

void
buf_consume(struct buf *b, size_t len)
{
	if (len == 0 || b->data == NULL)
		return;
	if (len >= b->len) {
		buf_clear(b);
		return;
	}
	memmove(b->data, b->data + len, b->len - len);
	explicit_bzero(b->data + b->len - len, len);
	b->len -= len;
	b->data[b->len] = '\0';
}

void
buf_clear(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->len);
	b->len = 0;
	b->problem = NULL;
}

void
buf_release(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->size);
	free(b->data);
	*b = (struct buf)BUF_INIT(b->max);
}

const char *
buf_text(const struct buf *b)
{
	return b->data == NULL ? "" : b->data;
}
