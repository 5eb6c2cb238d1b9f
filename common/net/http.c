#include "common/net/http.h"

#include "common/base/memory.h"
#include "common/base/wiping.h"
#include "common/file/file.h"
#include "common/net/transfer.h"

#include <stdlib.h>
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

/* libcurl would not report it before the first request. */
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

struct http {
	CURLM *multi;
	struct transfer *open;
	int open_count;
	struct http_trust trust; /* borrowed parts of every handle */
};

int
http_new(struct http **out, struct http_trust *trust, struct fault *f)
{
	static const struct http_trust none = HTTP_TRUST_INIT;
	struct http *h;

	/* libcurl would write the TLS keys of every connection to that file. */
	(void)unsetenv("SSLKEYLOGFILE");
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc,
		wiping_free, wiping_realloc, wiping_strdup,
		wiping_calloc) != CURLE_OK)
		return fault_set(f, STATUS_IO, "libcurl does not start");
	h = memory_new(1, sizeof *h);
	h->multi = curl_multi_init();
	if (h->multi == NULL ||
	    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS,
		(long)HTTP_CONNECTIONS_MAX) != CURLM_OK) {
		http_free(h);
		return fault_set(f, STATUS_IO, "libcurl does not start");
	}
	h->trust = *trust;
	*trust = none;
	*out = h;
	return 0;
}

static void
drop(struct http *h, struct transfer *t)
{
	struct transfer **p = &h->open;

	while (*p != NULL && *p != t)
		p = &(*p)->next;
	if (*p == NULL)
		return;
	*p = t->next;
	h->open_count--;
	(void)curl_multi_remove_handle(h->multi, t->easy);
	transfer_free(t);
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	while (h->open != NULL)
		drop(h, h->open);
	(void)curl_multi_cleanup(h->multi);
	http_trust_release(&h->trust);
	free(h);
	curl_global_cleanup();
}

int
http_post(struct http *h, const struct http_request *r, struct fault *f)
{
	struct transfer *t = transfer_new(r, &h->trust);

	if (t == NULL)
		return fault_set(f, STATUS_IO, "a request cannot be begun");
	if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK) {
		transfer_free(t);
		return fault_set(f, STATUS_IO, "a request cannot be begun");
	}
	t->next = h->open;
	h->open = t;
	h->open_count++;
	return 0;
}

int
http_wait(struct http *h, struct pollfd *fds, unsigned n, int timeout_ms,
    struct fault *f)
{
	struct curl_waitfd extra[4];
	CURLMcode code;
	int running = 0;
	unsigned i;

	for (i = 0; i < n && i < ARRAY_LEN(extra); i++) {
		extra[i] = (struct curl_waitfd){.fd = fds[i].fd};
		if ((fds[i].events & POLLIN) != 0)
			extra[i].events |= CURL_WAIT_POLLIN;
		if ((fds[i].events & POLLOUT) != 0)
			extra[i].events |= CURL_WAIT_POLLOUT;
	}
	code = curl_multi_perform(h->multi, &running);
	/* One has just ended and waits for http_next(): do not block. */
	if (running < h->open_count)
		timeout_ms = 0;
	if (code == CURLM_OK)
		code = curl_multi_poll(h->multi, extra, i, timeout_ms, NULL);
	if (code == CURLM_OK)
		code = curl_multi_perform(h->multi, &running);
	if (code != CURLM_OK)
		return fault_set(
		    f, STATUS_IO, "libcurl: %s", curl_multi_strerror(code));
	/* libcurl knows no POLLHUP and no POLLNVAL. */
	if (n > 0 && poll(fds, n, 0) == -1)
		for (i = 0; i < n; i++)
			fds[i].revents = 0;
	return 0;
}

bool
http_next(struct http *h, struct http_answer *out)
{
	struct transfer *t;
	CURLMsg *message;
	int left;

	do {
		message = curl_multi_info_read(h->multi, &left);
		if (message == NULL)
			return false;
	} while (message->msg != CURLMSG_DONE);
	(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
	transfer_answer(t, message->data.result, out);
	/* The message goes with its handle. */
	drop(h, t);
	return true;
}

void
http_answer_release(struct http_answer *a)
{
	buf_release(&a->body);
}
