/*
 * Requests to a driver and their answers.
 */
#include "common/process/driver_inside.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/text/json.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
		return json_refused(f, STATUS_DATA,
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

	while ((got = driver_take_line(d, &answer)) == 1) {
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
		    "%s: the driver died with %zu request%s open", d->argv[0],
		    x->open, number_plural(x->open));
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
