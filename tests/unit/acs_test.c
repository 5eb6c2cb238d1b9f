#include "common/net/acs.h"
#include "common/net/acs_answer.h"
#include "common/net/endpoint.h"
#include "tests/unit/check.h"

#include <sodium.h>
#include <stdlib.h>

#define DATE_S 1649873352 /* Wed, 13 Apr 2022 18:09:12 GMT */
#define KEY_ONE "cHc="

static void
set_account(struct acs_account *a, const char *host, const char *key)
{
	struct fault f = FAULT_INIT;
	char text[400];

	(void)snprintf(
	    text, sizeof text, "endpoint=https://%s/;accesskey=%s", host, key);
	CHECK(acs_account_parse(a, text, &f) == 0);
	CHECK_TEXT(f.message, "");
}

/* Known answers of the SDKs. */
static void
hashes(void)
{
	static const struct {
		const char *text, *hash;
	} rows[] = {
	    {"", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
	    {"banana", "tJPUg2Sv5E0RwBZc9HCkFk0eJgmRHvmYvoaNRq3j3k4="},
	    {"\xf0\x9f\x98\x80",
		"8EQ6NCxe9UeDoRG1G6Vsk45HTDIyTZDDpgycjjo34tk="},
	};
	char out[ACS_BASE64_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		acs_hash(out, rows[i].text, strlen(rows[i].text));
		CHECK_TEXT(out, rows[i].hash);
	}
}

static void
hmacs(void)
{
	static const struct {
		const char *text, *hmac;
	} rows[] = {
	    {"banana", "88EC05aAS9iXnaimtNO78JLjiPtfWryQB/5QYEzEsu8="},
	    {"\xf0\x9f\x98\x80",
		"1rudJKjn2Zi+3hRrBG29wIF6pD6YyAeQR1ZcFtXoKAU="},
	};
	struct acs_account a;
	char out[ACS_BASE64_SIZE];
	size_t i;

	set_account(&a, "example.com", "pw==");
	CHECK(a.key_len == 1 && a.key[0] == 0xa7);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		acs_hmac(
		    out, a.key, a.key_len, rows[i].text, strlen(rows[i].text));
		CHECK_TEXT(out, rows[i].hmac);
	}
}

static const char vector_body[] =
    "{\"from\":\"+18001110000\",\"smsRecipients\":[{\"to\":\"+11234567890\"}],"
    "\"message\":\"Your PIN code is: 1234\","
    "\"smsSendOptions\":{\"enableDeliveryReport\":false}}";

#define LONG_KEY                                                               \
	"68810419818922fb0263dd6ee4b9c56537dbad914aa7324a119fce26778a286e"
#define AZURE "contoso.communication.azure.com"
#define OLDER "contoso.communicationservices.azure.com"

