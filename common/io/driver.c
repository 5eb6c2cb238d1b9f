#include "common/io/driver.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "common/io/json.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PATH_SIZE = 4096,
	READ_SIZE = 4096,
	CLOSE_MS = 5000, /* for a driver that has nothing open to end */
};

/* ../libexec/twofa as seen from the folder of the running program. */
static bool
libexec_beside(char out[PATH_SIZE])
{
	char *slash;
	ssize_t n = readlink("/proc/self/exe", out, PATH_SIZE - 64);
	int up;

	if (n <= 0)
		return false;
	out[n] = '\0';
	for (up = 0; up < 2; up++) {
		slash = strrchr(out, '/');
		if (slash == NULL)
			return false;
		*slash = '\0';
	}
	(void)strncat(out, "/libexec/twofa", 16);
	return true;
}

/* The schemes for which folder has a driver of this kind, for the message. */
static void
list_drivers(const char *folder, const char *kind, struct buf *out)
{
	struct fault ignored = FAULT_INIT;
	struct dirent *entry;
	size_t len = strlen(kind);
	DIR *dir = opendir(folder);

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, kind, len) == 0 &&
		    entry->d_name[len] == '-' &&
		    buf_printf(
			out, &ignored, " %s:", entry->d_name + len + 1) == -1)
			break;
	(void)closedir(dir);
}

static int
find_suite_driver(
    char path[PATH_SIZE], const char *kind, const char *scheme, struct fault *f)
{
	const char *folders[2] = {NULL, TWOFA_LIBEXEC};
	char beside[PATH_SIZE];
	struct buf known = BUF_INIT(200);
	size_t i;
	int n;

	if (libexec_beside(beside))
		folders[0] = beside;
	for (i = 0; i < ARRAY_LEN(folders); i++) {
		if (folders[i] == NULL)
			continue;
		n = snprintf(
		    path, PATH_SIZE, "%s/%s-%s", folders[i], kind, scheme);
		if (n > 0 && n < PATH_SIZE && access(path, X_OK) == 0)
			return 0;
		list_drivers(folders[i], kind, &known);
	}
	(void)fault_set(f, STATUS_CONFIG,
	    "%s: no driver %s-%s is installed; built in:%s; drivers:%s", scheme,
	    kind, scheme,
	    strcmp(kind, "sms") == 0 ? " file: command: exec:"
				     : " csv: sqlite: exec:",
	    known.len == 0 ? " none" : buf_text(&known));
	buf_release(&known);
	return -1;
}

int
driver_open(struct driver *d, const char *kind, const char *scheme,
    const char *rest, struct fault *f)
{
	char path[PATH_SIZE];
	int words;

	*d = (struct driver)DRIVER_INIT;
	d->kind = kind;
	d->in.max = DRIVER_MAX_LINE + READ_SIZE;
	if (strcmp(scheme, "exec") == 0) {
		d->text = strdup(rest);
		words = d->text == NULL
		    ? 0
		    : child_split(d->text, d->argv, DRIVER_WORDS + 1);
		if (words == 0 || strchr(d->argv[0], '/') == NULL)
			return fault_set(f, STATUS_CONFIG,
			    "exec: give the program by its path, with a '/'");
		return 0;
	}
	if (find_suite_driver(path, kind, scheme, f) == -1)
		return -1;
	if (asprintf(&d->text, "%s%c%s", path, '\0', rest) == -1) {
		d->text = NULL;
		return fault_set(f, STATUS_IO, "out of memory");
	}
	d->argv[0] = d->text;
	d->argv[1] = d->text + strlen(path) + 1;
	d->argv[2] = NULL;
	return 0;
}

static void
driver_stop(struct driver *d, int64_t deadline_ms)
{
	(void)child_wait(&d->child, deadline_ms);
	buf_clear(&d->in);
}

void
driver_close(struct driver *d)
{
	driver_stop(d, clock_monotonic_ms() + CLOSE_MS);
	json_decref(d->hello);
	d->hello = NULL;
	buf_release(&d->in);
	free(d->text);
	d->text = NULL;
}

static int
milliseconds_left(int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_monotonic_ms();

	return left < 0 ? 0 : (int)left;
}

/*
 * Wait until the driver can be read, or written if to_write, then read what
 * there is. 1: go on; 0: it closed its output; -1: nothing by the deadline.
 */
