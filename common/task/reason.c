#include "common/task/reason.h"

#include "common/base/cdefs.h"
#include "common/base/status.h"
#include "common/task/names.h"

#include <stddef.h>
#include <string.h>

/*
 * Events are words of OWASP's Application Logging Vocabulary. It has none for
 * a service that fails: sys_crash, a system that does not work, is the nearest.
 * A PIN that was perhaps sent may be known to the caller: it was created, once,
 * and a number that the service does not accept is invalid input. Source: OWASP
 * Cheat Sheet Series, Application Logging Vocabulary.
 */
static const struct reason reasons[] = {
    {.word = REASON_BAD_IDENTIFIER,
	.why = "that is no customer's identifier",
	.event = "input_validation_fail"},
    {.word = REASON_NOT_FOUND,
	.why = "no customer has this identifier",
	.event = "authn_login_fail"},
    {.word = REASON_NOT_UNIQUE,
	.why = "several customers have this identifier",
	.event = "authn_login_fail"},
    {.word = REASON_BAD_NUMBER,
	.why = "the telephone number on record is no valid one",
	.event = "input_validation_fail",
	.lookup_event = "authn_login_fail"},
    {.word = REASON_NOT_RECOGNISED,
	.why = "the customer is not recognised",
	.event = "authz_fail"},
    {.word = REASON_NUMBER_CHANGED,
	.why = "the telephone number on record has changed",
	.event = "authz_fail"},
    {.word = REASON_REJECTED,
	.why = "this telephone number takes no messages",
	.event = "input_validation_fail"},
    {.word = REASON_COUNTRY,
	.why = "no messages go to numbers of this country",
	.event = "authz_fail"},
    {.word = REASON_PREMIUM,
	.why = "no messages go to numbers that cost a premium",
	.event = "authz_fail"},
    {.word = REASON_REVOKED,
	.why = "this customer or number is blocked",
	.event = "authn_login_lock"},
    {.word = REASON_LIMIT_NUMBER,
	.why = "too many messages went to this number",
	.status = STATUS_TEMPORARY,
	.event = "excess_rate_limit_exceeded"},
    {.word = REASON_LIMIT_CUSTOMER,
	.why = "too many messages went to this customer",
	.status = STATUS_TEMPORARY,
	.event = "excess_rate_limit_exceeded"},
    {.word = REASON_LIMIT_COUNTRY,
	.why = "too many messages went to this country",
	.status = STATUS_TEMPORARY,
	.event = "excess_rate_limit_exceeded"},
    {.word = REASON_LIMIT_ALL,
	.why = "too many messages were sent",
	.status = STATUS_TEMPORARY,
	.event = "excess_rate_limit_exceeded"},
    {.word = REASON_COOL_DOWN,
	.why = "the last message is less than a minute old",
	.status = STATUS_TEMPORARY,
	.event = "excess_rate_limit_exceeded"},
    {.word = REASON_SERVICE,
	.why = "the service refuses, or a program does not work",
	.status = STATUS_SERVICE,
	.event = "sys_crash"},
    {.word = REASON_TEMPORARY,
	.why = "it may work later",
	.status = STATUS_TEMPORARY,
	.event = "sys_crash"},
    {.word = REASON_CONFIGURATION,
	.why = "a setting is not as it should be",
	.status = STATUS_CONFIG,
	.event = "sys_crash"},
    {.word = REASON_UNKNOWN_OUTCOME,
	.why = "nobody knows whether it was sent",
	.status = STATUS_SERVICE,
	.event = "authn_token_created",
	.again_event = "sys_crash"},
    {.word = REASON_NOT_SENT,
	.why = "none was sent",
	.event = "authn_login_fail"},
    {.word = REASON_NO_PIN,
	.why = "none was entered",
	.event = "authn_login_fail"},
    {.word = REASON_MALFORMED,
	.why = "it has another number of digits",
	.event = "input_validation_fail"},
    {.word = REASON_FORGED,
	.why = "it is not of this call",
	.event = "authn_login_fail",
	.again_event = "sensitive_read"},
    {.word = REASON_UNKNOWN_PIN,
	.why = "the ledger does not know it",
	.event = "authn_login_fail"},
    {.word = REASON_LOCKED,
	.why = "this customer gave too many wrong ones or is blocked",
	.event = "authn_login_lock"},
    {.word = REASON_LIMIT_WRONG_ALL,
	.why = "all customers together gave too many wrong ones",
	.event = "excess_rate_limit_exceeded"},
    {.word = REASON_USED,
	.why = "it was used already",
	.ends_pin = true,
	.event = "authn_token_reuse",
	.resend_event = "authz_fail"},
    {.word = REASON_EXHAUSTED,
	.why = "no try was left",
	.ends_pin = true,
	.event = "authn_login_fail_max",
	.resend_event = "authz_fail"},
    {.word = REASON_EXPIRED,
	.why = "it is too old",
	.ends_pin = true,
	.event = "authn_login_fail",
	.resend_event = "authz_fail"},
    {.word = REASON_WRONG,
	.why = "it is wrong",
	.event = "authn_login_fail",
	.again_event = "sensitive_read"},
};

const struct reason *
reason_find(const char *word)
{
	size_t i;

	for (i = 0; word != NULL && i < ARRAY_LEN(reasons); i++)
		if (strcmp(reasons[i].word, word) == 0)
			return &reasons[i];
	return NULL;
}

int
reason_status(const char *word)
{
	const struct reason *reason = reason_find(word);

	return reason == NULL ? STATUS_OK : reason->status;
}

const char *
reason_of_status(int status)
{
	switch (status) {
	case STATUS_TEMPORARY:
		return REASON_TEMPORARY;
	case STATUS_USAGE:
	case STATUS_PERMISSION:
	case STATUS_CONFIG:
		return REASON_CONFIGURATION;
	default:
		return REASON_SERVICE;
	}
}