static void
signatures(void)
{
	static const struct {
		const char *host, *key, *method, *target, *body, *signature;
	} rows[] = {
	    {"example.com", "pw==", "GET", "/testPath?testQuery=test", "",
		"DGdgwggJWnQyc6EHjR/Vbqg1ES64KpD6U2XwTDDj3tU="},
	    {"example.com", "pw==", "GET", "/testPath", "",
		"+6tWkg3lNKVjQHHmxkdGQcJjUgzclsWTMebnuCz1ngU="},
	    {OLDER, "pw==", "GET", "/", "",
		"88MDmJhUR3m5QhFxb8ztShsSwlGrg7g/6XPnWf7QEO4="},
	    {OLDER, "pw==", "GET", "/testPath", "",
		"RoCrHjw7fb9fpHSbqvRUY2xa8RBS0YvI1cxI1x8AS38="},
	    {OLDER, "pw==", "GET", "/testPath?testQuery=yes", "",
		"il99+rd6V5O136roX/zVePCNle78HmvC4B7tu9zRH3I="},
	    {AZURE, "pw==", "POST", "/sms?api-version=2021-03-07", vector_body,
		"7YIxe07Ap0s+MhL/0FGM8jSH5yv+U1kUraNzw96Zr3A="},
	    {"127.0.0.1:8443", "pw==", "POST", "/sms?api-version=2021-03-07",
		vector_body, "b7pGuwk5orM0wO85fxE6hvx6E8FpBWBCrr/b/uwLk58="},
	    {AZURE ":443", LONG_KEY, "POST", "/sms?api-version=2021-03-07",
		vector_body, "HTdiFzsaNWv30lRJis7qLOEQ8lqbshXdcYNWa2n9hWc="},
	    {AZURE, "pw==", "GET",
		"/deliveryReports/"
		"20200610203725bfd4ba70-70bf-4f77-925d-c0bdb5161bb3"
		"?api-version=2026-01-23",
		"", "mN3ky1QR+qu9cFqIJXxGjQfCjBzgrLwYm/vvpaRLFzM="},
	};
	struct acs_signature sig;
	struct acs_account a;
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct acs_request r = {rows[i].method, rows[i].target,
		    rows[i].body, strlen(rows[i].body)};

		set_account(&a, rows[i].host, rows[i].key);
		CHECK(acs_sign(&sig, &a, &r, DATE_S, &f) == 0);
		CHECK_TEXT(sig.date, "Wed, 13 Apr 2022 18:09:12 GMT");
		CHECK_TEXT(sig.signature, rows[i].signature);
	}
	CHECK(strlen(vector_body) == 146);
	acs_hash(sig.hash, vector_body, strlen(vector_body));
	CHECK_TEXT(sig.hash, "y6esm4ky/t/pAWQeSjbtum+wj+X8sGHF2PTYRSKPHy4=");
}

static void
good_connection_strings(void)
{
	static const struct {
		const char *text, *host;
		bool is_secure;
	} rows[] = {
	    {"endpoint=https://a.b.com/;accesskey=" KEY_ONE, "a.b.com", true},
	    {"accesskey=" KEY_ONE ";endpoint=https://a.b.com", "a.b.com", true},
	    {"Endpoint=HTTPS://A.b.COM//;AccessKey=" KEY_ONE ";", "a.b.com",
		true},
	    {" endpoint = https://a.b.com ; accesskey = " KEY_ONE "\r\n",
		"a.b.com", true},
	    {"x=1;;endpoint=https://a.b.com;accesskey=" KEY_ONE, "a.b.com",
		true},
	    {"endpoint=https://a.b.com:443/;accesskey=" KEY_ONE, "a.b.com",
		true},
	    {"endpoint=https://a.b.com:8443/;accesskey=" KEY_ONE,
		"a.b.com:8443", true},
	    {"endpoint=https://[2001:db8::1]:8443/;accesskey=" KEY_ONE,
		"[2001:db8::1]:8443", true},
	    {"endpoint=http://127.0.0.1:80;accesskey=" KEY_ONE, "127.0.0.1",
		false},
	    {"endpoint=http://127.9.9.255:1;accesskey=" KEY_ONE,
		"127.9.9.255:1", false},
	    {"endpoint=http://LocalHost:8080;accesskey=" KEY_ONE,
		"localhost:8080", false},
	    {"endpoint=http://[::1]:8080/;accesskey=" KEY_ONE, "[::1]:8080",
		false},
	};
	struct acs_account a;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct fault f = FAULT_INIT;

		memset(&a, 0, sizeof a);
		CHECK(acs_account_parse(&a, rows[i].text, &f) == 0);
		CHECK_TEXT(f.message, "");
		CHECK_TEXT(a.endpoint.host, rows[i].host);
		CHECK(a.endpoint.is_secure == rows[i].is_secure);
		CHECK(a.key_len == 2 && memcmp(a.key, "pw", 2) == 0);
	}
}

#define WITH_KEY ";accesskey=" KEY_ONE