static int
driver_wait(struct driver *d, bool to_write, int64_t deadline_ms)
{
	struct pollfd p[2] = {{d->child.from, POLLIN, 0},
	    {to_write ? d->child.to : -1, POLLOUT, 0}};
	struct fault f = FAULT_INIT;
	char chunk[READ_SIZE];
	ssize_t n;
	int ready;

	ready = poll(p, 2, milliseconds_left(deadline_ms));
	if (ready == 0)
		return -1;
	if (ready == -1 || p[0].revents == 0)
		return 1;
	n = read(d->child.from, chunk, sizeof chunk);
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 1 : 0;
	if (n == 0 || buf_append(&d->in, chunk, (size_t)n, &f) == -1)
		return 0;
	return 1;
}

/*
 * Take the next whole line from what was read: 1 and *out, 0 there is none,
 * -1 it is not a JSON object or too long.
 */
static int
take_line(struct driver *d, json_t **out)
{
	struct fault f = FAULT_INIT;
	char *end = d->in.len == 0 ? NULL : memchr(d->in.data, '\n', d->in.len);
	size_t len;
	int r;

	if (end == NULL)
		return d->in.len > DRIVER_MAX_LINE ? -1 : 0;
	len = (size_t)(end - d->in.data);
	r = json_parse(out, d->in.data, len, &f);
	buf_consume(&d->in, len + 1);
	if (r == -1)
		return -1;
	if (json_is_object(*out))
		return 1;
	json_decref(*out);
	return -1;
}

static int
check_hello(struct driver *d, struct fault *f)
{
	const char *kind = json_member_text(d->hello, "kind");

	if (json_number_value(json_object_get(d->hello, "twofa")) == 1 &&
	    kind != NULL && strcmp(kind, d->kind) == 0)
		return 0;
	return fault_set(f, STATUS_CONFIG,
	    "%s: its first line does not say {\"twofa\":1,\"kind\":\"%s\"}",
	    d->argv[0], d->kind);
}

static int
read_hello(struct driver *d, struct fault *f)
{
	int64_t deadline_ms = clock_monotonic_ms() + DRIVER_HELLO_MS;
	int got, more, status;

	while ((got = take_line(d, &d->hello)) == 0) {
		more = driver_wait(d, false, deadline_ms);
		if (more == 1)
			continue;
		status = child_wait(
		    &d->child, more == 0 ? clock_monotonic_ms() + CLOSE_MS : 0);
		if (status >= STATUS_USAGE && status < CHILD_SIGNALLED)
			return fault_set(f, status,
			    "%s: the driver refused to start (status %d)",
			    d->argv[0], status);
		return fault_set(f, STATUS_CONFIG,
		    "%s: ended with status %d before its first line",
		    d->argv[0], status);
	}
	if (got == -1)
		return fault_set(f, STATUS_CONFIG,
		    "%s: its first line is not a JSON object", d->argv[0]);
	return check_hello(d, f);
}

int
driver_start(struct driver *d, struct fault *f)
{
	if (d->child.pid != -1)
		return 0;
	json_decref(d->hello);
	d->hello = NULL;
	if (d->deaths >= DRIVER_MAX_DEATHS)
		return fault_set(f, STATUS_TEMPORARY,
		    "%s: died %d times in a row without an answer", d->argv[0],
		    d->deaths);
	if (child_start(&d->child, d->argv, true, f) == -1)
		return -1;
	if (read_hello(d, f) == 0)
		return 0;
	driver_stop(d, 0);
	return -1;
}

bool
driver_says(const struct driver *d, const char *member)
{
	return json_is_true(json_object_get(d->hello, member));
}

bool
driver_needs(const struct driver *d, const char *what)
{
	const json_t *needs = json_object_get(d->hello, "needs");
	const char *text;
	size_t i;

	for (i = 0; i < json_array_size(needs); i++) {
		text = json_string_value(json_array_get(needs, i));
		if (text != NULL && strcmp(text, what) == 0)
			return true;
	}
	return false;
}

struct driver_call *
driver_calls_new(size_t n)
{
	struct driver_call *calls = calloc(n, sizeof *calls);
	size_t i;

	for (i = 0; i < n && calls != NULL; i++)
		calls[i].request.max = DRIVER_MAX_LINE;
	return calls;
}

