#include "common/base/cdefs.h"
#include "cmd/sms-acs/acs_answer.h"
#include "tests/unit/check.h"

#define TO "+447700900001"
#define ITEM(rest) "{\"value\":[{\"to\":\"" TO "\"," rest "}]}"
#define PROBLEM(errors) "{\"title\":\"One or more\",\"errors\":{" errors "}}"
#define R ACS_SCOPE_RECIPIENT
#define S ACS_SCOPE_SERVICE

static const struct answer {
	int status;
	const char *body;
	enum acs_outcome outcome;
	enum acs_scope scope;
	const char *code, *detail;
} answers[] = {
    /* one item for this recipient */
    {202,
	ITEM("\"messageId\":\"m1\",\"httpStatusCode\":202,\"successful\":true"),
	ACS_ACCEPTED, S, "202", ""},
    {202, ITEM("\"successful\":true,\"repeatabilityResult\":\"Accepted\""),
	ACS_ACCEPTED, S, "202", ""},
    {202, ITEM("\"httpStatusCode\":500,\"successful\":true"), ACS_UNKNOWN, S,
	"500", "the answer says both successful and failed"},
    {202, ITEM("\"httpStatusCode\":\"202\",\"successful\":true"), ACS_UNKNOWN,
	S, "202", "the answer says both successful and failed"},
    {202, ITEM("\"httpStatusCode\":202,\"successful\":false"), ACS_UNKNOWN, S,
	"202", ""},
    {202, ITEM("\"httpStatusCode\":202,\"successful\":\"true\""), ACS_UNKNOWN,
	S, "202", ""},
    {202, ITEM("\"httpStatusCode\":202"), ACS_UNKNOWN, S, "202", ""},
    {202,
	ITEM("\"httpStatusCode\":202,\"successful\":true,"
	     "\"repeatabilityResult\":\"Rejected\""),
	ACS_UNKNOWN, S, "202", ""},
    {202,
	ITEM("\"httpStatusCode\":400,\"successful\":false,"
	     "\"repeatabilityResult\":\"rejected\",\"errorMessage\":\"date\""),
	ACS_UNKNOWN, S, "400", "date"},
    {202,
	ITEM("\"httpStatusCode\":400,\"successful\":false,"
	     "\"errorMessage\":\"Invalid To phone number format.\""),
	ACS_REJECTED, R, "400", "Invalid To phone number format."},
    {202, ITEM("\"httpStatusCode\":401,\"successful\":false"), ACS_REJECTED, R,
	"401", ""},
    {202, ITEM("\"httpStatusCode\":404,\"successful\":false"), ACS_REJECTED, R,
	"404", ""},
    {202, ITEM("\"httpStatusCode\":408,\"successful\":false"), ACS_UNKNOWN, S,
	"408", ""},
    {202, ITEM("\"httpStatusCode\":409,\"successful\":false"), ACS_UNKNOWN, S,
	"409", ""},
    {202, ITEM("\"httpStatusCode\":412,\"successful\":false"), ACS_UNKNOWN, S,
	"412", ""},
    {202, ITEM("\"httpStatusCode\":429,\"successful\":false"), ACS_RETRY, S,
	"429", ""},
    {202, ITEM("\"httpStatusCode\":500,\"successful\":false"), ACS_RETRY, S,
	"500", ""},
    {202,
	ITEM("\"httpStatusCode\":503,\"successful\":false,\"errorMessage\":"
	     "\"ServiceUnavailable\""),
	ACS_RETRY, S, "503", "ServiceUnavailable"},
    {202, ITEM("\"httpStatusCode\":302,\"successful\":false"), ACS_UNKNOWN, S,
	"302", ""},
    {202, ITEM("\"httpStatusCode\":400.5,\"successful\":false"), ACS_UNKNOWN, S,
	"202", ""},
    /* beside others; none; two */
    {202,
	"{\"value\":[{\"to\":\"+1\",\"httpStatusCode\":400,\"successful\":"
	"false},{\"to\":\"" TO "\",\"successful\":true}]}",
	ACS_ACCEPTED, S, "202", ""},
    {202, "{\"value\":[{\"to\":\"+1\",\"successful\":true}]}", ACS_UNKNOWN, S,
	"202", "the answer is not about this recipient"},
    {202,
	"{\"value\":[{\"to\":\"" TO "\",\"successful\":true},{\"to\":\"" TO
	"\",\"successful\":true}]}",
	ACS_UNKNOWN, S, "202", "the answer is not about this recipient"},
    {202, "{\"value\":[]}", ACS_UNKNOWN, S, "202",
	"the answer is not about this recipient"},
    {202, "{\"value\":{\"to\":\"" TO "\",\"successful\":true}}", ACS_UNKNOWN, S,
	"202", "the answer is not about this recipient"},
    {202, "{\"value\":[null,1,\"x\",[]]}", ACS_UNKNOWN, S, "202",
	"the answer is not about this recipient"},
    {202, "[]", ACS_UNKNOWN, S, "202",
	"the answer is not about this recipient"},
    {202, "null", ACS_UNKNOWN, S, "202",
	"the answer is not about this recipient"},
    {202, "", ACS_UNKNOWN, S, "202", "the answer cannot be read as JSON"},
    {202, "<html>", ACS_UNKNOWN, S, "202", "the answer cannot be read as JSON"},
    {202, "{\"value\":[{\"to\":\"" TO "\",\"successful\":true}]", ACS_UNKNOWN,
	S, "202", "the answer cannot be read as JSON"},
    {202, "{\"value\":[],\"value\":[{\"to\":\"" TO "\",\"successful\":true}]}",
	ACS_UNKNOWN, S, "202", "the answer cannot be read as JSON"},
    /* no other status is success, whatever stands below it */
    {200, ITEM("\"successful\":true"), ACS_UNKNOWN, S, "200", ""},
    {201, "", ACS_UNKNOWN, S, "201", ""},
    {204, "", ACS_UNKNOWN, S, "204", ""},
    {0, "", ACS_UNKNOWN, S, "0", ""},
    {600, "", ACS_UNKNOWN, S, "600", ""},
    {301, "", ACS_REJECTED, S, "301", ""},
    {307, "", ACS_REJECTED, S, "307", ""},
    /* the whole request */
    {400, PROBLEM("\"SmsRecipients\":[\"Invalid recipient.\"]"), ACS_REJECTED,
	R, "400", "Invalid recipient."},
    {400, PROBLEM("\"SmsRecipients[0].To\":[\"x\"]"), ACS_REJECTED, R, "400",
	"x"},
    {400, PROBLEM("\"smsRecipients.to\":[]"), ACS_REJECTED, R, "400",
	"One or more"},
    {400, PROBLEM("\"SmsRecipientsX\":[\"x\"]"), ACS_REJECTED, S, "400", "x"},
    {400, PROBLEM("\"From\":[\"Invalid from.\"]"), ACS_REJECTED, S, "400",
	"Invalid from."},
    {400, PROBLEM("\"SmsRecipients\":[\"a\"],\"From\":[\"b\"]"), ACS_REJECTED,
	S, "400", "b"},
    {400, PROBLEM(""), ACS_REJECTED, S, "400", "One or more"},
    {400, "{\"errors\":[\"SmsRecipients\"]}", ACS_REJECTED, S, "400", ""},
    {422, PROBLEM("\"SmsRecipients\":[\"x\"]"), ACS_REJECTED, S, "422", "x"},
    {400,
	"{\"error\":{\"code\":\"ApiVersionUnspecified\",\"message\":\"An API "
	"version is required\",\"innerError\":null}}",
	ACS_REJECTED, S, "ApiVersionUnspecified", "An API version is required"},
    {400, "", ACS_REJECTED, S, "400", ""},
    {401, "{\"error\":{\"code\":\"Unauthorized\",\"message\":\"\"}}",
	ACS_REJECTED, S, "Unauthorized", ""},
    {403, "Forbidden", ACS_REJECTED, S, "403", "Forbidden"},
    {404, "null", ACS_REJECTED, S, "404", ""},
    {408, "", ACS_UNKNOWN, S, "408", ""},
    {409, "", ACS_UNKNOWN, S, "409", ""},
    {412, "", ACS_UNKNOWN, S, "412", ""},
    {413, "<html>", ACS_REJECTED, S, "413", "<html>"},
    {429, "", ACS_RETRY, S, "429", ""},
    {500, "", ACS_UNKNOWN, S, "500", ""},
    {502, "", ACS_UNKNOWN, S, "502", ""},
    {504, "", ACS_UNKNOWN, S, "504", ""},
    {503, "{\"error\":{\"code\":\"Busy\",\"message\":\"later\"}}", ACS_RETRY, S,
	"Busy", "later"},
    {599, "", ACS_UNKNOWN, S, "599", ""},
};

