#include "cmd/sms-acs/message.h"

#include "common/base/clock.h"
#include "common/task/e164.h"
#include "common/text/json.h"

#include <stdio.h>
#include <string.h>

enum {
	UUID_LEN = 36,
};

/* --- from its line ----------------------------------------------------------
 */

static bool
is_uuid(const char *text)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	size_t i;

	if (strlen(text) != UUID_LEN)
		return false;
	for (i = 0; i < UUID_LEN; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
		} else if (strchr(hex, text[i]) == NULL) {
			return false;
		}
	}
	return true;
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
    {"to", e164_is_valid},
    {"from", is_some},
    {"message", is_some},
    {"firstSent", is_rfc1123},
};

static int
check_members(const json_t *object, struct fault *f)
{
	const char *text;
	size_t i;

	for (i = 0; i < ARRAY_LEN(members); i++) {
		text = json_member_text(object, members[i].name);
		if (text == NULL || !members[i].is_valid(text))
			return request_malformed(f, members[i].name);
	}
	return 0;
}

static int
parse(void *driver, struct request *r, const json_t *object, struct fault *f)
{
	const struct acs_service *s = driver;
	struct message *m = (struct message *)r;
	const struct acs_message message = {
	    .id = r->id,
	    .first_sent = json_member_text(object, "firstSent"),
	    .from = json_member_text(object, "from"),
	    .to = json_member_text(object, "to"),
	    .text = json_member_text(object, "message"),
	    .tag = json_member_text(object, "tag"),
	    .wants_report = s->wants_report,
	};

	if (check_members(object, f) == -1)
		return -1;
	memcpy(m->to, message.to, strlen(message.to) + 1);
	m->body.max = ACS_BODY_MAX;
	return acs_body(&m->body, &message, f);
}

static void
release(struct request *r)
{
	buf_release(&((struct message *)r)->body);
}

/* --- attempts ---------------------------------------------------------------
 */

/* Sign with the date of now and send. */
static int
begin(void *driver, struct request *r, struct http *http, int64_t time_ms,
    struct fault *f)
{
	const struct acs_service *s = driver;
	const struct message *m = (const struct message *)r;
	const struct acs_request request = {
	    "POST", s->target, m->body.data, m->body.len};
	char date[64], hash[80], authorization[160];
	const char *const headers[] = {"Content-Type: application/json",
	    "Accept: application/json", date, hash, authorization, NULL};
	const struct http_request post = {.to = &s->account.endpoint,
	    .target = s->target,
	    .headers = headers,
	    .body = m->body.data,
	    .body_len = m->body.len,
	    .timeout_ms = time_ms,
	    .owner = r};
	struct acs_signature sig;

	if (acs_sign(&sig, &s->account, &request, clock_now_s(), f) == -1)
		return -1;
	(void)snprintf(date, sizeof date, "x-ms-date: %s", sig.date);
	(void)snprintf(hash, sizeof hash, "x-ms-content-sha256: %s", sig.hash);
	(void)snprintf(authorization, sizeof authorization,
	    "Authorization: HMAC-SHA256 SignedHeaders="
	    "x-ms-date;host;x-ms-content-sha256&Signature=%s",
	    sig.signature);
	return http_post(http, &post, f);
}

static bool
judge(struct request *r, const struct http_answer *a)
{
	struct message *m = (struct message *)r;
	struct acs_verdict *v = &m->verdict;

	switch (a->end) {
	case HTTP_ANSWERED:
		acs_judge(v, a->status, buf_text(&a->body), a->body.len, m->to);
		break;
	case HTTP_NOT_SENT:
		acs_judge_unanswered(v, ACS_RETRY, "no-connection", a->detail);
		break;
	case HTTP_REFUSED:
		acs_judge_unanswered(v, ACS_REJECTED, "untrusted", a->detail);
		break;
	case HTTP_LOST:
		acs_judge_unanswered(v, ACS_UNKNOWN, "no-answer", a->detail);
		break;
	}
	if (a->was_resent || v->outcome == ACS_UNKNOWN)
		m->maybe_taken = true;
	return acs_is_final(v);
}

static const char *
or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static int
write_answer(const struct request *r, struct buf *out, struct fault *f)
{
	static const char *const outcomes[] = {
	    [ACS_ACCEPTED] = "accepted",
	    [ACS_REJECTED] = "rejected",
	    [ACS_RETRY] = "retry",
	    [ACS_UNKNOWN] = "unknown",
	};
	const struct message *m = (const struct message *)r;
	struct acs_verdict v = m->verdict;
	const char *scope;
	json_t *answer;
	int result;

	if (r->attempts == 0)
		acs_judge_unanswered(&v, ACS_RETRY, "not-begun",
		    "no connection was free within the time allowed");
	acs_settle(&v, m->maybe_taken);
	scope = v.scope == ACS_SCOPE_RECIPIENT ? "recipient" : "service";
	answer = json_pack("{s:s, s:s, s:s*, s:s*, s:s*, s:s*}", "id", r->id,
	    "outcome", outcomes[v.outcome], "scope",
	    v.outcome == ACS_ACCEPTED ? NULL : scope, "messageId",
	    or_null(v.message_id), "code", or_null(v.code), "detail",
	    or_null(v.detail));
	result = json_write(answer, out, f);
	json_decref(answer);
	return result;
}

const struct request_type message_type = {
    .hello =
	"{\"twofa\":1,\"kind\":\"sms\",\"repeat\":true,\"needs\":[\"from\"]}",
    .size = sizeof(struct message),
    .parse = parse,
    .begin = begin,
    .judge = judge,
    .write = write_answer,
    .release = release,
};
