#include "common/base/clock.h"
#include "cmd/sms-acs/message.h"
#include "common/base/wiping.h"
#include "tests/unit/check.h"

#include <sodium.h>
#include <stdint.h>

static const char good[] =
    "{\"id\":\"00000000-0000-4000-8000-00000000000A\",\"to\":\"+447700900001\","
    "\"from\":\"Acme\",\"message\":\"Your PIN code is: 7301\","
    "\"firstSent\":\"Tue, 24 Nov 2026 10:02:49 GMT\",\"timeoutMs\":30000,"
    "\"later\":{\"unknown\":[1]}}";

static struct acs_service service;
static struct requests open_ones;

static struct message *
new_message(void)
{
	struct fault f = FAULT_INIT;

	requests_init(&open_ones, &message_type, &service, NULL);
	CHECK(requests_take(&open_ones, good, sizeof good - 1, &f) == 0);
	CHECK_TEXT(f.message, "");
	return (struct message *)open_ones.first;
}

static void
parsing(void)
{
	const struct message *m = new_message();
	const struct request *r = &m->request;
	int64_t now_ms = clock_monotonic_ms();
	struct fault f = FAULT_INIT;

	CHECK_TEXT(r->id, "00000000-0000-4000-8000-00000000000A");
	CHECK_TEXT(m->to, "+447700900001");
	CHECK(r->step == REQUEST_WAITING && r->attempts == 0);
	CHECK(r->due_ms <= now_ms && r->due_ms > now_ms - 1000);
	CHECK(r->deadline_ms == r->due_ms + 30000);
	CHECK(requests_take(&open_ones, good, sizeof good - 1, &f) == -1);
	CHECK_TEXT(f.message, "malformed request: its id is open already");
	CHECK(open_ones.open == 1);
	requests_release(&open_ones);
}

static void
refusing(void)
{
	static const char *const rows[] = {"", "{}", "[]", "1", "{\"id\":1}",
	    "{\"id\":\"00000000-0000-4000-8000-00000000000g\"}",
	    "{\"id\":\"00000000x0000x4000x8000x000000000000\"}"};
	size_t i;

	requests_init(&open_ones, &message_type, &service, NULL);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct fault f = FAULT_INIT;

		CHECK(requests_take(&open_ones, rows[i], strlen(rows[i]), &f) ==
		    -1);
		CHECK(f.status == STATUS_DATA);
		CHECK(open_ones.first == NULL && open_ones.open == 0);
	}
}

/* A third of the time each, but a second at least and never too long. */
static void
attempt_times(void)
{
	struct request *r = &new_message()->request;
	int64_t start = r->due_ms;

	CHECK(request_attempt_ms(r, start) == 10000);
	CHECK(request_attempt_ms(r, start + 19000) == 10000);
	CHECK(request_attempt_ms(r, start + 29900) == 100);
	r->time_ms = 1500;
	r->deadline_ms = start + 1500;
	CHECK(request_attempt_ms(r, start) == 1000);
	CHECK(request_attempt_ms(r, start + 1000) == 500);
	requests_release(&open_ones);
}

static void
waits(void)
{
	static const int64_t base[] = {
	    1000, 2000, 4000, 8000, 16000, 32000, 32000};
	static const uint32_t randoms[] = {0, 1, 12345, 0x7fffffff, 0xffffffff};
	unsigned i, j;
	int64_t ms;

	for (i = 0; i < ARRAY_LEN(base); i++) {
		CHECK(request_wait_ms(i + 1, 0, 0) == base[i]);
		for (j = 0; j < ARRAY_LEN(randoms); j++) {
			ms = request_wait_ms(i + 1, 0, randoms[j]);
			CHECK(ms >= base[i] && ms <= base[i] * 3 / 2);
			ms = request_wait_ms(i + 1, 7000, randoms[j]);
			CHECK(ms >= 7000 && ms <= 7000 + REQUEST_SPREAD_MS);
		}
	}
	CHECK(request_wait_ms(0xffffffff, 0, 0) == 32000);
	CHECK(request_wait_ms(1, -5, 0) == 1000);
}

static struct http_answer
ended(enum http_end end)
{
	struct http_answer a = {.end = end, .detail = "why"};

	return a;
}

