#include "cmd/twofa-flow/saved_session.h"

#include "cmd/twofa-flow/task_file.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/file/file.h"
#include "common/task/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ASIDE_SIZE = SAVED_SESSION_PATH_SIZE + 8,
};

static void
let_go(struct saved_session *s)
{
	if (s->lock != -1)
		(void)close(s->lock);
	s->lock = -1;
}

/* The program that had it before may remove the file that is locked here. */
static int
take_lock(struct saved_session *s, struct fault *f)
{
	int got;

	for (;;) {
		s->lock = open(s->lock_path,
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
		if (s->lock == -1)
			return fault_errno(f, STATUS_IO, "%s", s->lock_path);
		got = file_lock(s->lock, 0);
		if (got == 1 && file_is_at(s->lock, s->lock_path))
			return 0;
		if (got == 0)
			(void)fault_set(f, STATUS_TEMPORARY,
			    "the call with customer %s is open at another "
			    "desk: end it there",
			    s->customer);
		else if (got == -1)
			(void)fault_errno(f, STATUS_IO, "%s", s->lock_path);
		let_go(s);
		if (got != 1)
			return -1;
	}
}

/* Remove the new files of programs that were killed. */
static void
sweep(const char *path, const char *customer)
{
	char beside[NAME_MAX];
	DIR *dir = opendir(path);
	const struct dirent *entry;

	(void)snprintf(
	    beside, sizeof beside, "desk-%s.json.twofa-new", customer);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, beside, strlen(beside)) == 0)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
}

int
saved_session_open(
    struct saved_session *s, const char *customer, struct fault *f)
{
	char dir[DIR_PATH_MAX];

	s->customer = customer;
	if (dir_state(dir, f) == -1)
		return -1;
	(void)snprintf(
	    s->path, sizeof s->path, "%s/desk-%s.json", dir, customer);
	(void)snprintf(s->lock_path, sizeof s->lock_path, "%s/desk-%s.lock",
	    dir, customer);
	/* Whoever can write the directory can put another call in its place. */
	if (dir_make_above(s->path, f) == -1)
		return -1;
	if (dir_check(s->path, f) == -1) {
		if (f->status == STATUS_CONFIG)
			f->status = STATUS_IO;
		return -1;
	}
	if (take_lock(s, f) == -1)
		return -1;
	sweep(dir, customer);
	return 0;
}

/* Times in RFC 3339's form compare as texts. */
static bool
is_fresh(const struct task *t, int64_t now_s)
{
	const char *expires = task_get(t, NAME_PIN_EXPIRES);
	const char *since = task_get(t, NAME_FLOW_SINCE);
	char now[CLOCK_TEXT_SIZE];
	int64_t since_s;

	clock_rfc3339(now, now_s);
	if (expires != NULL)
		return strlen(expires) == strlen(now) &&
		    strcmp(expires, now) > 0;
	return since != NULL && time_parse(&since_s, since) &&
	    now_s - since_s < SAVED_SESSION_KEPT_S;
}

static int
put_aside(const struct saved_session *s, struct fault *f)
{
	char aside[ASIDE_SIZE];

	(void)snprintf(aside, sizeof aside, "%s.bad", s->path);
	if (rename(s->path, aside) == -1)
		return fault_set(f, STATUS_IO,
		    "%s: not a call with this customer: move it away", s->path);
	prog_message(PROG_WARNING,
	    "%s: not a call with this customer: it is %s now", s->path, aside);
	return 0;
}

/* 1: *t is what is in the file, 0: that is no call of this customer. */
static int
read_call(
    const struct saved_session *s, int fd, struct task *t, struct fault *f)
{
	struct buf text = BUF_INIT(TASK_MAX_LEN);
	struct fault why = FAULT_INIT;
	int r = -1;

	if (file_check(fd, s->path, FILE_SECRET, f) == -1)
		goto out;
	r = file_read(fd, s->path, &text, &why) == 0 &&
	    task_parse(t, buf_text(&text), text.len, &why) == 0 &&
	    task_has(t, NAME_CUSTOMER_IDENTIFIER, s->customer);
	if (why.status == STATUS_IO) {
		*f = why;
		r = -1;
	}
out:
	buf_release(&text);
	return r;
}

int
saved_session_load(const struct saved_session *s, struct task *t, int64_t now_s,
    struct fault *f)
{
	int fd = open(
	    s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	int r = 0;

	if (fd == -1 && errno == ENOENT)
		return 0;
	/* ELOOP: a symbolic link. */
	if (fd == -1 && errno != ELOOP)
		return fault_errno(f, STATUS_IO, "%s", s->path);
	if (fd != -1) {
		if (fstat(fd, &st) == -1 || S_ISREG(st.st_mode))
			r = read_call(s, fd, t, f);
		(void)close(fd);
	}
	if (r == 0)
		return put_aside(s, f);
	return r == 1 ? is_fresh(t, now_s) : -1;
}

int
saved_session_store(
    const struct saved_session *s, const struct task *t, struct fault *f)
{
	return task_file_save(t, s->path, f);
}

void
saved_session_end(struct saved_session *s)
{
	(void)unlink(s->path);
	(void)unlink(s->lock_path);
}

void
saved_session_close(struct saved_session *s)
{
	/* Without a saved call the lock is not needed again. */
	if (s->lock != -1 && access(s->path, F_OK) == -1)
		(void)unlink(s->lock_path);
	let_go(s);
}
