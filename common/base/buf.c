#include "common/base/buf.h"

#include "common/base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
buf_reserve(struct buf *b, size_t len, struct fault *f)
{
	char *grown;
	size_t size;

	if (len > b->max || b->len > b->max - len)
		return fault_set(
		    f, STATUS_DATA, "longer than %zu bytes", b->max);
	if (b->len + len < b->size)
		return 0;
	size = b->size == 0 ? 256 : b->size;
	while (size <= b->len + len)
		size *= 2;
	grown = memory_new(size, 1);
	if (b->len > 0)
		memcpy(grown, b->data, b->len);
	grown[b->len] = '\0';
	if (b->data != NULL)
		explicit_bzero(b->data, b->size);
	free(b->data);
	b->data = grown;
	b->size = size;
	return 0;
}

int
buf_append(struct buf *b, const void *data, size_t len, struct fault *f)
{
	if (buf_reserve(b, len, f) == -1)
		return -1;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
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
}

void
buf_release(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->size);
	free(b->data);
	b->data = NULL;
	b->len = 0;
	b->size = 0;
}

const char *
buf_text(const struct buf *b)
{
	return b->data == NULL ? "" : b->data;
}
