#include "common/file/out.h"

#include "common/file/file.h"

#include <stdint.h>

enum {
	FLUSH_SIZE = 65536,
};

void
out_open(struct out *o, int fd, const char *name)
{
	o->fd = fd;
	o->name = name;
	o->buf = (struct buf)BUF_INIT(SIZE_MAX / 4);
}

int
out_written(struct out *o, struct fault *f)
{
	return o->buf.len >= FLUSH_SIZE ? out_flush(o, f) : 0;
}

int
out_flush(struct out *o, struct fault *f)
{
	int r;

	r = file_write_all(o->fd, o->name, o->buf.data, o->buf.len, f);
	buf_clear(&o->buf);
	return r;
}

void
out_release(struct out *o)
{
	buf_release(&o->buf);
}
