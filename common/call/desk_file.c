#include "common/call/desk_file.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/call/task_file.h"
#include "common/io/file.h"
#include "common/io/state_folder.h"
#include "common/task/names.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The holder before us removed the file that we have locked. */
static bool
is_gone(const struct desk_file *d)
{
	struct stat by_path, by_fd;

	return stat(d->lock_path, &by_path) == -1 ||
	    fstat(d->lock, &by_fd) == -1 || by_path.st_ino != by_fd.st_ino ||
	    by_path.st_dev != by_fd.st_dev;
}

static int
take_lock(struct desk_file *d, const char *customer, struct fault *f)
{
	for (;;) {
		d->lock = open(d->lock_path,
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (d->lock == -1)
			return fault_errno(f, STATUS_IO, "%s", d->lock_path);
		if (flock(d->lock, LOCK_EX | LOCK_NB) == -1)
			return fault_set(f, STATUS_TEMPORARY,
			    "another program has the call of customer %s: end "
			    "it there",
			    customer);
		if (!is_gone(d))
			return 0;
		(void)close(d->lock);
	}
}

int
desk_file_open(struct desk_file *d, const char *customer, struct fault *f)
{
	char folder[CONFIG_PATH_MAX];

	if (state_folder(folder, true, f) == -1)
		return -1;
	(void)snprintf(
	    d->path, sizeof d->path, "%s/desk-%s.json", folder, customer);
	(void)snprintf(d->lock_path, sizeof d->lock_path, "%s/desk-%s.lock",
	    folder, customer);
	return take_lock(d, customer, f);
}

/* Times in this form compare as texts. */
static bool
is_fresh(const struct task *t, int64_t now_s)
{
	const char *expires = task_get(t, NAME_PIN_EXPIRES);
	const char *since = task_get(t, NAME_FLOW_SINCE);
	char now[CLOCK_TEXT_SIZE];
	unsigned long since_s;

	clock_rfc3339(now, now_s);
	if (expires != NULL)
		return strlen(expires) == strlen(now) &&
		    strcmp(expires, now) > 0;
	return since != NULL && number_parse(&since_s, since, 0, INT32_MAX) &&
	    now_s - (int64_t)since_s < DESK_CALL_S;
}

int
desk_file_load(
    const struct desk_file *d, struct task *t, int64_t now_s, struct fault *f)
{
	struct buf text = BUF_INIT(TASK_MAX_LEN);
	struct fault malformed = FAULT_INIT;
	int r = 0;

	if (access(d->path, F_OK) == -1)
		return 0;
	if (file_load(d->path, FILE_SECRET, &text, f) == -1)
		r = -1;
	else if (task_parse(t, buf_text(&text), text.len, &malformed) == 0 &&
	    task_get(t, NAME_FLOW_OUTCOME) == NULL)
		r = is_fresh(t, now_s);
	buf_release(&text);
	return r;
}

int
desk_file_keep(void *self, const struct task *t, struct fault *f)
{
	const struct desk_file *d = self;

	return task_file_save(t, d->path, f);
}

void
desk_file_end(struct desk_file *d)
{
	(void)unlink(d->path);
	(void)unlink(d->lock_path);
}

void
desk_file_close(struct desk_file *d)
{
	if (d->lock != -1)
		(void)close(d->lock);
	d->lock = -1;
}