int
driver_call_set(struct driver_call *call, json_t *message, struct fault *f)
{
	if (message == NULL)
		return fault_set(f, STATUS_DATA,
		    "a request to the driver is not valid UTF-8");
	call->message = message;
	call->id = json_member_text(message, "id");
	if (json_write(message, &call->request, f) == -1)
		return -1;
	return buf_append_char(&call->request, '\n', f);
}

void
driver_calls_free(struct driver_call *calls, size_t n)
{
	size_t i;

	for (i = 0; i < n && calls != NULL; i++) {
		json_decref(calls[i].message);
		json_decref(calls[i].answer);
		buf_release(&calls[i].request);
	}
	free(calls);
}

/* What driver_exchange() keeps while it runs. */
struct exchange {
	struct driver_call *calls;
	size_t n, next, open, answered, written;
	int64_t deadline_ms;
	int time_ms;
	bool broken; /* it takes no more; what it still says is read */
};

static void
exchange_touch(struct exchange *x)
{
	x->deadline_ms = clock_monotonic_ms() + x->time_ms + DRIVER_GRACE_MS;
}

static struct driver_call *
call_find(struct exchange *x, const json_t *answer)
{
	const char *id = json_member_text(answer, "id");
	size_t i;

	for (i = 0; i < x->next && id != NULL; i++)
		if (x->calls[i].state == DRIVER_OPEN &&
		    strcmp(x->calls[i].id, id) == 0)
			return &x->calls[i];
	return NULL;
}

/* False: the driver wrote something that is no answer to an open request. */
static bool
take_answers(struct driver *d, struct exchange *x)
{
	struct driver_call *call;
	json_t *answer = NULL;
	int got;

	while ((got = take_line(d, &answer)) == 1) {
		call = call_find(x, answer);
		if (call == NULL) {
			json_decref(answer);
			return false;
		}
		call->answer = answer;
		call->state = DRIVER_ANSWERED;
		x->open--;
		x->answered++;
		d->deaths = 0;
		exchange_touch(x);
	}
	return got == 0;
}

/* False: the pipe is broken. A full pipe is no failure. */
static bool
send_some(struct driver *d, struct exchange *x, size_t open_max)
{
	struct driver_call *call;
	ssize_t n;

	while (x->next < x->n && (x->open < open_max || x->written > 0)) {
		call = &x->calls[x->next];
		n = write(d->child.to, call->request.data + x->written,
		    call->request.len - x->written);
		if (n == -1)
			return errno == EAGAIN || errno == EINTR;
		if (x->written == 0) {
			call->state = DRIVER_OPEN;
			x->open++;
		}
		x->written += (size_t)n;
		if (x->written < call->request.len)
			return true;
		x->written = 0;
		x->next++;
		exchange_touch(x);
	}
	return true;
}

static bool
exchange_step(struct driver *d, struct exchange *x, size_t open_max)
{
	bool to_write;

	if (!x->broken)
		x->broken = !send_some(d, x, open_max);
	to_write = !x->broken && x->next < x->n &&
	    (x->open < open_max || x->written > 0);
	return driver_wait(d, to_write, x->deadline_ms) == 1;
}

/* Until all are answered or the driver died. Returns how many were begun. */
static size_t
exchange_run(struct driver *d, struct exchange *x, size_t open_max)
{
	bool alive = true;

	exchange_touch(x);
	while (x->answered < x->n && alive) {
		alive = exchange_step(d, x, open_max);
		if (!take_answers(d, x)) {
			prog_message(PROG_ERROR,
			    "%s: the driver wrote what is no answer: killed",
			    d->argv[0]);
			alive = false;
		}
	}
	if (x->answered < x->n) {
		prog_message(PROG_ERROR,
		    "%s: the driver died with %zu requests open", d->argv[0],
		    x->open);
		d->deaths++;
		driver_stop(d, 0);
	}
	return x->next + (x->written > 0 ? 1 : 0);
}

int
driver_exchange(struct driver *d, struct driver_call *calls, size_t n,
    size_t open_max, int time_allowed_ms, struct fault *f)
{
	struct exchange x;
	size_t begun = 0;

	/* Its death fails only what was open: the rest goes to a new one. */
	while (begun < n) {
		if (driver_start(d, f) == -1)
			break;
		x = (struct exchange){.calls = calls + begun,
		    .n = n - begun,
		    .time_ms = time_allowed_ms};
		begun += exchange_run(d, &x, open_max);
	}
	if (begun == 0 && n > 0)
		return -1;
	fault_clear(f);
	return 0;
}
