#include "cmd/sms-acs/acs.h"
#include "tests/unit/check.h"

#include <sodium.h>

#define DATE_S 1649873352 /* Wed, 13 Apr 2022 18:09:12 GMT */

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

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	RUN(hashes);
	RUN(hmacs);
	RUN(signatures);
	RUN(bodies);
	return check_done();
}
