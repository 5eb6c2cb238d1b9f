#include "common/settings/secret.h"

#include "common/base/clock.h"
#include "common/file/file.h"
#include "common/process/child.h"
#include "common/text/address.h"

#include <stdlib.h>
#include <string.h>

enum {
	COMMAND_WORDS = 32,
	COMMAND_TIME_MS = 30000, /* a person may have to unlock a store */
};

static int
from_file(const char *path, struct buf *out, struct fault *f)
{
	return file_load(path, FILE_SECRET, out, f);
}

static int
from_credential(const char *name, struct buf *out, struct fault *f)
{
	struct buf path = BUF_INIT(4096);
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	int r;

	if (dir == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "CREDENTIALS_DIRECTORY is not set: only a systemd unit "
		    "with LoadCredential= has credentials");
	if (strchr(name, '/') != NULL)
		return fault_set(f, STATUS_CONFIG, "a name has no '/'");
	r = buf_printf(&path, f, "%s/%s", dir, name);
	if (r == 0)
		r = file_load(path.data, FILE_SECRET, out, f);
	buf_release(&path);
	return r;
}

static int
from_environment(const char *name, struct buf *out, struct fault *f)
{
	const char *value = getenv(name);

	if (value == NULL)
		return fault_set(f, STATUS_CONFIG, "the variable is not set");
	return buf_append_text(out, value, f);
}

static int
from_command(const char *command, struct buf *out, struct fault *f)
{
	struct child c = CHILD_INIT;
	char text[ADDRESS_MAX + 1];
	char *argv[COMMAND_WORDS + 1];
	int64_t deadline_ms = clock_monotonic_ms() + COMMAND_TIME_MS;
	int status, r;

	if (strlen(command) > ADDRESS_MAX)
		return fault_set(f, STATUS_CONFIG,
		    "command longer than %d bytes", ADDRESS_MAX);
	memcpy(text, command, strlen(command) + 1);
	if (child_split(text, argv, COMMAND_WORDS + 1, f) == -1 ||
	    child_start(&c, CHILD_SECRET, argv, f) == -1)
		return -1;
	r = child_talk(&c, NULL, 0, out, deadline_ms, f);
	status = child_wait(&c, r == 1 ? deadline_ms : 0);
	if (r == 0)
		return fault_set(f, STATUS_CONFIG, "no answer within %d s",
		    COMMAND_TIME_MS / 1000);
	if (r == 1 && status != 0)
		return fault_set(f, STATUS_CONFIG,
		    "the command failed with status %d", status);
	return r == 1 ? 0 : -1;
}

static const struct {
	const char *scheme;
	int (*load)(const char *rest, struct buf *out, struct fault *f);
} sources[] = {
    {"file:", from_file},
    {"credential:", from_credential},
    {"env:", from_environment},
    {"command:", from_command},
};

static void
cut_at_line_end(struct buf *b)
{
	char *end = b->len == 0 ? NULL : memchr(b->data, '\n', b->len);

	if (end != NULL) {
		b->len = (size_t)(end - b->data);
		*end = '\0';
	}
	while (b->len > 0 && b->data[b->len - 1] == '\r')
		b->data[--b->len] = '\0';
}

int
secret_load(const char *reference, struct buf *out, struct fault *f)
{
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(sources); i++) {
		len = strlen(sources[i].scheme);
		if (strncmp(reference, sources[i].scheme, len) != 0)
			continue;
		if (sources[i].load(reference + len, out, f) == -1) {
			fault_prefix(f, "secret %s", reference);
			return -1;
		}
		cut_at_line_end(out);
		if (out->len == 0)
			return fault_set(
			    f, STATUS_CONFIG, "secret %s: is empty", reference);
		return 0;
	}
	/* It may be the secret itself: do not repeat it. */
	return fault_set(f, STATUS_CONFIG,
	    "a secret is given by reference: file:PATH, credential:NAME, "
	    "command:PROGRAM or env:NAME");
}
