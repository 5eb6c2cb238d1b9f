/*
 * The requests of the driver protocol that sms-acs serves: messages on their
 * way to Azure Communication Services.
 *
 * 1. A message that may have been taken MUST be sent again with the same id,
 *    the same first-sent time and the same body byte for byte, signed anew.
 * 2. It MUST NOT be answered with retry or, for a reason that has nothing to
 *    do with the recipient, with rejected.
 */
#ifndef CMD_SMS_ACS_MESSAGE_H
#define CMD_SMS_ACS_MESSAGE_H

#include "cmd/sms-acs/acs.h"
#include "cmd/sms-acs/acs_answer.h"
#include "common/net/requests.h"
#include "common/task/e164.h"

enum {
	ACS_VERSION_MAX = 32,
};

/* What every message needs. */
struct acs_service {
	struct acs_account account;
	char target[ACS_VERSION_MAX + 32]; /* path and query */
	bool wants_report;
};

struct message {
	struct request request;
	char to[E164_SIZE];
	struct buf body;	    /* the same in every attempt */
	bool maybe_taken;	    /* by one of the attempts */
	struct acs_verdict verdict; /* on the last attempt */
};

/* The driver is a struct acs_service, a request a struct message. */
extern const struct request_type message_type;

#endif
