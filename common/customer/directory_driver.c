/*
 * Directories behind a driver, twofa-driver(7).
 */
#include "common/customer/directory.h"

#include "common/text/address.h"
#include "common/process/driver.h"
#include "common/text/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct directory_remote {
	struct driver driver;
	struct directory_settings settings;
	unsigned long next_id;
};

static void
driver_directory_close(void *state)
{
	struct directory_remote *d = state;

	driver_close(&d->driver);
	free(d);
}

static int
driver_directory_open(void **state, const char *address,
    const struct directory_settings *settings, struct fault *f)
{
	struct directory_remote *d = calloc(1, sizeof *d);
	struct address a;

	if (d == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	d->settings = *settings;
	if (address_parse(&a, address, f) == -1 ||
	    driver_open(&d->driver, "directory", a.scheme, a.rest, f) == -1) {
		driver_directory_close(d);
		return -1;
	}
	*state = d;
	return 0;
}

static int
driver_directory_start(void *state, struct fault *f)
{
	struct directory_remote *d = state;

	return driver_start(&d->driver, f);
}

static int
write_request(struct directory_remote *d, struct driver_call *call,
    const struct directory_query *q, struct fault *f)
{
	char id[24];

	(void)snprintf(id, sizeof id, "%lu", ++d->next_id);
	return driver_call_set(call,
	    json_pack("{s:s, s:s, s:I}", "id", id, "customer", q->customer,
		"timeoutMs", (json_int_t)d->settings.time_allowed_ms),
	    f);
}

/* An answer is matches or an error; anything else is no answer. */
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

static int
exchange(struct directory_remote *d, struct directory_query *q,
    struct driver_call *calls, size_t n, struct fault *f)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (write_request(d, &calls[i], &q[i], f) == -1)
			return -1;
	if (driver_exchange(&d->driver, calls, n, d->settings.open_requests,
		(int)d->settings.time_allowed_ms, f) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		if (calls[i].state == DRIVER_ANSWERED)
			read_answer(&q[i], calls[i].answer);
		else
			directory_fail(
			    &q[i], DIRECTORY_TEMPORARY, "the driver died");
	}
	return 0;
}

static int
driver_directory_find(
    void *state, struct directory_query *q, size_t n, struct fault *f)
{
	struct driver_call *calls = driver_calls_new(n);
	size_t i;
	int r;

	r = calls == NULL ? fault_set(f, STATUS_IO, "out of memory")
			  : exchange(state, q, calls, n, f);
	driver_calls_free(calls, n);
	/* A driver that died too often: every query has that answer. */
	if (r == -1 && f->status == STATUS_TEMPORARY) {
		for (i = 0; i < n; i++)
			directory_fail(&q[i], DIRECTORY_TEMPORARY, f->message);
		fault_clear(f);
		r = 0;
	}
	return r;
}

const struct directory_backend directory_driver = {NULL, driver_directory_open,
    driver_directory_start, driver_directory_find, driver_directory_close};