static struct http_answer
answered(int status, int64_t retry_after_ms)
{
	struct http_answer a = {.end = HTTP_ANSWERED,
	    .status = status,
	    .retry_after_ms = retry_after_ms};

	return a;
}

static void
attempt(struct message *m, struct http_answer a, int64_t after_ms)
{
	struct request *r = &m->request;

	r->attempts++;
	r->step = REQUEST_RUNNING;
	request_answered(
	    r, &message_type, &a, r->deadline_ms - r->time_ms + after_ms);
}

/* It has ended; the answer has that in it. */
static void
answers(const struct message *m, const char *wanted)
{
	struct buf out = BUF_INIT(4096);
	struct fault f = FAULT_INIT;

	CHECK(m->request.step == REQUEST_ENDED);
	CHECK(message_type.write(&m->request, &out, &f) == 0);
	check_that(
	    strstr(buf_text(&out), wanted) != NULL, wanted, __FILE__, __LINE__);
	buf_release(&out);
	requests_release(&open_ones);
}

static void
waiting(void)
{
	struct message *m = new_message();
	const struct request *r = &m->request;
	int64_t start = r->due_ms;

	attempt(m, ended(HTTP_NOT_SENT), 0);
	CHECK(r->step == REQUEST_WAITING && !m->maybe_taken);
	CHECK(r->due_ms >= start + 1000 && r->due_ms <= start + 1500);
	attempt(m, answered(503, 0), 2000);
	CHECK(r->step == REQUEST_WAITING && !m->maybe_taken);
	CHECK(r->due_ms >= start + 4000 && r->due_ms <= start + 5000);
	attempt(m, answered(429, 7000), 5000);
	CHECK(r->due_ms >= start + 12000 && r->due_ms <= start + 12250);
	attempt(m, answered(429, 60000), 12000);
	answers(m, "\"outcome\":\"retry\"");
}

static void
maybe_taken(void)
{
	static const int statuses[] = {429, 503, 401, 409, 302};
	struct message *m;
	size_t i;

	for (i = 0; i < ARRAY_LEN(statuses); i++) {
		m = new_message();
		attempt(m, ended(HTTP_LOST), 0);
		CHECK(m->request.step == REQUEST_WAITING && m->maybe_taken);
		attempt(m, answered(statuses[i], 60000), 9000);
		answers(m, "\"outcome\":\"unknown\"");
	}
}

static void
resent(void)
{
	struct message *m = new_message();
	struct http_answer a = answered(503, 60000);

	a.was_resent = true;
	attempt(m, a, 0);
	answers(m, "\"outcome\":\"unknown\"");
}

static void
refused(void)
{
	struct message *m = new_message();

	attempt(m, ended(HTTP_REFUSED), 0);
	answers(m,
	    "\"outcome\":\"rejected\",\"scope\":\"service\","
	    "\"code\":\"untrusted\",\"detail\":\"why\"}");
}

static void
never_begun(void)
{
	struct message *m = new_message();

	m->request.step = REQUEST_ENDED;
	answers(m,
	    "{\"id\":\"00000000-0000-4000-8000-00000000000A\","
	    "\"outcome\":\"retry\",\"scope\":\"service\",\"code\":\"not-"
	    "begun\","
	    "\"detail\":\"no connection was free within the time "
	    "allowed\"}");
}

static void
allocators(void)
{
	char *p = wiping_strdup("0123456789"), *q;

	q = wiping_realloc(p, 100000);
	CHECK(q != NULL && memcmp(q, "0123456789", 11) == 0);
	p = wiping_realloc(q, 4);
	CHECK(p != NULL && memcmp(p, "0123", 4) == 0);
	wiping_free(p);
	wiping_free(NULL);
	p = wiping_realloc(NULL, 8);
	CHECK(p != NULL && ((uintptr_t)p & 15) == 0);
	wiping_free(p);
	p = wiping_calloc(3, 5);
	CHECK(p != NULL && p[0] == 0 && p[14] == 0);
	wiping_free(p);
	CHECK(wiping_calloc(SIZE_MAX / 2, 3) == NULL);
	CHECK(wiping_malloc(SIZE_MAX) == NULL);
}

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	RUN(parsing);
	RUN(refusing);
	RUN(attempt_times);
	RUN(waits);
	RUN(waiting);
	RUN(maybe_taken);
	RUN(resent);
	RUN(refused);
	RUN(never_begun);
	RUN(allocators);
	return check_done();
}