static void
verdicts(void)
{
	struct acs_verdict v;
	char what[200];
	size_t i;

	for (i = 0; i < ARRAY_LEN(answers); i++) {
		const struct answer *a = &answers[i];

		acs_judge(&v, a->status, a->body, strlen(a->body), TO);
		(void)snprintf(
		    what, sizeof what, "%d %.150s", a->status, a->body);
		check_that(v.outcome == a->outcome, what, __FILE__, __LINE__);
		check_that(v.scope == a->scope, what, __FILE__, __LINE__);
		CHECK_TEXT(v.code, a->code);
		CHECK_TEXT(v.detail, a->detail);
		CHECK(v.message_id[0] == '\0' || v.outcome == ACS_ACCEPTED);
	}
	acs_judge(&v, 202, answers[0].body, strlen(answers[0].body), TO);
	CHECK_TEXT(v.message_id, "m1");
}

/* Numbers, PINs and control characters do not come through. */
static void
texts(void)
{
	static const char body[] =
	    "{\"error\":{\"code\":\"A\\u001b[31m\",\"message\":\"to " TO
	    " PIN 1234, 123 \\u00e9\\n9876543210\"}}";
	struct acs_verdict v;
	char longer[3000];

	acs_judge(&v, 403, body, sizeof body - 1, TO);
	CHECK_TEXT(v.code, "A?[31m");
	CHECK_TEXT(v.detail, "to +* PIN *, 123 ???*");
	memset(longer, 'x', sizeof longer);
	acs_judge(&v, 403, longer, sizeof longer, TO);
	CHECK(strlen(v.detail) == ACS_DETAIL_SIZE - 1);
	memset(longer, '7', sizeof longer);
	acs_judge(&v, 403, longer, sizeof longer, TO);
	CHECK_TEXT(v.detail, "*");
	acs_judge_unanswered(&v, ACS_RETRY, "no-connection", "port 8443");
	CHECK_TEXT(v.detail, "port 8443");
}

