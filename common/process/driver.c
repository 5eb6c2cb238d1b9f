#include "common/process/driver.h"

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/process/child.h"
#include "common/process/driver_find.h"
#include "common/text/json.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	READ_ROOM = 4096, /* what one child_read() may add to a line */
	CLOSE_MS = 5000,  /* for a driver without open requests to end */
};

struct driver {
	char *argv[DRIVER_WORDS + 1];
	char text[DIR_PATH_MAX + ADDRESS_MAX + 1]; /* of argv */
	const char *kind;
	enum child_kind child_kind;
	struct child child;
	struct buf in;
	json_t *hello; /* its first line, also when it died since */
	int deaths;    /* in a row, without an answer */
};

/* One request and its answer. */
struct call {
	const char *id;	    /* of the request; borrowed from it */
	json_t *message;    /* the request */
	struct buf request; /* as a line */
	enum driver_state state;
	json_t *answer; /* NULL unless DRIVER_ANSWERED */
};

static int
name_program(struct driver *d, const struct address *a, struct fault *f)
{
	if (d->child_kind == CHILD_EXEC) {
		(void)snprintf(d->text, sizeof d->text, "%s", a->rest);
		if (child_split(d->text, d->argv, DRIVER_WORDS + 1, f) != -1)
			return 0;
		return fault_prefix(f, "exec");
	}
	if (driver_find(d->text, d->kind, a->scheme, f) == -1)
		return -1;
	d->argv[0] = d->text;
	d->argv[1] = d->text + strlen(d->text) + 1;
	(void)snprintf(d->argv[1], ADDRESS_MAX, "%s", a->rest);
	return 0;
}

int
driver_open(struct driver **out, const char *kind,
    const struct address *address, struct fault *f)
{
	struct driver *d = memory_new(1, sizeof *d);

	d->kind = kind;
	d->child_kind =
	    strcmp(address->scheme, "exec") == 0 ? CHILD_EXEC : CHILD_DRIVER;
	d->child = (struct child)CHILD_INIT;
	d->in.max = DRIVER_MAX_LINE + READ_ROOM;
	if (name_program(d, address, f) == -1) {
		driver_close(d);
		return -1;
	}
	*out = d;
	return 0;
}

/* It ends by the deadline, or is killed. What it wrote is forgotten. */
static void
stop(struct driver *d, int64_t deadline_ms)
{
	(void)child_wait(&d->child, deadline_ms);
	buf_clear(&d->in);
}

void
driver_close(struct driver *d)
{
	if (d == NULL)
		return;
	stop(d, clock_monotonic_ms() + CLOSE_MS);
	json_decref(d->hello);
	buf_release(&d->in);
	free(d);
}

/*
 * Wait until the driver can be read, or written if to_write, then read what
 * there is. 1: go on; 0: its output ended; -1: nothing by the deadline.
 */
static int
wait_for(struct driver *d, bool to_write, int64_t deadline_ms)
{
	struct fault ignored = FAULT_INIT;
	int ready = child_poll(&d->child, to_write, deadline_ms);

	if (ready <= 0 || (ready & CHILD_READABLE) == 0)
		return ready <= 0 ? ready : 1;
	return child_read(&d->child, &d->in, &ignored) == 1;
}

/*
 * Take the next whole line from what was read: 1 and *out, 0 there is none,
 * -1 it is not a JSON object or too long.
 */
static int
take_line(struct driver *d, json_t **out)
{
	struct fault ignored = FAULT_INIT;
	char *end = d->in.len == 0 ? NULL : memchr(d->in.data, '\n', d->in.len);
	size_t len;
	int r;

	if (end == NULL)
		return d->in.len > DRIVER_MAX_LINE ? -1 : 0;
	len = (size_t)(end - d->in.data);
	r = json_parse(out, d->in.data, len, &ignored);
	buf_consume(&d->in, len + 1);
	if (r == -1)
		return -1;
	if (json_is_object(*out))
		return 1;
	json_decref(*out);
	*out = NULL;
	return -1;
}

static int
check_hello(const struct driver *d, const json_t *hello, struct fault *f)
{
	const char *kind = json_member_text(hello, "kind");

	if (json_number_value(json_object_get(hello, "twofa")) == 1 &&
	    kind != NULL && strcmp(kind, d->kind) == 0)
		return 0;
	return fault_set(f, STATUS_CONFIG,
	    "%s: its first line does not say {\"twofa\":1,\"kind\":\"%s\"}",
	    d->argv[0], d->kind);
}

