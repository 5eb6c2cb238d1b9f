#include "common/base/clock.h"
#include "cmd/sms-acs/acs.h"
#include "cmd/sms-acs/acs_request.h"
#include "common/base/wiping.h"
#include "tests/unit/check.h"

#include <sodium.h>
#include <stdint.h>

static const char good[] =
    "{\"id\":\"00000000-0000-4000-8000-00000000000A\",\"to\":\"+447700900001\","
    "\"from\":\"Acme\",\"message\":\"Your PIN code is: 7301\","
    "\"firstSent\":\"Tue, 24 Nov 2026 10:02:49 GMT\",\"timeoutMs\":30000,"
    "\"later\":{\"unknown\":[1]}}";

static struct acs_job *
new_job(void)
{
	struct fault f = FAULT_INIT;
	struct acs_job *job = NULL;

	CHECK(acs_job_parse(&job, good, sizeof good - 1, false, &f) == 0);
	CHECK_TEXT(f.message, "");
	return job;
}

static void
parsing(void)
{
	struct acs_job *job = new_job();
	int64_t now_ms = clock_monotonic_ms();

	CHECK_TEXT(job->id, "00000000-0000-4000-8000-00000000000A");
	CHECK_TEXT(job->to, "+447700900001");
	CHECK(job->step == ACS_JOB_WAITING && job->attempts == 0);
	CHECK(job->due_ms <= now_ms && job->due_ms > now_ms - 1000);
	CHECK(job->deadline_ms == job->due_ms + 30000);
	acs_job_free(job);
	acs_job_free(NULL);
}

static void
refusing(void)
{
	static const char *const rows[] = {"", "{}", "[]", "1", "{\"id\":1}",
	    "{\"id\":\"00000000-0000-4000-8000-00000000000g\"}",
	    "{\"id\":\"00000000x0000x4000x8000x000000000000\"}"};
	struct acs_job *job = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct fault f = FAULT_INIT;

		CHECK(acs_job_parse(
			  &job, rows[i], strlen(rows[i]), false, &f) == -1);
		CHECK(f.status == STATUS_DATA);
		CHECK(job == NULL);
	}
}

/* A third of the time each, but a second at least and never too long. */
static void
attempt_times(void)
{
	struct acs_job *job = new_job();
	int64_t start = job->due_ms;

	CHECK(acs_job_attempt_ms(job, start) == 10000);
	CHECK(acs_job_attempt_ms(job, start + 19000) == 10000);
	CHECK(acs_job_attempt_ms(job, start + 29900) == 100);
	job->time_ms = 1500;
	job->deadline_ms = start + 1500;
	CHECK(acs_job_attempt_ms(job, start) == 1000);
	CHECK(acs_job_attempt_ms(job, start + 1000) == 500);
	acs_job_free(job);
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
play(struct acs_job *job, struct http_answer a, int64_t after_ms)
{
	job->attempts++;
	job->step = ACS_JOB_RUNNING;
	acs_job_answered(job, &a, job->deadline_ms - job->time_ms + after_ms);
}

static void
waiting(void)
{
	struct acs_job *job = new_job();
	int64_t start = job->due_ms;

	play(job, ended(HTTP_NOT_SENT), 0);
	CHECK(job->step == ACS_JOB_WAITING && !job->maybe_taken);
	CHECK(job->due_ms >= start + 1000 && job->due_ms <= start + 1500);
	play(job, answered(503, 0), 2000);
	CHECK(job->step == ACS_JOB_WAITING && !job->maybe_taken);
	CHECK(job->due_ms >= start + 4000 && job->due_ms <= start + 5000);
	play(job, answered(429, 7000), 5000);
	CHECK(job->due_ms >= start + 12000 && job->due_ms <= start + 12250);
	play(job, answered(429, 60000), 12000);
	CHECK(job->step == ACS_JOB_ENDED);
	CHECK(job->verdict.outcome == ACS_RETRY);
	acs_job_free(job);
}

static void
maybe_taken(void)
{
	static const struct {
		int status;
		enum acs_outcome outcome;
	} rows[] = {{429, ACS_UNKNOWN}, {503, ACS_UNKNOWN}, {401, ACS_UNKNOWN},
	    {409, ACS_UNKNOWN}, {302, ACS_UNKNOWN}};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct acs_job *job = new_job();

		play(job, ended(HTTP_LOST), 0);
		CHECK(job->step == ACS_JOB_WAITING && job->maybe_taken);
		play(job, answered(rows[i].status, 60000), 9000);
		CHECK(job->step == ACS_JOB_ENDED);
		CHECK(job->verdict.outcome == rows[i].outcome);
		acs_job_free(job);
	}
}

static void
resent(void)
{
	struct acs_job *job = new_job();
	struct http_answer a = answered(503, 60000);

	a.was_resent = true;
	play(job, a, 0);
	CHECK(job->step == ACS_JOB_ENDED);
	CHECK(job->verdict.outcome == ACS_UNKNOWN);
	acs_job_free(job);
}

static void
refused(void)
{
	struct acs_job *job = new_job();

	play(job, ended(HTTP_REFUSED), 0);
	CHECK(job->step == ACS_JOB_ENDED);
	CHECK(job->verdict.outcome == ACS_REJECTED);
	CHECK(job->verdict.scope == ACS_SCOPE_SERVICE);
	CHECK_TEXT(job->verdict.detail, "why");
	acs_job_free(job);
}

static void
never_begun(void)
{
	struct acs_job *job = new_job();
	struct buf out = BUF_INIT(4096);
	struct fault f = FAULT_INIT;

	acs_job_give_up(job);
	CHECK(job->step == ACS_JOB_ENDED);
	CHECK(job->verdict.outcome == ACS_RETRY);
	CHECK(acs_job_write(job, &out, &f) == 0);
	CHECK_TEXT(buf_text(&out),
	    "{\"id\":\"00000000-0000-4000-8000-00000000000A\","
	    "\"outcome\":\"retry\",\"scope\":\"service\",\"code\":\"not-"
	    "begun\","
	    "\"detail\":\"no connection was free within the time allowed\"}\n");
	buf_release(&out);
	acs_job_free(job);
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
	RUN(waiting);
	RUN(maybe_taken);
	RUN(resent);
	RUN(refused);
	RUN(never_begun);
	RUN(allocators);
	return check_done();
}
