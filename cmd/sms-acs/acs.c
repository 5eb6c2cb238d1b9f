#include "cmd/sms-acs/acs.h"

#include "common/settings/secret.h"
#include "common/text/json.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

_Static_assert(sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL) ==
	ACS_BASE64_SIZE,
    "SHA-256 in base64");

/* Cut the blanks at both ends off. */
static char *
trim(char *text)
{
	static const char blanks[] = " \t\r\n";
	size_t len;

	text += strspn(text, blanks);
	len = strlen(text);
	while (len > 0 && strchr(blanks, text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

static int
take_key(struct acs_account *a, const char *value, struct fault *f)
{
	if (a->key_len != 0)
		return fault_set(f, STATUS_CONFIG, "accesskey is given twice");
	if (sodium_base642bin(a->key, sizeof a->key, value, strlen(value), NULL,
		&a->key_len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    a->key_len == 0)
		return fault_set(f, STATUS_CONFIG,
		    "the accesskey is not base64: copy it again, with the "
		    "'=' at its end");
	return 0;
}

static int
take_part(
    struct acs_account *a, const char *key, const char *value, struct fault *f)
{
	if (strcasecmp(key, "accesskey") == 0)
		return take_key(a, value, f);
	if (strcasecmp(key, "endpoint") != 0)
		return 0;
	if (a->endpoint.host[0] != '\0')
		return fault_set(f, STATUS_CONFIG, "endpoint is given twice");
	return endpoint_parse(&a->endpoint, value, f);
}

/* Cuts text up. */
static int
take_parts(struct acs_account *a, char *text, struct fault *f)
{
	char *key, *value, *next;

	for (; text != NULL; text = next) {
		next = strchr(text, ';');
		if (next != NULL)
			*next++ = '\0';
		key = trim(text);
		if (key[0] == '\0')
			continue;
		/* The first '=': a key in base64 ends in more of them. */
		value = strchr(key, '=');
		if (value == NULL)
			return fault_set(f, STATUS_CONFIG,
			    "not a connection string: copy "
			    "endpoint=...;accesskey=... as the Azure portal "
			    "shows it");
		*value++ = '\0';
		if (take_part(a, trim(key), trim(value), f) == -1)
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
	struct buf copy = BUF_INIT(SECRET_MAX);
	struct acs_account a;
	int r;

	memset(&a, 0, sizeof a);
	r = buf_append_text(&copy, text, f);
	if (r == 0)
		r = take_parts(&a, copy.data, f);
	if (r == 0)
		*out = a;
	buf_release(&copy);
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
