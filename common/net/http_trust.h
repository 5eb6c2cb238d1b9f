/*
 * What an HTTP client of this suite believes: the certificates of authorities
 * and the way through a proxy. Both are checked before the first request.
 */
#ifndef COMMON_NET_HTTP_TRUST_H
#define COMMON_NET_HTTP_TRUST_H

#include "common/base/buf.h"
#include "common/base/cdefs.h"
#include "common/base/fault.h"

enum {
	HTTP_CA_MAX = 4 << 20, /* bytes; a usual bundle has 200 KiB */
	HTTP_PROXY_MAX = 300,
};

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

#endif