static const char *const bad_strings[] = {
    "",
    "hello",
    "endpoint=https://a.b.com",
    "accesskey=" KEY_ONE,
    "endpoint=https://a.b.com;accesskey=",
    "endpoint=;accesskey=" KEY_ONE,
    "endpoint=https://a.b.com;accesskey=c3VwZXI$",
    "endpoint=https://a.b.com;accesskey=c3VwZXI",
    "endpoint=https://a.b.com;accesskey=c3Vw ZXI=",
    "endpoint=https://a.b.com;accesskey=c3VwZXI=x",
    "endpoint=https://a.b.com" WITH_KEY WITH_KEY,
    "endpoint=https://a.b.com;endpoint=https://c.d.com" WITH_KEY,
    "endpoint=a.b.com" WITH_KEY,
    "endpoint=ftp://a.b.com" WITH_KEY,
    "endpoint=file:///etc/passwd" WITH_KEY,
    "endpoint=https://" WITH_KEY,
    "endpoint=https:///" WITH_KEY,
    "endpoint=https://.a.com" WITH_KEY,
    "endpoint=https://a.com." WITH_KEY,
    "endpoint=https://user@a.b.com" WITH_KEY,
    "endpoint=https://user:pw@a.b.com" WITH_KEY,
    "endpoint=https://a.b.com/path" WITH_KEY,
    "endpoint=https://a.b.com?x=1" WITH_KEY,
    "endpoint=https://a.b.com#x" WITH_KEY,
    "endpoint=https://a.b.com\\evil.com" WITH_KEY,
    "endpoint=https://a.b.com:0" WITH_KEY,
    "endpoint=https://a.b.com:65536" WITH_KEY,
    "endpoint=https://a.b.com:" WITH_KEY,
    "endpoint=https://a.b.com:1:2" WITH_KEY,
    "endpoint=https://a.b.com:+1" WITH_KEY,
    "endpoint=https://a b.com" WITH_KEY,
    "endpoint=https://a.b.com%00" WITH_KEY,
    "endpoint=https://a.b.com\r\nX: y" WITH_KEY,
    "endpoint=https://b\xc3\xbc.com" WITH_KEY,
    "endpoint=https://[::1" WITH_KEY,
    "endpoint=https://[]" WITH_KEY,
    "endpoint=https://[x]" WITH_KEY,
    "endpoint=https://::1" WITH_KEY,
    "endpoint=http://a.b.com" WITH_KEY,
    "endpoint=http://127.0.0.1.a.com" WITH_KEY,
    "endpoint=http://127.1" WITH_KEY,
    "endpoint=http://127.0.0.0.1" WITH_KEY,
    "endpoint=http://127.0.0.256" WITH_KEY,
    "endpoint=http://127.0.0.0x1" WITH_KEY,
    "endpoint=http://128.0.0.1" WITH_KEY,
    "endpoint=http://169.254.169.254" WITH_KEY,
    "endpoint=http://0.0.0.0" WITH_KEY,
    "endpoint=http://2130706433" WITH_KEY,
    "endpoint=http://localhost.evil.com" WITH_KEY,
    "endpoint=http://localhost@evil.com" WITH_KEY,
    "endpoint=http://[::ffff:127.0.0.1]" WITH_KEY,
    "endpoint=http://[::2]" WITH_KEY,
};

static void
bad_connection_strings(void)
{
	struct acs_account a, before;
	char what[300];
	size_t i;

	memset(&before, 0x55, sizeof before);
	for (i = 0; i < ARRAY_LEN(bad_strings); i++) {
		struct fault f = FAULT_INIT;
		int r;

		a = before;
		r = acs_account_parse(&a, bad_strings[i], &f);
		(void)snprintf(
		    what, sizeof what, "refused: %s", bad_strings[i]);
		check_that(r == -1 && f.status == STATUS_CONFIG, what, __FILE__,
		    __LINE__);
		check_that(memcmp(&a, &before, sizeof a) == 0, what, __FILE__,
		    __LINE__);
		CHECK(strstr(f.message, KEY_ONE) == NULL);
		CHECK(strstr(f.message, "c3V") == NULL);
	}
}

