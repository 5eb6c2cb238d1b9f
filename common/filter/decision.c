#include "common/filter/decision.h"

#include "common/base/clock.h"
#include "common/text/json.h"
#include "common/task/e164.h"
#include "common/task/names.h"

#include <stddef.h>
#include <string.h>

enum {
	LOOKUP = PROGRAM_LOOKUP,
	SENDPIN = PROGRAM_SENDPIN,
	VERIFY = PROGRAM_VERIFY,
	ANY = LOOKUP | SENDPIN | VERIFY,
};

/*
 * The first row that fits counts. The vocabulary has no word for a service
 * that fails; sys_crash, a system that does not work, is the nearest. A PIN
 * that was perhaps sent is one that the caller may have, so it was created,
 * once; what is given again is only read, from the ledger; a number that the
 * service does not take is input that was found wrong. Source: OWASP Cheat
 * Sheet Series, Application Logging Vocabulary.
 */
static const struct {
	unsigned programs;
	unsigned how; /* all of these bits */
	const char *reason;
	const char *event;
} events[] = {
    {SENDPIN, DECISION_AGAIN, NULL, "sensitive_read"},
    {SENDPIN, DECISION_AGAIN, REASON_UNKNOWN_OUTCOME, "sys_crash"},
    {VERIFY, DECISION_AGAIN, NULL, "sensitive_read"},
    {VERIFY, DECISION_AGAIN, REASON_WRONG, "sensitive_read"},
    {VERIFY, DECISION_AGAIN, REASON_FORGED, "sensitive_read"},

    {LOOKUP, 0, NULL, "sensitive_read"},
    {SENDPIN, 0, NULL, "authn_token_created"},
    {VERIFY, DECISION_AFTER_WRONG, NULL, "authn_login_successafterfail"},
    {VERIFY, 0, NULL, "authn_login_success"},

    {ANY, 0, REASON_BAD_IDENTIFIER, "input_validation_fail"},
    {ANY, 0, REASON_NOT_FOUND, "authn_login_fail"},
    {ANY, 0, REASON_NOT_UNIQUE, "authn_login_fail"},
    {LOOKUP, 0, REASON_BAD_NUMBER, "authn_login_fail"},

    {ANY, 0, REASON_NOT_RECOGNISED, "authz_fail"},
    {ANY, 0, REASON_BAD_NUMBER, "input_validation_fail"},
    {ANY, 0, REASON_NUMBER_CHANGED, "authz_fail"},
    {ANY, 0, REASON_REJECTED, "input_validation_fail"},
    {ANY, 0, REASON_COUNTRY, "authz_fail"},
    {ANY, 0, REASON_PREMIUM, "authz_fail"},
    {ANY, 0, REASON_REVOKED, "authn_login_lock"},
    {ANY, 0, REASON_LIMIT_NUMBER, "excess_rate_limit_exceeded"},
    {ANY, 0, REASON_LIMIT_CUSTOMER, "excess_rate_limit_exceeded"},
    {ANY, 0, REASON_LIMIT_COUNTRY, "excess_rate_limit_exceeded"},
    {ANY, 0, REASON_LIMIT_ALL, "excess_rate_limit_exceeded"},
    {ANY, 0, REASON_COOL_DOWN, "excess_rate_limit_exceeded"},
    {ANY, 0, REASON_SERVICE, "sys_crash"},
    {ANY, 0, REASON_TEMPORARY, "sys_crash"},
    {ANY, 0, REASON_CONFIGURATION, "sys_crash"},
    {ANY, 0, REASON_UNKNOWN_OUTCOME, "authn_token_created"},

    /* Of a wish to send the PIN once more. */
    {SENDPIN, 0, REASON_USED, "authz_fail"},
    {SENDPIN, 0, REASON_EXHAUSTED, "authz_fail"},
    {SENDPIN, 0, REASON_EXPIRED, "authz_fail"},

    {ANY, 0, REASON_NOT_SENT, "authn_login_fail"},
    {ANY, 0, REASON_NO_PIN, "authn_login_fail"},
    {ANY, 0, REASON_MALFORMED, "input_validation_fail"},
    {ANY, 0, REASON_FORGED, "authn_login_fail"},
    {ANY, 0, REASON_UNKNOWN_PIN, "authn_login_fail"},
    {ANY, 0, REASON_LOCKED, "authn_login_lock"},
    {ANY, 0, REASON_LIMIT_WRONG_ALL, "excess_rate_limit_exceeded"},
    {ANY, 0, REASON_USED, "authn_token_reuse"},
    {ANY, 0, REASON_EXHAUSTED, "authn_login_fail_max"},
    {ANY, 0, REASON_EXPIRED, "authn_login_fail"},
    {ANY, 0, REASON_WRONG, "authn_login_fail"},
};

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const char *
decision_event(enum program program, const char *reason, unsigned how)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(events); i++)
		if ((events[i].programs & (unsigned)program) != 0 &&
		    is_same(events[i].reason, reason) &&
		    (events[i].how & how) == events[i].how)
			return events[i].event;
	return NULL;
}

/* before: what stands between the member in front and the value. */
static int
member(struct buf *out, const char *before, const char *value, struct fault *f)
{
	if (value == NULL)
		return 0;
	if (buf_append_text(out, before, f) == -1)
		return -1;
	return json_write_string(value, out, f);
}

int
decision_write(const struct decision *d, struct buf *out, struct fault *f)
{
	char time[CLOCK_TEXT_SIZE], number[E164_SIZE] = "";

	clock_rfc3339(time, d->time_s);
	if (d->number != NULL)
		e164_mask(number, d->number);
	if (member(out, "{\"time\":", time, f) == -1 ||
	    member(out, ",\"program\":", d->program, f) == -1 ||
	    member(out, ",\"taskId\":", d->task_id, f) == -1 ||
	    member(out, ",\"event\":", d->event, f) == -1 ||
	    member(out, ",\"reason\":", d->reason, f) == -1 ||
	    member(out, ",\"who\":", d->who, f) == -1 ||
	    member(out, ",\"ref\":", d->ref, f) == -1 ||
	    member(out, ",\"number\":", d->number == NULL ? NULL : number, f) ==
		-1)
		return -1;
	return buf_append_text(out, "}\n", f);
}
