/*
 * HTTP requests to one service: many at once, over connections that are kept.
 * Nothing here prints, and no request is repeated or redirected by itself,
 * except that libcurl sends a request again when a kept connection turns out
 * to be dead; struct http_answer tells.
 *
 * 1. TLS MUST be 1.2 or later, and certificate and name MUST be verified;
 *    there is no way to turn that off. Plain http only to this machine
 *    (endpoint.h).
 * 2. The environment (http_proxy, SSLKEYLOGFILE) and .netrc MUST NOT matter.
 * 3. A redirect MUST NOT be followed: it is an answer.
 * 4. Whether the request may have reached the service MUST be known for every
 *    end (enum http_end).
 * 5. What libcurl frees MUST be wiped; a request may hold a PIN.
 */
#ifndef COMMON_NET_HTTP_H
#define COMMON_NET_HTTP_H

#include "common/base/buf.h"
#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/net/endpoint.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HTTP_BODY_MAX = 1 << 20,   /* bytes of an answer; longer: HTTP_LOST */
	HTTP_CONNECT_MS = 10000,   /* for name, connection and TLS */
	HTTP_CONNECTIONS_MAX = 32, /* start no more requests at once */
	HTTP_DETAIL_SIZE = 256,
	HTTP_CA_MAX = 4 << 20, /* bytes; a usual bundle has 200 KiB */
	HTTP_PROXY_MAX = 300,
};

/* Whom to trust and the way there, checked before the first request. */
struct http_trust {
	struct buf ca;			/* PEM; empty: the usual ones */
	char proxy[HTTP_PROXY_MAX + 1]; /* "": none */
};

#define HTTP_TRUST_INIT                                                        \
	{                                                                      \
		BUF_INIT(HTTP_CA_MAX), ""                                      \
	}

/*
 * ca_file, NULL for the system's: PEM that takes their place. proxy, NULL for
 * none: http://HOST:PORT or https://HOST:PORT.
 *
 * Fails with STATUS_CONFIG (no such file, no certificate in it, the system has
 * none, proxy not in that form) or STATUS_PERMISSION (the file is writable by
 * others).
 */
MUST_USE int http_trust_load(struct http_trust *t, const char *ca_file,
    const char *proxy, struct fault *f);

void http_trust_release(struct http_trust *t);

struct http; /* all requests of a process; make one */

/*
 * trust is handed over and empty afterwards; the caller keeps it on failure.
 * Fails with STATUS_IO.
 */
MUST_USE int http_new(
    struct http **out, struct http_trust *trust, struct fault *f);

/* Open requests end without an answer. */
void http_free(struct http *h);

struct http_request {
	const struct endpoint *to;
	const char *target;	    /* path and query, from the first '/' */
	const char *const *headers; /* "Name: value", NULL behind the last */
	const char *body;	    /* of a POST; borrowed until the answer */
	size_t body_len;
	int64_t timeout_ms; /* for all of it */
	void *owner;	    /* comes back with the answer */
};

enum http_end {
	HTTP_ANSWERED, /* status and body are whole */
	HTTP_NOT_SENT, /* no connection: not a byte of the request left */
	HTTP_REFUSED,  /* not trusted: not a byte of the request left */
	HTTP_LOST,     /* it may have arrived; no answer that can be read */
};

struct http_answer {
	void *owner;
	enum http_end end;
	bool was_resent; /* an earlier try may have arrived, whatever end is */
	int status;	 /* of HTTP_ANSWERED */
	struct buf body; /* of HTTP_ANSWERED */
	int64_t retry_after_ms; /* what the service asks for; 0: nothing */
	char detail[HTTP_DETAIL_SIZE]; /* why there is no answer */
};

/* POST. Fails with STATUS_IO when it cannot even be begun. */
MUST_USE int http_post(
    struct http *h, const struct http_request *r, struct fault *f);

/*
 * Work on what is open until something happens there or on one of the n
 * descriptors of fds, at most timeout_ms; sets their revents as poll(2).
 */
MUST_USE int http_wait(struct http *h, struct pollfd *fds, unsigned n,
    int timeout_ms, struct fault *f);

/* The next request that ended; false: none. The caller releases the answer. */
bool http_next(struct http *h, struct http_answer *out);
void http_answer_release(struct http_answer *a);

#endif