static void
long_connection_string(void)
{
	struct acs_account a;
	struct fault f = FAULT_INIT;
	char text[700];
	size_t len = strlen("endpoint=https://");

	memcpy(text, "endpoint=https://", len);
	memset(text + len, 'a', 300);
	memcpy(text + len + 300, WITH_KEY, sizeof WITH_KEY);
	CHECK(acs_account_parse(&a, text, &f) == -1);
	fault_clear(&f);
	/* 253 are allowed, but are no name of a host on this machine. */
	memcpy(text + len + 253, WITH_KEY, sizeof WITH_KEY);
	CHECK(acs_account_parse(&a, text, &f) == 0);
	CHECK(strlen(a.endpoint.host) == 253);
}

static void
bodies(void)
{
	struct acs_message m = {.id = "fda6d242-46aa-4247-8bf6-619a1206f9c3",
	    .first_sent = "Mon, 01 Apr 2019 06:22:03 GMT",
	    .from = "+18001110000",
	    .to = "+11234567890",
	    .text = "Your \"PIN\": 1234 \xf0\x9f\x98\x80/\n",
	    .tag = "task 1"};
	struct buf out = BUF_INIT(ACS_BODY_MAX);
	struct fault f = FAULT_INIT;

	CHECK(acs_body(&out, &m, &f) == 0);
	CHECK_TEXT(buf_text(&out),
	    "{\"from\":\"+18001110000\",\"smsRecipients\":[{\"to\":"
	    "\"+11234567890\",\"repeatabilityRequestId\":"
	    "\"fda6d242-46aa-4247-8bf6-619a1206f9c3\","
	    "\"repeatabilityFirstSent\":\"Mon, 01 Apr 2019 06:22:03 GMT\"}],"
	    "\"message\":\"Your \\\"PIN\\\": 1234 \xf0\x9f\x98\x80/\\n\","
	    "\"smsSendOptions\":{\"enableDeliveryReport\":false}}");
	buf_clear(&out);
	m.wants_report = true;
	CHECK(acs_body(&out, &m, &f) == 0);
	CHECK(strstr(buf_text(&out),
		  "\"smsSendOptions\":{\"enableDeliveryReport\":true,"
		  "\"tag\":\"task 1\"}}") != NULL);
	buf_clear(&out);
	m.tag = NULL;
	CHECK(acs_body(&out, &m, &f) == 0);
	CHECK(
	    strstr(buf_text(&out), "\"enableDeliveryReport\":true}}") != NULL);
	buf_release(&out);
}

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
    {500, "", ACS_RETRY, S, "500", ""},
    {503, "{\"error\":{\"code\":\"Busy\",\"message\":\"later\"}}", ACS_RETRY, S,
	"Busy", "later"},
    {599, "", ACS_RETRY, S, "599", ""},
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

static void
waits(void)
{
	static const int64_t base[] = {
	    1000, 2000, 4000, 8000, 16000, 32000, 32000};
	static const uint32_t randoms[] = {0, 1, 12345, 0x7fffffff, 0xffffffff};
	unsigned i, j;
	int64_t ms;

	for (i = 0; i < ARRAY_LEN(base); i++) {
		CHECK(acs_wait_ms(i + 1, 0, 0) == base[i]);
		for (j = 0; j < ARRAY_LEN(randoms); j++) {
			ms = acs_wait_ms(i + 1, 0, randoms[j]);
			CHECK(ms >= base[i] && ms <= base[i] * 3 / 2);
			ms = acs_wait_ms(i + 1, 7000, randoms[j]);
			CHECK(ms >= 7000 && ms <= 7000 + ACS_SPREAD_MS);
		}
	}
	CHECK(acs_wait_ms(0xffffffff, 0, 0) == 32000);
	CHECK(acs_wait_ms(1, -5, 0) == 1000);
}

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	RUN(hashes);
	RUN(hmacs);
	RUN(signatures);
	RUN(good_connection_strings);
	RUN(bad_connection_strings);
	RUN(long_connection_string);
	RUN(bodies);
	RUN(verdicts);
	RUN(texts);
	RUN(long_message_id);
	RUN(settling);
	RUN(waits);
	return check_done();
}
