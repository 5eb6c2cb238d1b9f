/*
 * Directories behind a driver, twofa-driver(7).
 */
#include "common/customer/directory.h"

#include "common/base/memory.h"
#include "common/process/driver.h"
#include "common/text/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct directory_remote {
	struct driver *driver;
	struct request_settings settings;
	struct directory_query *queries; /* of the exchange */
	unsigned long next_id;
};

static int
driver_directory_open(void **state, const struct address *address,
    const struct request_settings *settings, struct fault *f)
{
	struct directory_remote *d = memory_new(1, sizeof *d);

	d->settings = *settings;
	if (driver_open(&d->driver, "directory", address, f) == -1) {
		free(d);
		return -1;
	}
	*state = d;
	return 0;
}

static int
driver_directory_start(void *state, struct fault *f)
{
	struct directory_remote *d = state;

	return driver_start(d->driver, f);
}

static json_t *
make_request(void *self, size_t i)
{
	struct directory_remote *d = self;
	char id[24];

	(void)snprintf(id, sizeof id, "%lu", ++d->next_id);
	return json_pack("{s:s, s:s, s:I}", "id", id, "customer",
	    d->queries[i].customer, "timeoutMs",
	    (json_int_t)d->settings.time_allowed_ms);
}

/* An answer has matches or an error; anything else is invalid. */
static void
read_answer(struct directory_query *q, const json_t *answer)
{
	const json_t *matches = json_object_get(answer, "matches");
	const char *error = json_member_text(answer, "error");
	const char *detail = json_member_text(answer, "detail");
	const char *number;
	size_t i;

	if (error != NULL) {
		directory_fail(q,
		    strcmp(error, "permanent") == 0 ? DIRECTORY_PERMANENT
						    : DIRECTORY_TEMPORARY,
		    detail == NULL ? error : detail);
		return;
	}
	if (!json_is_array(matches)) {
		directory_fail(q, DIRECTORY_TEMPORARY,
		    "the driver's answer has neither matches nor error");
		return;
	}
	for (i = 0; i < json_array_size(matches); i++) {
		number = json_member_text(
		    json_array_get(matches, i), DIRECTORY_NUMBER);
		directory_match(q, number == NULL ? "" : number);
	}
}

static void
answered(void *self, size_t i, enum driver_state state, const json_t *answer)
{
	struct directory_remote *d = self;

	if (state == DRIVER_ANSWERED)
		read_answer(&d->queries[i], answer);
	else
		directory_fail(
		    &d->queries[i], DIRECTORY_TEMPORARY, "the driver died");
}

static int
driver_directory_find(
    void *state, struct directory_query *q, size_t n, struct fault *f)
{
	struct directory_remote *d = state;
	const struct driver_batch batch = {.count = n,
	    .open_max = d->settings.open_requests,
	    .time_allowed_ms = (int)d->settings.time_allowed_ms,
	    .self = d,
	    .request = make_request,
	    .answered = answered};
	size_t i;

	d->queries = q;
	if (driver_exchange(d->driver, &batch, f) == 0)
		return 0;
	if (f->status != STATUS_TEMPORARY)
		return -1;
	/* The driver died too often. */
	for (i = 0; i < n; i++)
		directory_fail(&q[i], DIRECTORY_TEMPORARY, f->message);
	fault_clear(f);
	return 0;
}

static void
driver_directory_close(void *state)
{
	struct directory_remote *d = state;

	driver_close(d->driver);
	free(d);
}

const struct directory_backend directory_driver = {
    .open = driver_directory_open,
    .start = driver_directory_start,
    .find = driver_directory_find,
    .close = driver_directory_close,
};
