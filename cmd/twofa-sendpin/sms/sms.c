#include "cmd/twofa-sendpin/sms/sms.h"

#include "cmd/twofa-sendpin/sms/rate_limiter.h"
#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/base/prog.h"
#include "common/ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sender {
	const struct sms_backend *backend;
	void *state;
	struct rate_limiter limiter;
	struct address address;
};

static const struct sms_backend *const built_in[] = {&sms_file, &sms_command};

static const struct sms_backend *
find_backend(const char *scheme)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(built_in); i++)
		if (strcmp(built_in[i]->scheme, scheme) == 0)
			return built_in[i];
	return &sms_driver;
}

int
sender_open(struct sender **out, const char *address,
    const struct sms_settings *settings, struct fault *f)
{
	struct sender *s = memory_new(1, sizeof *s);

	if (address_parse(&s->address, address, f) == -1)
		goto fail;
	s->backend = find_backend(s->address.scheme);
	if (s->backend->open(&s->state, &s->address, settings, f) == -1)
		goto fail;
	rate_limiter_open(&s->limiter, settings->rate);
	*out = s;
	return 0;
fail:
	free(s);
	return fault_prefix(f, "sender");
}

int
sender_start(struct sender *s, struct fault *f)
{
	if (s->backend->start == NULL || s->backend->start(s->state, f) == 0)
		return 0;
	return fault_prefix(f, "sender");
}

bool
sender_repeats(const struct sender *s)
{
	return s->backend->repeats != NULL && s->backend->repeats(s->state);
}

/* Does every word mean the same in any working directory? */
static bool
is_absolute(const char *rest)
{
	static const char *const begins[] = {
	    "/", "?", "file:/", "command:/", "env:", "credential:"};
	size_t i;

	for (rest += strspn(rest, " \t"); *rest != '\0';
	     rest += strcspn(rest, " \t"), rest += strspn(rest, " \t")) {
		for (i = 0; i < ARRAY_LEN(begins); i++)
			if (strncmp(rest, begins[i], strlen(begins[i])) == 0)
				break;
		if (i == ARRAY_LEN(begins))
			return false;
	}
	return true;
}

int
sender_identity(struct sender *s, struct buf *out, struct fault *f)
{
	const struct address *a = &s->address;
	char *dir;
	int r;

	if (s->backend->identify != NULL)
		return s->backend->identify(s->state, out, f) == -1
		    ? fault_prefix(f, "sender")
		    : 0;
	if (is_absolute(a->rest))
		return buf_printf(out, f, "%s:%s", a->scheme, a->rest);
	dir = realpath(".", NULL);
	r = dir == NULL
	    ? fault_errno(f, STATUS_IO, "the working directory")
	    : buf_printf(out, f, "%s:%s in %s", a->scheme, a->rest, dir);
	free(dir);
	return r;
}

size_t
sender_allows(const struct sender *s, size_t n)
{
	return rate_limiter_allows(&s->limiter, n, clock_monotonic_ms());
}

size_t
sender_wait(struct sender *s, size_t n)
{
	int64_t now_ms = clock_monotonic_ms();
	const int64_t next_ms = rate_limiter_next_ms(&s->limiter);

	if (next_ms > now_ms) {
		prog_progress("waiting %llds: the send rate is used up",
		    (long long)(next_ms - now_ms + 999) / 1000);
		clock_sleep_until_ms(next_ms);
		now_ms = clock_monotonic_ms();
	}
	return rate_limiter_allows(
	    &s->limiter, n, now_ms > next_ms ? now_ms : next_ms);
}

static bool
is_late(const struct sms *m)
{
	return m->requested_s <= clock_now_s() - LEDGER_REPEAT_S;
}

int
sender_send(
    struct sender *s, struct sms *const messages[], size_t n, struct fault *f)
{
	size_t done = 0, now, allowed;

	if (n == 0)
		return 0;
	if (sender_start(s, f) == -1)
		return -1;
	while (done < n) {
		if (is_late(messages[done])) {
			sms_note(messages[done++], SMS_RETRY, SMS_SERVICE,
			    "it was too late to hand it over");
			continue;
		}
		allowed = sender_wait(s, n - done);
		/* Waiting may have made the next one late. */
		for (now = 0; now < allowed && !is_late(messages[done + now]);
		     now++)
			rate_limiter_note(&s->limiter, clock_monotonic_ms());
		if (now > 0 &&
		    s->backend->send(s->state, messages + done, now, f) == -1)
			break;
		done += now;
	}
	if (done == 0)
		return -1;
	/* Those before have an outcome; the rest fails for the same reason. */
	for (; done < n; done++)
		sms_note(messages[done], SMS_RETRY, SMS_SERVICE, f->message);
	fault_clear(f);
	return 0;
}

void
sender_close(struct sender *s)
{
	if (s == NULL)
		return;
	s->backend->close(s->state);
	rate_limiter_release(&s->limiter);
	free(s);
}

void
sms_note(struct sms *m, enum sms_outcome outcome, enum sms_scope scope,
    const char *detail)
{
	m->outcome = outcome;
	m->scope = scope;
	m->message_id[0] = m->code[0] = '\0';
	(void)snprintf(
	    m->detail, sizeof m->detail, "%.*s", SMS_DETAIL_SIZE - 1, detail);
}
