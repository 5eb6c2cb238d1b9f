/*
 * One HTTP request as a handle of libcurl: every option that matters for
 * security is set here (http.h, rules 1 to 4), and its result is read here.
 */
#ifndef COMMON_NET_TRANSFER_H
#define COMMON_NET_TRANSFER_H

#include "common/base/cdefs.h"
#include "common/net/http.h"

#include <curl/curl.h>
#include <stdbool.h>

struct transfer {
	struct transfer *next;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body;
	void *owner;
	unsigned times_sent; /* how often the request began to leave */
	bool is_too_long;
	char error[CURL_ERROR_SIZE];
};

/* NULL: libcurl refuses an option. */
MUST_USE struct transfer *transfer_new(
    const struct http_request *r, const struct http_trust *trust);

/* It is not part of a multi handle any more. NULL is allowed. */
void transfer_free(struct transfer *t);

/* How it ended; the body moves into the answer. */
void transfer_answer(
    struct transfer *t, CURLcode code, struct http_answer *out);

#endif
