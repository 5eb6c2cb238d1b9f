#include "common/net/endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	NAME_MAX_LEN = 253, /* RFC 1035, without the final dot */
};

/* What libcurl understands of the URL; "" for what is not in it. */
struct parts {
	char scheme[8], host[ENDPOINT_HOST_MAX + 1], port[8];
};

static bool
get(CURLU *u, CURLUPart part, char *out, size_t size)
{
	char *text = NULL;
	CURLUcode code = curl_url_get(u, part, &text, 0);
	int n = snprintf(out, size, "%s", text == NULL ? "" : text);

	curl_free(text);
	return (code == CURLUE_OK || code == CURLUE_NO_PORT) && n >= 0 &&
	    (size_t)n < size;
}

/* Is it SCHEME://HOST[:PORT] as it is spelt, but for upper case and '/'? */
static bool
split(struct parts *p, const char *url)
{
	char spelt[sizeof *p + 8];
	CURLU *u = curl_url();
	bool ok = u != NULL &&
	    curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) ==
		CURLUE_OK &&
	    get(u, CURLUPART_SCHEME, p->scheme, sizeof p->scheme) &&
	    get(u, CURLUPART_HOST, p->host, sizeof p->host) &&
	    get(u, CURLUPART_PORT, p->port, sizeof p->port);
	int len = 0;

	curl_url_cleanup(u);
	if (ok)
		len = snprintf(spelt, sizeof spelt, "%s://%s%s%s", p->scheme,
		    p->host, p->port[0] == '\0' ? "" : ":", p->port);
	return ok && strncasecmp(url, spelt, (size_t)len) == 0 &&
	    url[(size_t)len + strspn(url + len, "/")] == '\0';
}

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	if (name[0] == '[')
		return true; /* libcurl has checked it */
	return len > 0 && len <= NAME_MAX_LEN && name[0] != '.' &&
	    strchr("-.", name[len - 1]) == NULL &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-")] ==
	    '\0';
}

static bool
is_loopback(const char *name)
{
	unsigned char ip[4];

	return strcmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 ||
	    (inet_pton(AF_INET, name, ip) == 1 && ip[0] == 127);
}

int
endpoint_parse(struct endpoint *out, const char *url, struct fault *f)
{
	struct endpoint e = {.is_secure = strncasecmp(url, "https://", 8) == 0};
	struct parts p;
	size_t i;

	if (!e.is_secure && strncasecmp(url, "http://", 7) != 0)
		return fault_set(f, STATUS_CONFIG,
		    "the endpoint is no URL: give https://NAME");
	if (!split(&p, url) || strcmp(p.port, "0") == 0)
		return fault_set(f, STATUS_CONFIG,
		    "the endpoint is not https://NAME or https://NAME:PORT");
	for (i = 0; p.host[i] != '\0'; i++)
		if (p.host[i] >= 'A' && p.host[i] <= 'Z')
			p.host[i] = (char)(p.host[i] - 'A' + 'a');
	if (!is_name(p.host))
		return fault_set(f, STATUS_CONFIG,
		    "the endpoint is not https://NAME or https://NAME:PORT");
	if (!e.is_secure && !is_loopback(p.host))
		return fault_set(f, STATUS_CONFIG,
		    "the endpoint is plain http: give https://NAME (http is "
		    "for tests on this machine: localhost, 127.0.0.1, [::1])");
	if (strcmp(p.port, e.is_secure ? "443" : "80") == 0)
		p.port[0] = '\0';
	(void)snprintf(e.host, sizeof e.host, "%s%s%s", p.host,
	    p.port[0] == '\0' ? "" : ":", p.port);
	*out = e;
	return 0;
}
