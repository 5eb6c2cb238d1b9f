#include "common/verify/verdict.h"

#include "common/base/number.h"
#include "common/task/derived.h"
#include "common/task/names.h"
#include "common/task/pin.h"
#include "common/task/seal.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum {
	CLOCK_SLACK_S = 5, /* two machines' clocks may differ by that */
};

static void
fail(struct verdict *v, const char *reason)
{
	v->reason = reason;
}

/* Wrong PINs so far; what is no number counts as too many. */
static unsigned long
attempts_of(const struct task *t)
{
	const char *text = task_get(t, NAME_PIN_ATTEMPTS);
	unsigned long n;

	if (text == NULL)
		return 0;
	return number_parse(&n, text, 0, LONG_MAX) ? n : ULONG_MAX;
}

static void
decide_clear(struct verdict *v, const char *generated, const char pin[PIN_SIZE])
{
	char wanted[PIN_SIZE];

	if (!is_digits(generated) || !pin_parse(wanted, generated))
		fail(v, REASON_FORGED);
	else if (strlen(pin) != strlen(wanted))
		fail(v, REASON_MALFORMED);
	else if (pin_matches(pin, wanted))
		v->ok = true;
	else
		fail(v, REASON_WRONG);
	explicit_bzero(wanted, sizeof wanted);
}

/* The seal is open; the first rule that is broken decides. */
static void
decide_opened(struct verdict *v, const struct task *t, const struct seal *s,
    const char pin[PIN_SIZE], const struct verdict_terms *terms)
{
	unsigned long limit = s->max_attempts;

	if (terms->max_attempts > 0 && terms->max_attempts < limit)
		limit = terms->max_attempts;
	if (strlen(pin) != strlen(s->pin)) {
		fail(v, REASON_MALFORMED);
	} else if (s->ledger[0] != '\0') {
		v->status = STATUS_CONFIG;
		fail(v, REASON_UNKNOWN_PIN);
		(void)snprintf(v->problem, sizeof v->problem,
		    "its PIN belongs to ledger %s: name that with -l",
		    s->ledger);
	} else if (terms->now_s < s->sent_s - CLOCK_SLACK_S) {
		v->status = STATUS_TEMPORARY;
		fail(v, REASON_TEMPORARY);
		(void)snprintf(v->problem, sizeof v->problem,
		    "its PIN was sent in the future: the clock was set back");
	} else if (attempts_of(t) >= limit) {
		fail(v, REASON_EXHAUSTED);
	} else if (terms->now_s >= s->expires_s) {
		fail(v, REASON_EXPIRED);
	} else if (pin_matches(pin, s->pin)) {
		v->ok = true;
	} else {
		fail(v, REASON_WRONG);
	}
}

static const char *
get_or_empty(const struct task *t, const char *name)
{
	const char *value = task_get(t, name);

	return value == NULL ? "" : value;
}

static void
decide_sealed(struct verdict *v, const struct task *t, const char *generated,
    const char pin[PIN_SIZE], const struct verdict_terms *terms)
{
	struct seal_binding binding = {task_id(t),
	    get_or_empty(t, NAME_CUSTOMER_IDENTIFIER),
	    get_or_empty(t, NAME_SMS_NUMBER)};
	char key_id[KEY_ID_SIZE];
	struct seal seal;

	switch (seal_open(&seal, key_id, generated, &binding, terms->keys)) {
	case SEAL_OPENED:
		decide_opened(v, t, &seal, pin, terms);
		break;
	case SEAL_UNKNOWN_KEY:
		v->status = STATUS_CONFIG;
		fail(v, REASON_UNKNOWN_PIN);
		(void)snprintf(v->problem, sizeof v->problem,
		    "its PIN is sealed with key %s, which is not in the key "
		    "file: name the one of twofa-sendpin with -k",
		    key_id);
		break;
	case SEAL_FORGED:
	default:
		fail(v, REASON_FORGED);
		break;
	}
	seal_wipe(&seal);
}

void
verdict_decide(struct verdict *v, const struct task *t, const char *entry,
    const struct verdict_terms *terms)
{
	const char *generated = task_get(t, NAME_GENERATED_PIN);
	char pin[PIN_SIZE];

	*v = (struct verdict){.ok = false, .status = STATUS_OK};
	if (generated == NULL)
		fail(v, REASON_NOT_SENT);
	else if (entry == NULL || entry[0] == '\0')
		fail(v, REASON_NO_PIN);
	else if (!pin_parse(pin, entry))
		fail(v, REASON_MALFORMED);
	else if (terms->clear_pin)
		decide_clear(v, generated, pin);
	else
		decide_sealed(v, t, generated, pin, terms);
	explicit_bzero(pin, sizeof pin);
}

static int
count_attempt(struct task *t, struct fault *f)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%lu", attempts_of(t) + 1);
	return task_set(t, NAME_PIN_ATTEMPTS, text, f);
}

int
verdict_apply(const struct verdict *v, struct task *t, struct fault *f)
{
	const char *event = task_event_name(t);
	const char *reason = v->reason == NULL ? "" : v->reason;

	if (event != NULL && strcmp(event, NAME_PIN) == 0)
		task_empty_event_value(t);
	task_remove(t, NAME_PIN);
	derived_remove(t, NAME_PIN);
	if (v->ok || strcmp(reason, REASON_EXPIRED) == 0 ||
	    strcmp(reason, REASON_EXHAUSTED) == 0)
		task_remove(t, NAME_GENERATED_PIN);
	if (strcmp(reason, REASON_WRONG) == 0 && count_attempt(t, f) == -1)
		return -1;
	if (task_set(t, NAME_VALIDATION_CHECK, v->ok ? VALUE_OK : VALUE_FAILED,
		f) == -1)
		return -1;
	return v->ok ? 0 : task_set(t, NAME_REASON, reason, f);
}
