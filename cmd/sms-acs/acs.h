/*
 * What Azure Communication Services requires of a client: the connection
 * string, the body of a send request, and its signature. No input or output.
 *
 * 1. The access key MUST NOT leave struct acs_account; acs_account_wipe()
 *    ends it.
 * 2. The body of one request MUST be the same byte for byte whenever it is
 *    built: the service compares a repeated request with the first.
 * 3. What is signed MUST be what is sent: method, path and query, date, host.
 */
#ifndef CMD_SMS_ACS_ACS_H
#define CMD_SMS_ACS_ACS_H

#include "common/base/buf.h"
#include "common/base/cdefs.h"
#include "common/base/clock.h"
#include "common/base/fault.h"
#include "common/net/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ACS_KEY_MAX = 512,	/* bytes of an access key; Azure's have 64 */
	ACS_BASE64_SIZE = 45,	/* 32 bytes in base64 and a NUL */
	ACS_BODY_MAX = 1 << 18, /* bytes of a request's body */
};

struct acs_account {
	struct endpoint endpoint;
	unsigned char key[ACS_KEY_MAX];
	size_t key_len;
};

/*
 * Parse "endpoint=https://NAME/;accesskey=BASE64": keys in any order and
 * case, each value up to the next ';', unknown keys ignored.
 *
 * Fails with STATUS_CONFIG: a part is missing, is given twice or has no '=',
 * the endpoint is refused (endpoint.h), the key is not base64. The message
 * holds nothing of the key. *out is untouched then.
 */
MUST_USE int acs_account_parse(
    struct acs_account *out, const char *text, struct fault *f);
void acs_account_wipe(struct acs_account *a);

/* base64(SHA-256(data)): the header x-ms-content-sha256 for a body. */
void acs_hash(char out[ACS_BASE64_SIZE], const void *data, size_t len);

/* base64(HMAC-SHA-256(key, text)). */
void acs_hmac(char out[ACS_BASE64_SIZE], const unsigned char *key,
    size_t key_len, const char *text, size_t len);

struct acs_signature {
	char date[CLOCK_TEXT_SIZE];	 /* x-ms-date */
	char hash[ACS_BASE64_SIZE];	 /* x-ms-content-sha256 */
	char signature[ACS_BASE64_SIZE]; /* at the end of Authorization */
};

/* What is signed besides the account's host. */
struct acs_request {
	const char *method; /* upper case */
	const char *target; /* path and query as sent, from the first '/' */
	const char *body;
	size_t body_len;
};

/*
 * Sign a request that is sent at now_s.
 * Source: HMAC authentication of Azure Communication Services; the lines of
 * the string are METHOD, target, and date;host;hash.
 */
MUST_USE int acs_sign(struct acs_signature *out, const struct acs_account *a,
    const struct acs_request *r, int64_t now_s, struct fault *f);

/* One message. All text is UTF-8; tag may be NULL. */
struct acs_message {
	const char *id; /* UUID: repeatabilityRequestId */
	const char *first_sent;
	const char *from;
	const char *to;
	const char *text;
	const char *tag;
	bool wants_report;
};

/* Append the body of POST /sms. Fails with STATUS_DATA. */
MUST_USE int acs_body(
    struct buf *out, const struct acs_message *m, struct fault *f);

#endif
