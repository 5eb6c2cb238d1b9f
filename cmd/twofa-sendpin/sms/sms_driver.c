/*
 * Senders behind a driver, twofa-driver(7).
 */
#include "cmd/twofa-sendpin/sms/sms.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/process/driver.h"
#include "common/text/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sms_remote {
	struct driver *driver;
	struct sms_settings settings;
	struct sms *const *messages; /* of the exchange */
};

static int
driver_sender_open(void **state, const struct address *address,
    const struct sms_settings *settings, struct fault *f)
{
	struct sms_remote *s = memory_new(1, sizeof *s);

	s->settings = *settings;
	if (driver_open(&s->driver, "sms", address, f) == -1) {
		free(s);
		return -1;
	}
	*state = s;
	return 0;
}

static int
driver_sender_start(void *state, struct fault *f)
{
	struct sms_remote *s = state;

	if (driver_start(s->driver, f) == -1)
		return -1;
	if (driver_needs(s->driver, "from") && !s->settings.has_from)
		return fault_set(f, STATUS_CONFIG,
		    "no from: -f NUMBER, or from = NUMBER in twofa.conf");
	return 0;
}

static bool
driver_sender_repeats(const void *state)
{
	const struct sms_remote *s = state;

	return driver_says(s->driver, "repeat");
}

/* It may take as long as the service is sure to remember its id. */
static unsigned long
time_allowed_ms(const struct sms_remote *s, const struct sms *m)
{
	const int64_t left_s =
	    m->requested_s + SMS_KNOWN_S - SMS_MARGIN_S - clock_now_s();
	const int64_t left_ms = left_s < 1 ? 1000 : left_s * 1000;

	return left_ms < (int64_t)s->settings.requests.time_allowed_ms
	    ? (unsigned long)left_ms
	    : s->settings.requests.time_allowed_ms;
}

static json_t *
make_request(void *self, size_t i)
{
	const struct sms_remote *s = self;
	const struct sms *m = s->messages[i];

	return json_pack("{s:s, s:s, s:s*, s:s, s:s, s:s, s:I}", "id", m->id,
	    "to", m->to, "from", m->from, "message", m->message, "firstSent",
	    m->first_sent, "tag", m->id, "timeoutMs",
	    (json_int_t)time_allowed_ms(s, m));
}

static void
copy_member(char *out, size_t size, const json_t *answer, const char *name)
{
	const char *text = json_member_text(answer, name);

	(void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

/* Any other word is an unknown outcome. */
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
answered(void *self, size_t i, enum driver_state state, const json_t *answer)
{
	const struct sms_remote *s = self;
	struct sms *m = s->messages[i];

	switch (state) {
	case DRIVER_ANSWERED:
		read_answer(m, answer);
		break;
	case DRIVER_OPEN:
		sms_note(m, SMS_UNKNOWN, SMS_SERVICE, "the driver died");
		break;
	case DRIVER_UNSENT:
		sms_note(m, SMS_RETRY, SMS_SERVICE,
		    "the driver died before it was asked");
		break;
	}
}

static int
driver_sender_send(
    void *state, struct sms *const messages[], size_t n, struct fault *f)
{
	struct sms_remote *s = state;
	const struct driver_batch batch = {.count = n,
	    .open_max = s->settings.requests.open_requests,
	    .time_allowed_ms = (int)s->settings.requests.time_allowed_ms,
	    .self = s,
	    .request = make_request,
	    .answered = answered};

	s->messages = messages;
	return driver_exchange(s->driver, &batch, f);
}

static void
driver_sender_close(void *state)
{
	struct sms_remote *s = state;

	driver_close(s->driver);
	free(s);
}

const struct sms_backend sms_driver = {
    .open = driver_sender_open,
    .start = driver_sender_start,
    .repeats = driver_sender_repeats,
    .send = driver_sender_send,
    .close = driver_sender_close,
};
