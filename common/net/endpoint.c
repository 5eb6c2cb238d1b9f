#include "common/net/endpoint.h"

#include "common/base/number.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	NAME_MAX_LEN = 253, /* RFC 1035, without the final dot */
	PORT_HTTP = 80,
	PORT_HTTPS = 443,
};

static bool
is_ipv4_loopback(const char *name)
{
	char part[4];
	unsigned long value;
	size_t len;
	int i;

	if (strncmp(name, "127.", 4) != 0)
		return false;
	for (i = 0; i < 4; i++) {
		len = strcspn(name, ".");
		if (len == 0 || len >= sizeof part)
			return false;
		memcpy(part, name, len);
		part[len] = '\0';
		if (!number_parse(&value, part, 0, 255))
			return false;
		name += len;
		if (*name == '.' && i < 3)
			name++;
	}
	return *name == '\0';
}

static bool
is_loopback(const char *name)
{
	return strcmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 ||
	    is_ipv4_loopback(name);
}

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	if (name[0] == '[')
		return len > 3 && name[len - 1] == ']' &&
		    strspn(name + 1, "0123456789abcdef:.") == len - 2;
	return len > 0 && len <= NAME_MAX_LEN && name[0] != '.' &&
	    strchr("-.", name[len - 1]) == NULL &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-")] ==
	    '\0';
}

/* Cut ":PORT" off; the scheme's own port if there is none. */
static bool
cut_port(char *host, unsigned long *port)
{
	char *end = strrchr(host, ']');
	char *colon = strchr(end == NULL ? host : end, ':');

	if (colon == NULL)
		return true;
	*colon = '\0';
	return number_parse(port, colon + 1, 1, 65535);
}

static void
make_lower(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
}

static int
check_plain(const char *host, struct fault *f)
{
	if (is_loopback(host))
		return 0;
	return fault_set(f, STATUS_CONFIG,
	    "the endpoint is plain http: give https://NAME (http is for tests "
	    "on this machine: localhost, 127.0.0.1, [::1])");
}

int
endpoint_parse(struct endpoint *out, const char *url, struct fault *f)
{
	struct endpoint e = {.is_secure = strncasecmp(url, "https://", 8) == 0};
	unsigned long own = e.is_secure ? PORT_HTTPS : PORT_HTTP, port = own;
	const char *host = url + (e.is_secure ? 8 : 7);
	size_t len;

	if (!e.is_secure && strncasecmp(url, "http://", 7) != 0)
		return fault_set(f, STATUS_CONFIG,
		    "the endpoint is no URL: give https://NAME");
	len = strlen(host);
	while (len > 0 && host[len - 1] == '/')
		len--;
	if (len >= sizeof e.host)
		return fault_set(
		    f, STATUS_CONFIG, "the endpoint's name is too long");
	memcpy(e.host, host, len);
	make_lower(e.host);
	if (!cut_port(e.host, &port) || !is_name(e.host))
		return fault_set(f, STATUS_CONFIG,
		    "the endpoint is not https://NAME or https://NAME:PORT");
	if (!e.is_secure && check_plain(e.host, f) == -1)
		return -1;
	len = strlen(e.host);
	if (port != own)
		(void)snprintf(e.host + len, sizeof e.host - len, ":%lu", port);
	*out = e;
	return 0;
}
