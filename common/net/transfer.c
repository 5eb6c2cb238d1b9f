#include "common/net/transfer.h"

#include "common/base/memory.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RETRY_AFTER_MAX_S = 86400,
};

static size_t
take_body(char *data, size_t size, size_t n, void *owner)
{
	struct transfer *t = owner;
	struct fault f = FAULT_INIT;

	/* A smaller number than was given ends the transfer. */
	if (buf_append(&t->body, data, size * n, &f) == 0)
		return size * n;
	t->is_too_long = true;
	return 0;
}

/* Connection and TLS are complete; the request is sent next. */
static int
note_sending(void *owner, char *peer, char *self, int peer_port, int self_port)
{
	struct transfer *t = owner;

	(void)peer;
	(void)self;
	(void)peer_port;
	(void)self_port;
	t->times_sent++;
	return CURL_PREREQFUNC_OK;
}

static const struct {
	CURLoption option;
	long value;
} fixed_options[] = {
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_PROXY_SSL_VERIFYPEER, 1},
    {CURLOPT_PROXY_SSL_VERIFYHOST, 2},
    /* Or later. */
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
    {CURLOPT_HTTP09_ALLOWED, 0},
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_TCP_KEEPALIVE, 1},
    {CURLOPT_POST, 1},
    {CURLOPT_MAXFILESIZE, HTTP_BODY_MAX},
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Do not wait for a name server that does not answer. */
    {CURLOPT_QUICK_EXIT, 1},
#endif
};

/* Whether the option is set. */
#define SET(option, value)                                                     \
	(curl_easy_setopt(t->easy, CURLOPT_##option, (value)) == CURLE_OK)

static bool
set_certificates(struct transfer *t, const struct buf *ca)
{
	struct curl_blob blob = {ca->data, ca->len, CURL_BLOB_NOCOPY};

	/* In place of the system's, not beside them. */
	return ca->len == 0 ||
	    (SET(CAINFO_BLOB, &blob) && SET(CAPATH, NULL) &&
		SET(PROXY_CAINFO_BLOB, &blob) && SET(PROXY_CAPATH, NULL));
}

static bool
set_security(struct transfer *t, const struct http_trust *trust,
    const struct endpoint *to)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(fixed_options); i++)
		if (curl_easy_setopt(t->easy, fixed_options[i].option,
			fixed_options[i].value) != CURLE_OK)
			return false;
	/* An empty text, unlike NULL, keeps the environment out. */
	return SET(PROTOCOLS_STR, to->is_secure ? "https" : "http") &&
	    SET(PROXY, trust->proxy) &&
	    SET(NOPROXY, trust->proxy[0] == '\0' ? "*" : "") &&
	    set_certificates(t, &trust->ca);
}

static bool
set_request(struct transfer *t, const struct http_request *r)
{
	long timeout_ms = r->timeout_ms < 1 ? 1
	    : r->timeout_ms > INT_MAX	    ? INT_MAX
					    : (long)r->timeout_ms;
	char url[ENDPOINT_HOST_MAX + 512];
	int n;

	n = snprintf(url, sizeof url, "%s://%s%s",
	    r->to->is_secure ? "https" : "http", r->to->host, r->target);
	return n >= 0 && (size_t)n < sizeof url && SET(URL, url) &&
	    SET(POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len) &&
	    SET(POSTFIELDS, r->body) && SET(TIMEOUT_MS, timeout_ms) &&
	    SET(CONNECTTIMEOUT_MS, (long)HTTP_CONNECT_MS) &&
	    SET(USERAGENT, "twofa/" TWOFA_VERSION);
}

static bool
set_callbacks(struct transfer *t)
{
	return SET(PRIVATE, t) && SET(ERRORBUFFER, t->error) &&
	    SET(WRITEFUNCTION, take_body) && SET(WRITEDATA, t) &&
	    SET(PREREQFUNCTION, note_sending) && SET(PREREQDATA, t);
}

static bool
add_header(struct transfer *t, const char *header)
{
	struct curl_slist *longer = curl_slist_append(t->headers, header);

	if (longer == NULL)
		return false;
	t->headers = longer;
	return true;
}

static bool
set_headers(struct transfer *t, const struct http_request *r)
{
	char host[ENDPOINT_HOST_MAX + 8];
	size_t i;

	/* Host as it was signed; an empty Expect saves a round trip. */
	(void)snprintf(host, sizeof host, "Host: %s", r->to->host);
	if (!add_header(t, host) || !add_header(t, "Expect:"))
		return false;
	for (i = 0; r->headers[i] != NULL; i++)
		if (!add_header(t, r->headers[i]))
			return false;
	return SET(HTTPHEADER, t->headers);
}

struct transfer *
transfer_new(const struct http_request *r, const struct http_trust *trust)
{
	struct transfer *t = memory_new(1, sizeof *t);

	t->body.max = HTTP_BODY_MAX;
	t->owner = r->owner;
	t->easy = curl_easy_init();
	if (t->easy != NULL && set_security(t, trust, r->to) &&
	    set_request(t, r) && set_callbacks(t) && set_headers(t, r))
		return t;
	transfer_free(t);
	return NULL;
}

void
transfer_free(struct transfer *t)
{
	if (t == NULL)
		return;
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	buf_release(&t->body);
	free(t);
}

static enum http_end
end_of(const struct transfer *t, CURLcode code)
{
	if (code == CURLE_OK)
		return HTTP_ANSWERED;
	if (t->times_sent > 0)
		return HTTP_LOST;
	return code == CURLE_PEER_FAILED_VERIFICATION ||
		code == CURLE_SSL_CACERT_BADFILE ||
		code == CURLE_SSL_ISSUER_ERROR ||
		code == CURLE_UNSUPPORTED_PROTOCOL ||
		code == CURLE_URL_MALFORMAT
	    ? HTTP_REFUSED
	    : HTTP_NOT_SENT;
}

static void
take_status(struct http_answer *a, CURL *easy)
{
	curl_off_t after_s = 0;
	long status = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	a->status = (int)status;
	/* Seconds or a date, which libcurl has turned into seconds. */
	(void)curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after_s);
	if (after_s > RETRY_AFTER_MAX_S)
		after_s = RETRY_AFTER_MAX_S;
	a->retry_after_ms = after_s > 0 ? (int64_t)after_s * 1000 : 0;
}

static void
set_detail(struct http_answer *a, const struct transfer *t, CURLcode code)
{
	const char *text = t->error;

	if (t->is_too_long || code == CURLE_FILESIZE_EXCEEDED)
		text = "the answer is longer than 1 MiB";
	else if (text[0] == '\0')
		text = curl_easy_strerror(code);
	(void)snprintf(a->detail, sizeof a->detail, "%s", text);
}

void
transfer_answer(struct transfer *t, CURLcode code, struct http_answer *out)
{
	static const struct buf none = BUF_INIT(HTTP_BODY_MAX);

	memset(out, 0, sizeof *out);
	out->owner = t->owner;
	out->end = end_of(t, code);
	out->was_resent = t->times_sent > 1;
	out->body = none;
	if (out->end != HTTP_ANSWERED) {
		set_detail(out, t, code);
		return;
	}
	take_status(out, t->easy);
	out->body = t->body;
	t->body = none;
}