static void
long_message_id(void)
{
	struct acs_verdict v;
	char body[600], id[400];

	memset(id, 'i', sizeof id - 1);
	id[sizeof id - 1] = '\0';
	(void)snprintf(body, sizeof body,
	    ITEM("\"successful\":true,\"messageId\":\"%s\""), id);
	acs_judge(&v, 202, body, strlen(body), TO);
	CHECK(v.outcome == ACS_ACCEPTED);
	CHECK(strlen(v.message_id) == ACS_MESSAGE_ID_SIZE - 1);
}

static void
settling(void)
{
	static const struct {
		enum acs_outcome outcome;
		enum acs_scope scope;
		bool is_final;
		enum acs_outcome when_maybe_taken;
	} rows[] = {
	    {ACS_ACCEPTED, S, true, ACS_ACCEPTED},
	    {ACS_REJECTED, R, true, ACS_REJECTED},
	    {ACS_REJECTED, S, true, ACS_UNKNOWN},
	    {ACS_RETRY, S, false, ACS_UNKNOWN},
	    {ACS_UNKNOWN, S, false, ACS_UNKNOWN},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct acs_verdict v = {
		    .outcome = rows[i].outcome, .scope = rows[i].scope};

		CHECK(acs_is_final(&v) == rows[i].is_final);
		acs_settle(&v, false);
		CHECK(v.outcome == rows[i].outcome);
		acs_settle(&v, true);
		CHECK(v.outcome == rows[i].when_maybe_taken);
	}
}

int
main(void)
{
	RUN(verdicts);
	RUN(texts);
	RUN(long_message_id);
	RUN(settling);
	return check_done();
}
