#include "cmd/sms-acs/acs_request.h"

#include "common/base/clock.h"
#include "common/text/json.h"
#include "cmd/sms-acs/acs.h"

#include <stdlib.h>
#include <string.h>

static int
malformed(struct fault *f, const char *member)
{
	return fault_set(
	    f, STATUS_DATA, "malformed request: member \"%s\"", member);
}

static bool
is_uuid(const char *text)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	size_t i;

	if (strlen(text) != ACS_ID_LEN)
		return false;
	for (i = 0; i < ACS_ID_LEN; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
		} else if (strchr(hex, text[i]) == NULL) {
			return false;
		}
	}
	return true;
}

static bool
is_e164(const char *text)
{
	size_t len = strlen(text);

	return text[0] == '+' && len >= 3 && len <= ACS_TO_MAX &&
	    text[1] != '0' && strspn(text + 1, "0123456789") == len - 1;
}

/* "Tue, 24 Nov 2026 10:02:49 GMT": the shape; the service reads it. */
static bool
is_rfc1123(const char *text)
{
	return strlen(text) == 29 && strcmp(text + 25, " GMT") == 0 &&
	    text[3] == ',';
}

static bool
is_some(const char *text)
{
	return text[0] != '\0';
}

static const struct {
	const char *name;
	bool (*is_valid)(const char *text);
} members[] = {
    {"id", is_uuid},
    {"to", is_e164},
    {"from", is_some},
    {"message", is_some},
    {"firstSent", is_rfc1123},
};

static int
check_members(const json_t *request, struct fault *f)
{
	const char *text;
	size_t i;

	if (!json_is_object(request))
		return fault_set(
		    f, STATUS_DATA, "malformed request: not a JSON object");
	for (i = 0; i < ARRAY_LEN(members); i++) {
		text = json_member_text(request, members[i].name);
		if (text == NULL || !members[i].is_valid(text))
			return malformed(f, members[i].name);
	}
	return 0;
}

static int
take_time(struct acs_job *job, const json_t *request, struct fault *f)
{
	const json_t *time = json_object_get(request, "timeoutMs");
	double ms = json_is_number(time) ? json_number_value(time)
					 : ACS_TIME_STANDARD_MS;

	if ((time != NULL && !json_is_number(time)) || ms < 1 ||
	    ms > ACS_TIME_MAX_MS || ms != (double)(int64_t)ms)
		return malformed(f, "timeoutMs");
	job->time_ms = (int64_t)ms;
	job->due_ms = clock_monotonic_ms();
	job->deadline_ms = job->due_ms + job->time_ms;
	return 0;
}

static int
fill(struct acs_job *job, const json_t *request, bool wants_report,
    struct fault *f)
{
	const struct acs_message message = {
	    .id = json_member_text(request, "id"),
	    .first_sent = json_member_text(request, "firstSent"),
	    .from = json_member_text(request, "from"),
	    .to = json_member_text(request, "to"),
	    .text = json_member_text(request, "message"),
	    .tag = json_member_text(request, "tag"),
	    .wants_report = wants_report,
	};

	if (take_time(job, request, f) == -1)
		return -1;
	memcpy(job->id, message.id, strlen(message.id) + 1);
	memcpy(job->to, message.to, strlen(message.to) + 1);
	return acs_body(&job->body, &message, f);
}

int
acs_job_parse(struct acs_job **out, const char *line, size_t len,
    bool wants_report, struct fault *f)
{
	struct acs_job *job = NULL;
	json_t *request = NULL;
	int r = -1;

	if (json_parse(&request, line, len, f) == -1) {
		fault_prefix(f, "malformed request");
		return -1;
	}
	if (check_members(request, f) == -1)
		goto out;
	job = calloc(1, sizeof *job);
	if (job == NULL) {
		(void)fault_set(f, STATUS_IO, "out of memory");
		goto out;
	}
	job->body.max = ACS_BODY_MAX;
	if (fill(job, request, wants_report, f) == -1)
		goto out;
	*out = job;
	job = NULL;
	r = 0;
out:
	acs_job_free(job);
	json_decref(request);
	return r;
}

void
acs_job_free(struct acs_job *job)
{
	if (job == NULL)
		return;
	buf_release(&job->body);
	free(job);
}

int64_t
acs_job_attempt_ms(const struct acs_job *job, int64_t now_ms)
{
	int64_t left = job->deadline_ms - now_ms;
	int64_t share = job->time_ms / ACS_ATTEMPTS;

	if (share < ACS_ATTEMPT_MIN_MS)
		share = ACS_ATTEMPT_MIN_MS;
	return left < share ? left : share;
}

static void
judge(struct acs_job *job, const struct http_answer *a)
{
	struct acs_verdict *v = &job->verdict;

	switch (a->end) {
	case HTTP_ANSWERED:
		acs_judge(
		    v, a->status, buf_text(&a->body), a->body.len, job->to);
		return;
	case HTTP_NOT_SENT:
		acs_judge_unanswered(v, ACS_RETRY, "no-connection", a->detail);
		return;
	case HTTP_REFUSED:
		acs_judge_unanswered(v, ACS_REJECTED, "untrusted", a->detail);
		return;
	case HTTP_LOST:
		break;
	}
	acs_judge_unanswered(v, ACS_UNKNOWN, "no-answer", a->detail);
}

void
acs_job_answered(
    struct acs_job *job, const struct http_answer *answer, int64_t now_ms)
{
	judge(job, answer);
	if (answer->was_resent || job->verdict.outcome == ACS_UNKNOWN)
		job->maybe_taken = true;
	job->step = ACS_JOB_WAITING;
	job->due_ms = now_ms +
	    acs_wait_ms(job->attempts, answer->retry_after_ms, acs_random());
	if (acs_is_final(&job->verdict) || job->due_ms >= job->deadline_ms)
		acs_job_give_up(job);
}

void
acs_job_give_up(struct acs_job *job)
{
	if (job->attempts == 0)
		acs_judge_unanswered(&job->verdict, ACS_RETRY, "not-begun",
		    "no connection was free within the time allowed");
	acs_settle(&job->verdict, job->maybe_taken);
	job->step = ACS_JOB_ENDED;
}

int
acs_job_write(const struct acs_job *job, struct buf *out, struct fault *f)
{
	static const char *const outcomes[] = {
	    [ACS_ACCEPTED] = "accepted",
	    [ACS_REJECTED] = "rejected",
	    [ACS_RETRY] = "retry",
	    [ACS_UNKNOWN] = "unknown",
	};
	const struct acs_verdict *v = &job->verdict;
	const char *scope =
	    v->scope == ACS_SCOPE_RECIPIENT ? "recipient" : "service";
	json_t *answer;
	int r;

	answer = json_pack("{s:s, s:s, s:s*, s:s*, s:s*, s:s*}", "id", job->id,
	    "outcome", outcomes[v->outcome], "scope",
	    v->outcome == ACS_ACCEPTED ? NULL : scope, "messageId",
	    v->message_id[0] == '\0' ? NULL : v->message_id, "code",
	    v->code[0] == '\0' ? NULL : v->code, "detail",
	    v->detail[0] == '\0' ? NULL : v->detail);
	if (answer == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	r = json_write(answer, out, f);
	json_decref(answer);
	return r == 0 ? buf_append_char(out, '\n', f) : -1;
}
