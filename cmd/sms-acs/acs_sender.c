#include "cmd/sms-acs/acs_sender.h"

#include "cmd/sms-acs/acs_answer.h"
#include "cmd/sms-acs/acs_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
acs_sender_open(struct acs_sender *s, struct acs_account *account,
    const char *version, bool wants_report, struct fault *f)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-";
	size_t len = strlen(version);

	if (len < 1 || len > ACS_VERSION_MAX || strspn(version, allowed) != len)
		return fault_set(f, STATUS_CONFIG,
		    "api-version is not a version: give one such as "
		    "2026-01-23");
	memset(s, 0, sizeof *s);
	s->account = *account;
	acs_account_wipe(account);
	(void)snprintf(
	    s->target, sizeof s->target, "/sms?api-version=%s", version);
	s->wants_report = wants_report;
	s->last = &s->jobs;
	return 0;
}

void
acs_sender_release(struct acs_sender *s)
{
	struct acs_job *next;

	for (; s->jobs != NULL; s->jobs = next) {
		next = s->jobs->next;
		acs_job_free(s->jobs);
	}
	acs_account_wipe(&s->account);
}

static int
take(void *state, const char *line, size_t len, struct fault *f)
{
	struct acs_sender *s = state;
	struct acs_job *job, *other;

	if (acs_job_parse(&job, line, len, s->wants_report, f) == -1)
		return -1;
	for (other = s->jobs; other != NULL; other = other->next)
		if (strcmp(other->id, job->id) == 0) {
			acs_job_free(job);
			return fault_set(f, STATUS_DATA,
			    "malformed request: its id is open already");
		}
	*s->last = job;
	s->last = &job->next;
	s->open++;
	return 0;
}

/* Sign with the date of now and send. */
static int
begin(struct acs_sender *s, struct acs_job *job, int64_t now_ms)
{
	const struct acs_request request = {
	    "POST", s->target, job->body.data, job->body.len};
	char date[64], hash[80], authorization[160];
	const char *const headers[] = {"Content-Type: application/json",
	    "Accept: application/json", date, hash, authorization, NULL};
	const struct http_request http = {&s->account.endpoint, s->target,
	    headers, job->body.data, job->body.len,
	    acs_job_attempt_ms(job, now_ms), job};
	struct acs_signature sig;
	struct fault f = FAULT_INIT;

	if (acs_sign(&sig, &s->account, &request, clock_now_s(), &f) == -1)
		return -1;
	(void)snprintf(date, sizeof date, "x-ms-date: %s", sig.date);
	(void)snprintf(hash, sizeof hash, "x-ms-content-sha256: %s", sig.hash);
	(void)snprintf(authorization, sizeof authorization,
	    "Authorization: HMAC-SHA256 SignedHeaders="
	    "x-ms-date;host;x-ms-content-sha256&Signature=%s",
	    sig.signature);
	return http_post(s->http, &http, &f);
}

static void
begin_due(struct acs_sender *s, int64_t now_ms)
{
	struct http_answer none = {.end = HTTP_NOT_SENT, .detail = "no memory"};
	struct acs_job *job;

	for (job = s->jobs; job != NULL; job = job->next) {
		if (s->running >= HTTP_CONNECTIONS_MAX)
			return;
		if (job->step != ACS_JOB_WAITING || job->due_ms > now_ms)
			continue;
		job->attempts++;
		if (begin(s, job, now_ms) == 0) {
			job->step = ACS_JOB_RUNNING;
			s->running++;
		} else {
			acs_job_answered(job, &none, now_ms);
		}
	}
}

/* A job that never got a connection must end too. */
static void
end_late(struct acs_sender *s, int64_t now_ms)
{
	struct acs_job *job;

	for (job = s->jobs; job != NULL; job = job->next)
		if (job->step == ACS_JOB_WAITING && job->deadline_ms <= now_ms)
			acs_job_give_up(job);
}

static int
write_ended(struct acs_sender *s, struct buf *out, struct fault *f)
{
	struct acs_job **p = &s->jobs, *job;

	while (*p != NULL) {
		job = *p;
		if (job->step != ACS_JOB_ENDED) {
			p = &job->next;
			continue;
		}
		if (acs_job_write(job, out, f) == -1)
			return -1;
		*p = job->next;
		if (s->last == &job->next)
			s->last = p;
		acs_job_free(job);
		s->open--;
	}
	return 0;
}

static int
work(void *state, struct buf *out, struct fault *f)
{
	struct acs_sender *s = state;
	struct http_answer answer;
	int64_t now_ms = clock_monotonic_ms();

	while (http_next(s->http, &answer)) {
		s->running--;
		acs_job_answered(answer.owner, &answer, now_ms);
		http_answer_release(&answer);
	}
	end_late(s, now_ms);
	begin_due(s, now_ms);
	return write_ended(s, out, f);
}

static void
need(void *state, struct serve_need *n)
{
	const struct acs_sender *s = state;
	const struct acs_job *job;
	int64_t due_ms;

	n->open = s->open;
	n->due_ms = INT64_MAX;
	n->deadline_ms = 0;
	for (job = s->jobs; job != NULL; job = job->next) {
		if (job->deadline_ms > n->deadline_ms)
			n->deadline_ms = job->deadline_ms;
		if (job->step == ACS_JOB_RUNNING)
			continue;
		/* With every connection in use only its deadline counts. */
		due_ms = s->running < HTTP_CONNECTIONS_MAX ? job->due_ms
							   : job->deadline_ms;
		if (due_ms < n->due_ms)
			n->due_ms = due_ms;
	}
}

const struct serve_service acs_sender_service = {take, work, need};
