#include "common/net/http_trust.h"

#include "common/file/file.h"

#include <curl/curl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static int
check_certificates(const struct buf *ca, const char *file, struct fault *f)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	static const char end[] = "-----END CERTIFICATE-----";
	const char *text = strstr(buf_text(ca), begin);

	/* "MI" is how every certificate begins: DER, a long sequence. */
	if (text != NULL) {
		text += sizeof begin - 1;
		text += strspn(text, "\r\n");
		if (strncmp(text, "MI", 2) == 0 && strstr(text, end) != NULL)
			return 0;
	}
	return fault_set(f, STATUS_CONFIG,
	    "%s: holds no certificate: give a PEM file with BEGIN CERTIFICATE",
	    file);
}

/* libcurl would find out at the first request only. */
static int
check_system_certificates(struct fault *f)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	if ((v->cainfo != NULL && access(v->cainfo, R_OK) == 0) ||
	    (v->capath != NULL && access(v->capath, R_OK) == 0) ||
	    (v->cainfo == NULL && v->capath == NULL))
		return 0;
	return fault_set(f, STATUS_CONFIG,
	    "%s: no certificates of authorities: install ca-certificates, or "
	    "give ca=FILE in the address",
	    v->cainfo != NULL ? v->cainfo : v->capath);
}

static int
check_proxy(const char *proxy, struct fault *f)
{
	const char *host = strstr(proxy, "://");

	if (strlen(proxy) <= HTTP_PROXY_MAX && host != NULL &&
	    (strncmp(proxy, "http://", 7) == 0 ||
		strncmp(proxy, "https://", 8) == 0) &&
	    host[3] != '\0' && strpbrk(host + 3, "@?#/ ") == NULL)
		return 0;
	return fault_set(f, STATUS_CONFIG,
	    "proxy is not http://HOST:PORT or https://HOST:PORT (without a "
	    "name or password)");
}

int
http_trust_load(struct http_trust *t, const char *ca_file, const char *proxy,
    struct fault *f)
{
	if (proxy != NULL) {
		if (check_proxy(proxy, f) == -1)
			return -1;
		memcpy(t->proxy, proxy, strlen(proxy) + 1);
	}
	if (ca_file == NULL)
		return check_system_certificates(f);
	if (file_load(ca_file, FILE_TRUSTED, &t->ca, f) == -1)
		return -1;
	return check_certificates(&t->ca, ca_file, f);
}

void
http_trust_release(struct http_trust *t)
{
	buf_release(&t->ca);
}
