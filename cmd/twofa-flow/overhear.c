#include "cmd/twofa-flow/overhear.h"

#include "common/base/prog.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* In memory, and of a size that stays: a write beyond it fails. */
static int
open_file(void)
{
#ifdef MFD_ALLOW_SEALING
	int file = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (file == -1)
		return -1;
	if (ftruncate(file, OVERHEAR_MAX) == 0 &&
	    fcntl(file, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
		return file;
	(void)close(file);
#endif
	return -1;
}

static void
shut(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

void
overhear_begin(struct overhear *o)
{
	if (!prog_tells_another())
		return;
	o->saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (o->saved == -1)
		return;
	o->file = open_file();
	if (o->file != -1 && dup2(o->file, STDERR_FILENO) == -1)
		shut(&o->file);
}

void
overhear_started(struct overhear *o)
{
	if (o->saved != -1)
		(void)dup2(o->saved, STDERR_FILENO);
	shut(&o->saved);
}

void
overhear_end(struct overhear *o)
{
	char text[OVERHEAR_MAX + 1], *line = text, *end;
	/* The offset is one with the child's. */
	off_t len = o->file == -1 ? 0 : lseek(o->file, 0, SEEK_CUR);
	ssize_t n = 0;

	if (len > 0)
		n = pread(o->file, text, (size_t)len, 0);
	text[n > 0 ? n : 0] = '\0';
	for (; *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end != '\0')
			*end++ = '\0';
		prog_pass_on(line);
	}
	shut(&o->file);
}
