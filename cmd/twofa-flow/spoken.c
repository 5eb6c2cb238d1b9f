#include "cmd/twofa-flow/spoken.h"

#include "common/base/number.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *reason, *words;
} reasons[] = {
    {REASON_BAD_IDENTIFIER, "that is no customer's identifier"},
    {REASON_NOT_FOUND, "no customer has this identifier"},
    {REASON_NOT_UNIQUE, "several customers have this identifier"},
    {REASON_BAD_NUMBER, "the telephone number on record is no valid one"},
    {REASON_NOT_RECOGNISED, "the customer is not recognised"},
    {REASON_NUMBER_CHANGED, "the telephone number on record has changed"},
    {REASON_REJECTED, "this telephone number takes no messages"},
    {REASON_COUNTRY, "no messages go to numbers of this country"},
    {REASON_PREMIUM, "no messages go to numbers that cost a premium"},
    {REASON_REVOKED, "this customer or number is blocked"},
    {REASON_LIMIT_NUMBER, "too many messages went to this number"},
    {REASON_LIMIT_CUSTOMER, "too many messages went to this customer"},
    {REASON_LIMIT_COUNTRY, "too many messages went to this country"},
    {REASON_LIMIT_ALL, "too many messages were sent"},
    {REASON_COOL_DOWN, "the last message is less than a minute old"},
    {REASON_SERVICE, "the service refuses, or a program does not work"},
    {REASON_CONFIGURATION, "a setting is not as it should be"},
    {REASON_TEMPORARY, "it may work later"},
    {REASON_UNKNOWN_OUTCOME, "nobody knows whether it was sent"},
    {REASON_NOT_SENT, "none was sent"},
    {REASON_NO_PIN, "none was entered"},
    {REASON_MALFORMED, "it has another number of digits"},
    {REASON_FORGED, "it is not of this call"},
    {REASON_UNKNOWN_PIN, "the ledger does not know it"},
    {REASON_LOCKED, "this customer gave too many wrong ones or is blocked"},
    {REASON_LIMIT_WRONG_ALL, "all customers together gave too many wrong ones"},
    {REASON_USED, "it was used already"},
    {REASON_EXHAUSTED, "no try was left"},
    {REASON_EXPIRED, "it is too old"},
    {REASON_WRONG, "it is wrong"},
};

static const char *
why(const struct task *t)
{
	const char *reason = task_get(t, NAME_REASON);
	size_t i;

	for (i = 0; reason != NULL && i < ARRAY_LEN(reasons); i++)
		if (strcmp(reasons[i].reason, reason) == 0)
			return reasons[i].words;
	return reason == NULL ? "there was no answer" : reason;
}

static const char *
tries_left(struct spoken *s)
{
	const char *attempts = task_get(s->task, NAME_PIN_ATTEMPTS);
	unsigned long left = s->workflow->settings.max_attempts, used = 0;

	if (attempts != NULL && !number_parse(&used, attempts, 0, left))
		used = left;
	(void)snprintf(s->tries_left, sizeof s->tries_left, "%lu", left - used);
	return s->tries_left;
}

/* Behind a StartValidation with the value Resend: one that was granted leaves
 * SMSSent and no reason. */
static const char *
resent(struct spoken *s)
{
	const char *sent = task_get(s->task, NAME_SMS_SENT);
	const char *reason = task_get(s->task, NAME_REASON);

	if (reason == NULL && sent != NULL && strcmp(sent, VALUE_YES) == 0)
		return "sent again";
	if (reason != NULL && strcmp(reason, REASON_UNKNOWN_OUTCOME) == 0)
		return "perhaps sent again: nobody knows";
	(void)snprintf(
	    s->resent, sizeof s->resent, "not sent again: %s", why(s->task));
	return s->resent;
}

const char *
spoken_value(void *self, const char *name)
{
	struct spoken *s = self;

	if (strcmp(name, "TriesLeft") == 0)
		return tries_left(s);
	if (strcmp(name, "Why") == 0)
		return why(s->task);
	if (strcmp(name, "Resent") == 0)
		return resent(s);
	return task_get(s->task, name);
}
