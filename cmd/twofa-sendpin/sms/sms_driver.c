/*
 * Senders behind a driver, twofa-driver(7).
 */
#include "cmd/twofa-sendpin/sms/sms.h"

#include "common/base/clock.h"
#include "common/text/address.h"
#include "common/process/driver.h"
#include "common/text/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sms_remote {
	struct driver driver;
	struct sms_settings settings;
};

static void
driver_sender_close(void *state)
{
	struct sms_remote *s = state;

	driver_close(&s->driver);
	free(s);
}

static int
driver_sender_open(void **state, const char *address,
    const struct sms_settings *settings, struct fault *f)
{
	struct sms_remote *s = calloc(1, sizeof *s);
	struct address a;

	if (s == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	s->settings = *settings;
	if (address_parse(&a, address, f) == -1 ||
	    driver_open(&s->driver, "sms", a.scheme, a.rest, f) == -1) {
		driver_sender_close(s);
		return -1;
	}
	*state = s;
	return 0;
}

static int
driver_sender_start(void *state, struct fault *f)
{
	struct sms_remote *s = state;

	if (driver_start(&s->driver, f) == -1)
		return -1;
	if (driver_needs(&s->driver, "from") && !s->settings.has_from)
		return fault_set(f, STATUS_CONFIG,
		    "no from: -f NUMBER, or from = NUMBER in twofa.conf");
	return 0;
}

static bool
driver_sender_repeats(const void *state)
{
	const struct sms_remote *s = state;

	return driver_says(&s->driver, "repeat");
}

/* It may be under way for as long as the service surely knows its id. */
static unsigned long
time_allowed_ms(const struct sms_remote *s, const struct sms *m)
{
	const int64_t left_s =
	    m->requested_s + SMS_KNOWN_S - SMS_MARGIN_S - clock_now_s();
	const int64_t left_ms = left_s < 1 ? 1000 : left_s * 1000;

	return left_ms < (int64_t)s->settings.time_allowed_ms
	    ? (unsigned long)left_ms
	    : s->settings.time_allowed_ms;
}

static int
write_request(const struct sms_remote *s, struct driver_call *call,
    const struct sms *m, struct fault *f)
{
	return driver_call_set(call,
	    json_pack("{s:s, s:s, s:s*, s:s, s:s, s:s, s:I}", "id", m->id, "to",
		m->to, "from", m->from, "message", m->message, "firstSent",
		m->first_sent, "tag", m->id, "timeoutMs",
		(json_int_t)time_allowed_ms(s, m)),
	    f);
}

static void
copy_member(char *out, size_t size, const json_t *answer, const char *name)
{
	const char *text = json_member_text(answer, name);

	(void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

/* Anything but the four words is no outcome: it may have been taken. */
static void
read_answer(struct sms *m, const json_t *answer)
{
	static const char *const outcomes[] = {[SMS_ACCEPTED] = "accepted",
	    [SMS_REJECTED] = "rejected",
	    [SMS_RETRY] = "retry",
	    [SMS_UNKNOWN] = "unknown"};
	const char *text = json_member_text(answer, "outcome");
	const char *scope = json_member_text(answer, "scope");
	enum sms_outcome i, outcome = SMS_UNKNOWN;

	for (i = SMS_ACCEPTED; i <= SMS_UNKNOWN; i++)
		if (text != NULL && strcmp(text, outcomes[i]) == 0)
			outcome = i;
	sms_note(m, outcome,
	    scope != NULL && strcmp(scope, "recipient") == 0 ? SMS_RECIPIENT
							     : SMS_SERVICE,
	    "");
	copy_member(m->message_id, sizeof m->message_id, answer, "messageId");
	copy_member(m->code, sizeof m->code, answer, "code");
	copy_member(m->detail, sizeof m->detail, answer, "detail");
}

static void
read_state(struct sms *m, const struct driver_call *call)
{
	switch (call->state) {
	case DRIVER_ANSWERED:
		read_answer(m, call->answer);
		break;
	case DRIVER_OPEN:
		sms_note(m, SMS_UNKNOWN, SMS_SERVICE, "the driver died");
		break;
	case DRIVER_UNSENT:
	default:
		sms_note(m, SMS_RETRY, SMS_SERVICE,
		    "the driver died before it was asked");
		break;
	}
}

static int
exchange(struct sms_remote *s, struct sms *messages, struct driver_call *calls,
    size_t n, struct fault *f)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (write_request(s, &calls[i], &messages[i], f) == -1)
			return -1;
	if (driver_exchange(&s->driver, calls, n, s->settings.open_requests,
		(int)s->settings.time_allowed_ms, f) == -1)
		return -1;
	for (i = 0; i < n; i++)
		read_state(&messages[i], &calls[i]);
	return 0;
}

static int
driver_sender_send(void *state, struct sms *messages, size_t n, struct fault *f)
{
	struct driver_call *calls = driver_calls_new(n);
	int r;

	r = calls == NULL ? fault_set(f, STATUS_IO, "out of memory")
			  : exchange(state, messages, calls, n, f);
	driver_calls_free(calls, n);
	return r;
}

const struct sms_backend sms_driver = {NULL, driver_sender_open,
    driver_sender_start, driver_sender_repeats, NULL, driver_sender_send,
    driver_sender_close};
