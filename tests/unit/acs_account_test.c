#include "cmd/sms-acs/acs.h"
#include "tests/unit/check.h"

#include <sodium.h>

#define KEY_ONE "cHc="

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
		check_that(memcmp(a.key, before.key, sizeof a.key) == 0 &&
			a.key_len == before.key_len &&
			memcmp(a.endpoint.host, before.endpoint.host,
			    sizeof a.endpoint.host) == 0,
		    what, __FILE__, __LINE__);
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

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	RUN(good_connection_strings);
	RUN(bad_connection_strings);
	RUN(long_connection_string);
	return check_done();
}