static int
read_hello(struct driver *d, json_t **hello, struct fault *f)
{
	int64_t deadline_ms = clock_monotonic_ms() + DRIVER_HELLO_MS;
	int got, more, status;

	while ((got = take_line(d, hello)) == 0) {
		more = wait_for(d, false, deadline_ms);
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
	return check_hello(d, *hello, f);
}

int
driver_start(struct driver *d, struct fault *f)
{
	json_t *hello = NULL;

	if (d->child.pid != -1)
		return 0;
	if (d->deaths >= DRIVER_MAX_DEATHS)
		return fault_set(f, STATUS_TEMPORARY,
		    "%s: died %d times in a row without an answer", d->argv[0],
		    d->deaths);
	if (child_start(&d->child, d->child_kind, d->argv, f) == -1)
		return -1;
	if (read_hello(d, &hello, f) == -1) {
		/* Requests keep the hello of the driver they were sent to. */
		json_decref(hello);
		stop(d, 0);
		return -1;
	}
	json_decref(d->hello);
	d->hello = hello;
	return 0;
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

/* What driver_exchange() keeps while it runs. */
struct exchange {
	struct call *calls;
	size_t n, next, open, answered, written;
	size_t open_max;
	int64_t deadline_ms;
	int time_ms;
	bool broken; /* it takes no more; what it still writes is read */
};

static void
extend_deadline(struct exchange *x)
{
	x->deadline_ms = clock_monotonic_ms() + x->time_ms + DRIVER_GRACE_MS;
}

static struct call *
find_call(struct exchange *x, const json_t *answer)
{
	const char *id = json_member_text(answer, "id");
	size_t i;

	for (i = 0; i < x->next && id != NULL; i++)
		if (x->calls[i].state == DRIVER_OPEN &&
		    strcmp(x->calls[i].id, id) == 0)
			return &x->calls[i];
	return NULL;
}

/* False: the driver wrote something that answers no open request. */
static bool
take_answers(struct driver *d, struct exchange *x)
{
	struct call *call;
	json_t *answer = NULL;
	int got;

	while ((got = take_line(d, &answer)) == 1) {
		call = find_call(x, answer);
		if (call == NULL) {
			json_decref(answer);
			return false;
		}
		call->answer = answer;
		call->state = DRIVER_ANSWERED;
		x->open--;
		x->answered++;
		d->deaths = 0;
		extend_deadline(x);
	}
	return got == 0;
}

static bool
has_more_to_send(const struct exchange *x)
{
	return x->next < x->n && (x->open < x->open_max || x->written > 0);
}

/* False: the pipe is broken. A full pipe is no failure. */
static bool
send_some(struct driver *d, struct exchange *x)
{
	struct call *call;
	ssize_t n;

	while (has_more_to_send(x)) {
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
		extend_deadline(x);
	}
	return true;
}

/* Until all are answered or the driver died. Returns how many were begun. */
static size_t
run(struct driver *d, struct exchange *x)
{
	bool alive = true;

	extend_deadline(x);
	while (x->answered < x->n && alive) {
		if (!x->broken)
			x->broken = !send_some(d, x);
		alive = wait_for(d, !x->broken && has_more_to_send(x),
			    x->deadline_ms) == 1;
		if (!take_answers(d, x)) {
			prog_message(PROG_ERROR, "%s: invalid response; killed",
			    d->argv[0]);
			alive = false;
		}
	}
	if (x->answered < x->n) {
		prog_message(PROG_ERROR,
		    "%s: the driver died with %zu request%s open", d->argv[0],
		    x->open, number_plural(x->open));
		d->deaths++;
		stop(d, 0);
	}
	return x->next + (x->written > 0 ? 1 : 0);
}

static int
write_request(struct call *call, json_t *message, struct fault *f)
{
	if (message == NULL)
		return fault_set(f, STATUS_DATA,
		    "a request to the driver is not valid UTF-8");
	call->message = message;
	call->id = json_member_text(message, "id");
	call->request.max = DRIVER_MAX_LINE;
	if (json_write(message, &call->request, f) == -1)
		return -1;
	return buf_append_char(&call->request, '\n', f);
}

/* The death of a driver fails only what was open: a new one gets the rest. */
static int
run_all(struct driver *d, const struct driver_batch *b, struct call *calls,
    struct fault *f)
{
	struct exchange x;
	size_t begun = 0;

	while (begun < b->count) {
		if (driver_start(d, f) == -1)
			break;
		x = (struct exchange){.calls = calls + begun,
		    .n = b->count - begun,
		    .open_max = b->open_max,
		    .time_ms = b->time_allowed_ms};
		begun += run(d, &x);
	}
	if (begun == 0 && b->count > 0)
		return -1;
	fault_clear(f);
	return 0;
}

int
driver_exchange(struct driver *d, const struct driver_batch *b, struct fault *f)
{
	struct call *calls = memory_new(b->count, sizeof *calls);
	size_t i;
	int r = 0;

	for (i = 0; i < b->count && r == 0; i++)
		r = write_request(&calls[i], b->request(b->self, i), f);
	if (r == 0)
		r = run_all(d, b, calls, f);
	for (i = 0; i < b->count; i++) {
		if (r == 0)
			b->answered(
			    b->self, i, calls[i].state, calls[i].answer);
		json_decref(calls[i].message);
		json_decref(calls[i].answer);
		buf_release(&calls[i].request);
	}
	free(calls);
	return r;
}
