#include "cmd/sms-acs/acs.h"

#include "common/text/json.h"
#include "common/settings/secret.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

_Static_assert(sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL) ==
	ACS_BASE64_SIZE,
    "SHA-256 in base64");

/* KEY=VALUE in a connection string; borrowed from it. */
struct part {
	const char *key, *value;
	size_t key_len, value_len;
};

static void
trim(const char **text, size_t *len)
{
	while (*len > 0 && strchr(" \t\r\n", (*text)[0]) != NULL) {
		(*text)++;
		(*len)--;
	}
	while (*len > 0 && strchr(" \t\r\n", (*text)[*len - 1]) != NULL)
		(*len)--;
}

/* 1 and the part at *text, 0 if that is empty; *text goes on to the next. */
static int
part_next(struct part *p, const char **text, struct fault *f)
{
	const char *equals;
	size_t len = strcspn(*text, ";");

	*p = (struct part){.key = *text, .key_len = len, .value = ""};
	*text += len + ((*text)[len] == ';' ? 1 : 0);
	trim(&p->key, &p->key_len);
	if (p->key_len == 0)
		return 0;
	/* The first '=': a key in base64 ends in more of them. */
	equals = memchr(p->key, '=', p->key_len);
	if (equals == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "not a connection string: copy endpoint=...;accesskey=... "
		    "as the Azure portal shows it");
	p->value = equals + 1;
	p->value_len = p->key_len - (size_t)(p->value - p->key);
	p->key_len = (size_t)(equals - p->key);
	trim(&p->key, &p->key_len);
	trim(&p->value, &p->value_len);
	return 1;
}

static bool
part_is(const struct part *p, const char *key)
{
	return strlen(key) == p->key_len &&
	    strncasecmp(p->key, key, p->key_len) == 0;
}

static int
take_endpoint(struct acs_account *a, const struct part *p, struct fault *f)
{
	char url[ENDPOINT_HOST_MAX + 16];

	if (a->endpoint.host[0] != '\0')
		return fault_set(f, STATUS_CONFIG, "endpoint stands twice");
	if (p->value_len >= sizeof url)
		return fault_set(f, STATUS_CONFIG, "the endpoint is too long");
	memcpy(url, p->value, p->value_len);
	url[p->value_len] = '\0';
	return endpoint_parse(&a->endpoint, url, f);
}

static int
take_key(struct acs_account *a, const struct part *p, struct fault *f)
{
	if (a->key_len != 0)
		return fault_set(f, STATUS_CONFIG, "accesskey stands twice");
	if (sodium_base642bin(a->key, sizeof a->key, p->value, p->value_len,
		NULL, &a->key_len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    a->key_len == 0)
		return fault_set(f, STATUS_CONFIG,
		    "the accesskey is not base64: copy it again, with the "
		    "'=' at its end");
	return 0;
}

static int
take_parts(struct acs_account *a, const char *text, struct fault *f)
{
	struct part p;
	int r;

	while (*text != '\0') {
		r = part_next(&p, &text, f);
		if (r == 1 && part_is(&p, "endpoint"))
			r = take_endpoint(a, &p, f);
		else if (r == 1 && part_is(&p, "accesskey"))
			r = take_key(a, &p, f);
		if (r == -1)
			return -1;
	}
	if (a->endpoint.host[0] == '\0')
		return fault_set(f, STATUS_CONFIG,
		    "no endpoint=https://NAME in the connection string");
	if (a->key_len == 0)
		return fault_set(f, STATUS_CONFIG,
		    "no accesskey=KEY in the connection string");
	return 0;
}

int
acs_account_parse(struct acs_account *out, const char *text, struct fault *f)
{
	struct acs_account a;
	int r;

	memset(&a, 0, sizeof a);
	r = take_parts(&a, text, f);
	if (r == 0)
		*out = a;
	acs_account_wipe(&a);
	return r;
}

void
acs_account_wipe(struct acs_account *a)
{
	sodium_memzero(a, sizeof *a);
}

static void
encode(char out[ACS_BASE64_SIZE], const unsigned char sum[32])
{
	(void)sodium_bin2base64(
	    out, ACS_BASE64_SIZE, sum, 32, sodium_base64_VARIANT_ORIGINAL);
}

void
acs_hash(char out[ACS_BASE64_SIZE], const void *data, size_t len)
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256(sum, data, len);
	encode(out, sum);
}

void
acs_hmac(char out[ACS_BASE64_SIZE], const unsigned char *key, size_t key_len,
    const char *text, size_t len)
{
	crypto_auth_hmacsha256_state state; /* takes a key of any length */
	unsigned char sum[crypto_auth_hmacsha256_BYTES];

	(void)crypto_auth_hmacsha256_init(&state, key, key_len);
	(void)crypto_auth_hmacsha256_update(
	    &state, (const unsigned char *)text, len);
	(void)crypto_auth_hmacsha256_final(&state, sum);
	encode(out, sum);
	sodium_memzero(&state, sizeof state);
}

int
acs_sign(struct acs_signature *out, const struct acs_account *a,
    const struct acs_request *r, int64_t now_s, struct fault *f)
{
	struct buf text = BUF_INIT(SECRET_MAX);
	struct acs_signature s;
	int result;

	clock_rfc1123(s.date, now_s);
	acs_hash(s.hash, r->body, r->body_len);
	result = buf_printf(&text, f, "%s\n%s\n%s;%s;%s", r->method, r->target,
	    s.date, a->endpoint.host, s.hash);
	if (result == 0) {
		acs_hmac(s.signature, a->key, a->key_len, text.data, text.len);
		*out = s;
	}
	buf_release(&text);
	return result;
}

int
acs_body(struct buf *out, const struct acs_message *m, struct fault *f)
{
	json_t *body;
	int r;

	/* jansson writes members in the order in which they were put in. */
	body =
	    json_pack("{s:s, s:[{s:s, s:s, s:s}], s:s, s:{s:b, s:s*}}", "from",
		m->from, "smsRecipients", "to", m->to, "repeatabilityRequestId",
		m->id, "repeatabilityFirstSent", m->first_sent, "message",
		m->text, "smsSendOptions", "enableDeliveryReport",
		(int)m->wants_report, "tag", m->wants_report ? m->tag : NULL);
	r = json_write(body, out, f);
	json_decref(body);
	return r;
}
