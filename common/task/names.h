/*
 * The names of the use case's parameters and their values, and ours beside
 * them. Their spelling is a contract with call workflows.
 */
#ifndef COMMON_TASK_NAMES_H
#define COMMON_TASK_NAMES_H

#define NAME_CUSTOMER_IDENTIFIER "CustomerIdentifier"
#define NAME_CUSTOMER_RECOGNIZED "CustomerRecognized"
#define NAME_SMS_NUMBER "SMSNumber"
#define NAME_START_VALIDATION "StartValidation"
#define NAME_SMS_SENT "SMSSent"
#define NAME_GENERATED_PIN "GeneratedPIN"
#define NAME_PIN "PIN"
#define NAME_VALIDATION_CHECK "ValidationCheck"

#define NAME_PIN_ATTEMPTS "PINAttempts" /* wrong PINs so far */
#define NAME_PIN_ENTRY "PINEntry"	/* a new one with every PIN keyed in */
#define NAME_START_ENTRY                                                       \
	"StartValidationEntry" /* a new one with every wish to send again */
#define NAME_PIN_EXPIRES "PINExpires" /* RFC 3339, for people */
#define NAME_REASON "TwofaReason"

/* Where a call stands; twofa-workflow(5). */
#define NAME_FLOW_ACTIVITY "FlowActivity" /* its next activity */
#define NAME_FLOW_SINCE "FlowSince"	  /* when it came there, Unix seconds */
#define NAME_FLOW_COUNT                                                        \
	"FlowCount"			/* how often it was where it may not   \
					   always be */
#define NAME_FLOW_OUTCOME "FlowOutcome" /* of a call that has ended */

#define VALUE_QUEUED "queued"
#define VALUE_TRANSFERRED "transferred"
#define VALUE_DISCONNECTED "disconnected"

#define VALUE_YES "Yes"
#define VALUE_NO "No"
#define VALUE_OK "OK"
#define VALUE_FAILED "Failed"
#define VALUE_RESEND "Resend" /* of StartValidation: the same PIN again */

/*
 * The closed list of what TwofaReason can be. twofa(7) says what each means.
 */
#define REASON_BAD_IDENTIFIER "bad-identifier"
#define REASON_NOT_FOUND "not-found"
#define REASON_NOT_UNIQUE "not-unique"
#define REASON_BAD_NUMBER "bad-number"
#define REASON_NOT_RECOGNISED "not-recognised"
#define REASON_NUMBER_CHANGED "number-changed"
#define REASON_REJECTED "rejected"
#define REASON_COUNTRY "country"
#define REASON_PREMIUM "premium"
#define REASON_REVOKED "revoked"
#define REASON_LIMIT_NUMBER "limit-number"
#define REASON_LIMIT_CUSTOMER "limit-customer"
#define REASON_LIMIT_COUNTRY "limit-country"
#define REASON_LIMIT_ALL "limit-all"
#define REASON_COOL_DOWN "cool-down"
#define REASON_SERVICE "service"
#define REASON_TEMPORARY "temporary"
#define REASON_CONFIGURATION "configuration"
#define REASON_UNKNOWN_OUTCOME "unknown-outcome"
#define REASON_NOT_SENT "not-sent"
#define REASON_NO_PIN "no-pin"
#define REASON_MALFORMED "malformed"
#define REASON_FORGED "forged"
#define REASON_UNKNOWN_PIN "unknown-pin"
#define REASON_LOCKED "locked"
#define REASON_LIMIT_WRONG_ALL "limit-wrong-all"
#define REASON_USED "used"
#define REASON_EXHAUSTED "exhausted"
#define REASON_EXPIRED "expired"
#define REASON_WRONG "wrong"

#endif
