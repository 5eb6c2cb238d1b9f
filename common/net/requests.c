#include "common/net/requests.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/text/json.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	WAIT_FIRST_MS = 1000,
	WAIT_MAX_MS = 32000,
};

void
requests_init(struct requests *q, const struct request_type *type, void *driver,
    struct http *http)
{
	*q = (struct requests){.type = type, .driver = driver, .http = http};
	q->last = &q->first;
}

static void
request_free(const struct request_type *type, struct request *r)
{
	type->release(r);
	free(r);
}

void
requests_release(struct requests *q)
{
	struct request *next;

	for (; q->first != NULL; q->first = next) {
		next = q->first->next;
		request_free(q->type, q->first);
	}
}

/* --- from its line ----------------------------------------------------------
 */

int
request_malformed(struct fault *f, const char *member)
{
	return fault_set(
	    f, STATUS_DATA, "malformed request: member \"%s\"", member);
}

static int
take_id(struct requests *q, struct request *r, const json_t *object,
    struct fault *f)
{
	const char *id = json_member_text(object, "id");
	const struct request *other;

	if (id == NULL || id[0] == '\0' || strlen(id) >= sizeof r->id)
		return request_malformed(f, "id");
	memcpy(r->id, id, strlen(id) + 1);
	for (other = q->first; other != NULL; other = other->next)
		if (strcmp(other->id, id) == 0)
			return fault_set(f, STATUS_DATA,
			    "malformed request: its id is open already");
	return 0;
}

static int
take_time(struct request *r, const json_t *object, struct fault *f)
{
	const json_t *time = json_object_get(object, "timeoutMs");
	double ms = json_is_number(time) ? json_number_value(time)
					 : REQUEST_TIME_STANDARD_MS;

	if ((time != NULL && !json_is_number(time)) || ms < 1 ||
	    ms > REQUEST_TIME_MAX_MS || ms != (double)(int64_t)ms)
		return request_malformed(f, "timeoutMs");
	r->time_ms = (int64_t)ms;
	r->due_ms = clock_monotonic_ms();
	r->deadline_ms = r->due_ms + r->time_ms;
	return 0;
}

int
requests_take(struct requests *q, const char *line, size_t len, struct fault *f)
{
	struct request *r;
	json_t *object;
	int result = -1;

	if (json_parse(&object, line, len, f) == -1)
		return fault_prefix(f, "malformed request");
	r = memory_new(1, q->type->size);
	if (!json_is_object(object))
		(void)fault_set(
		    f, STATUS_DATA, "malformed request: not a JSON object");
	else if (take_id(q, r, object, f) == 0 && take_time(r, object, f) == 0)
		result = q->type->parse(q->driver, r, object, f);
	json_decref(object);
	if (result == -1) {
		request_free(q->type, r);
		return -1;
	}
	*q->last = r;
	q->last = &r->next;
	q->open++;
	return 0;
}

/* --- attempts ---------------------------------------------------------------
 */

int64_t
request_attempt_ms(const struct request *r, int64_t now_ms)
{
	int64_t left = r->deadline_ms - now_ms;
	int64_t share = r->time_ms / REQUEST_ATTEMPTS;

	if (share < REQUEST_ATTEMPT_MIN_MS)
		share = REQUEST_ATTEMPT_MIN_MS;
	return left < share ? left : share;
}

int64_t
request_wait_ms(unsigned attempts, int64_t retry_after_ms, uint32_t random)
{
	int64_t wait = WAIT_FIRST_MS;

	if (retry_after_ms > 0)
		return retry_after_ms + random % (REQUEST_SPREAD_MS + 1);
	for (; attempts > 1 && wait < WAIT_MAX_MS; attempts--)
		wait *= 2;
	return wait + random % (uint32_t)(wait / 2 + 1);
}

void
request_answered(struct request *r, const struct request_type *type,
    const struct http_answer *answer, int64_t now_ms)
{
	bool is_final = type->judge(r, answer);

	r->due_ms = now_ms +
	    request_wait_ms(
		r->attempts, answer->retry_after_ms, randombytes_random());
	r->step = is_final || r->due_ms >= r->deadline_ms ? REQUEST_ENDED
							  : REQUEST_WAITING;
}

static void
begin_due(struct requests *q, int64_t now_ms)
{
	static const struct http_answer none = {
	    .end = HTTP_NOT_SENT, .detail = "the request cannot be begun"};
	struct fault f = FAULT_INIT;
	struct request *r;

	for (r = q->first; r != NULL && q->running < HTTP_CONNECTIONS_MAX;
	     r = r->next) {
		if (r->step != REQUEST_WAITING || r->due_ms > now_ms)
			continue;
		r->attempts++;
		if (q->type->begin(q->driver, r, q->http,
			request_attempt_ms(r, now_ms), &f) == 0) {
			r->step = REQUEST_RUNNING;
			q->running++;
		} else {
			fault_clear(&f);
			request_answered(r, q->type, &none, now_ms);
		}
	}
}

/* One that never got a connection must end too. */
static void
end_late(struct requests *q, int64_t now_ms)
{
	struct request *r;

	for (r = q->first; r != NULL; r = r->next)
		if (r->step == REQUEST_WAITING && r->deadline_ms <= now_ms)
			r->step = REQUEST_ENDED;
}

static int
write_ended(struct requests *q, struct buf *out, struct fault *f)
{
	struct request **p = &q->first, *r;

	while ((r = *p) != NULL) {
		if (r->step != REQUEST_ENDED) {
			p = &r->next;
			continue;
		}
		if (q->type->write(r, out, f) == -1 ||
		    buf_append_char(out, '\n', f) == -1)
			return -1;
		*p = r->next;
		if (q->last == &r->next)
			q->last = p;
		request_free(q->type, r);
		q->open--;
	}
	return 0;
}

int
requests_work(struct requests *q, struct buf *out, struct fault *f)
{
	struct http_answer answer;
	int64_t now_ms = clock_monotonic_ms();

	while (http_next(q->http, &answer)) {
		q->running--;
		request_answered(answer.owner, q->type, &answer, now_ms);
		http_answer_release(&answer);
	}
	end_late(q, now_ms);
	begin_due(q, now_ms);
	return write_ended(q, out, f);
}

void
requests_times(const struct requests *q, int64_t *due_ms, int64_t *deadline_ms)
{
	/* With every connection in use only a deadline counts. */
	const bool may_begin = q->running < HTTP_CONNECTIONS_MAX;
	const struct request *r;
	int64_t due;

	*due_ms = INT64_MAX;
	*deadline_ms = 0;
	for (r = q->first; r != NULL; r = r->next) {
		if (r->deadline_ms > *deadline_ms)
			*deadline_ms = r->deadline_ms;
		due = may_begin ? r->due_ms : r->deadline_ms;
		if (r->step != REQUEST_RUNNING && due < *due_ms)
			*due_ms = due;
	}
}
