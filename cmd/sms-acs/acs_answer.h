/*
 * What an answer of Azure Communication Services to POST /sms means. No input
 * or output.
 *
 * 1. Status 202 MUST NOT be taken for success: it also covers messages
 *    that were refused. Only the item for the recipient counts.
 * 2. What may have been taken MUST NOT be called rejected or retry.
 * 3. Text that is passed on MUST NOT hold a telephone number or a PIN, should
 *    the service quote one.
 */
#ifndef CMD_SMS_ACS_ACS_ANSWER_H
#define CMD_SMS_ACS_ACS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

enum acs_outcome {
	ACS_ACCEPTED, /* the service has the message */
	ACS_REJECTED, /* it does not, and repeating cannot help */
	ACS_RETRY,    /* it does not; later it may take it */
	ACS_UNKNOWN,  /* not known; the same request may be repeated */
};

enum acs_scope {
	ACS_SCOPE_SERVICE,   /* what was refused would be for any recipient */
	ACS_SCOPE_RECIPIENT, /* another recipient might be accepted */
};

enum {
	ACS_MESSAGE_ID_SIZE = 129,
	ACS_CODE_SIZE = 65,
	ACS_DETAIL_SIZE = 241,
};

/* The texts are printable ASCII, "" when there is nothing to say. */
struct acs_verdict {
	enum acs_outcome outcome;
	enum acs_scope scope;
	char message_id[ACS_MESSAGE_ID_SIZE];
	char code[ACS_CODE_SIZE]; /* Azure's code, else the HTTP status */
	char detail[ACS_DETAIL_SIZE];
};

/*
 * Judge one whole answer.
 *
 * status  of HTTP
 * to	   the recipient, as it stood in the request
 *
 * 202: the one item for this recipient decides. accepted: it is successful.
 * retry: it says 429 or 5xx. unknown: it says 408, 409, 412, its
 * repeatabilityResult is rejected, it contradicts itself, or there is not
 * exactly one. rejected, recipient: any other 4xx.
 *
 * 429, 503: retry. Any other 5xx, which a gateway may say behind a request
 * that was taken, 408, 409, 412 and what is no error: unknown. 400 whose
 * errors name nothing but SmsRecipients: rejected, recipient. Everything else:
 * rejected, service.
 */
void acs_judge(struct acs_verdict *out, int status, const char *body,
    size_t len, const char *to);

/*
 * A verdict on an attempt that got no answer: outcome, scope, the two texts.
 */
void acs_judge_unanswered(struct acs_verdict *out, enum acs_outcome outcome,
    const char *code, const char *detail);

/*
 * Is the outcome such that no other attempt can change it?
 */
bool acs_is_final(const struct acs_verdict *v);

/*
 * Turn the verdict on the last attempt into the one on the whole request: a
 * request that may have been taken by an earlier attempt is unknown, unless
 * the last one tells about the recipient or about success.
 */
void acs_settle(struct acs_verdict *v, bool maybe_taken);

#endif
