/*
 * Where a service is: scheme, host and port of an URL, and nothing else.
 *
 * 1. Plain http MUST be refused unless the host, as it is spelt, is this
 *    machine: localhost, [::1] or 127.0.0.0/8 in four decimal numbers. What a
 *    name resolves to does not count.
 * 2. An URL with a user, a path, a query or a fragment MUST be refused: it
 *    would not be sent, or would be sent where nobody expects it.
 */
#ifndef COMMON_NET_ENDPOINT_H
#define COMMON_NET_ENDPOINT_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

#include <stdbool.h>

enum {
	ENDPOINT_HOST_MAX = 253 + 6, /* a name and ":65535" */
};

struct endpoint {
	bool is_secure;			  /* https */
	char host[ENDPOINT_HOST_MAX + 1]; /* lower case; the Host header */
};

/*
 * Take "https://NAME[:PORT]" apart. One or more '/' at its end are ignored; a
 * port that is the scheme's own is left out of host, because clients and
 * services leave it out of the Host header.
 *
 * Fails with STATUS_CONFIG.
 */
MUST_USE int endpoint_parse(
    struct endpoint *out, const char *url, struct fault *f);

#endif
