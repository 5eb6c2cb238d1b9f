#include "common/net/http.h"

#include "common/net/transfer.h"
#include "common/base/wiping.h"

#include <stdlib.h>

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

	/* It would make libcurl write the keys of every connection there. */
	(void)unsetenv("SSLKEYLOGFILE");
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc,
		wiping_free, wiping_realloc, wiping_strdup,
		wiping_calloc) != CURLE_OK)
		return fault_set(f, STATUS_IO, "libcurl does not start");
	h = calloc(1, sizeof *h);
	if (h == NULL) {
		curl_global_cleanup();
		return fault_set(f, STATUS_IO, "out of memory");
	}
	h->multi = curl_multi_init();
	if (h->multi == NULL ||
	    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS,
		(long)HTTP_CONNECTIONS_MAX) != CURLM_OK) {
		http_free(h);
		return fault_set(f, STATUS_IO, "out of memory");
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
	/* One has ended just now: http_next() has it, and poll would wait. */
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
