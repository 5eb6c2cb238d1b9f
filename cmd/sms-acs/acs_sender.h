/*
 * Messages on their way to Azure Communication Services: requests of the
 * driver protocol that are sent, repeated within their time, and answered.
 *
 * 1. A request that may have been taken MUST be repeated with the same id, the
 *    same first-sent time and the same body byte for byte, signed anew.
 * 2. It MUST NOT be answered with retry or, for a reason that has nothing to
 *    do with the recipient, with rejected.
 * 3. Every request MUST be answered by its deadline.
 */
#ifndef CMD_SMS_ACS_ACS_SENDER_H
#define CMD_SMS_ACS_ACS_SENDER_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "cmd/sms-acs/acs.h"
#include "common/net/http.h"
#include "common/net/serve.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	ACS_VERSION_MAX = 32,
};

struct acs_job;

struct acs_sender {
	struct acs_account account;
	struct http *http; /* borrowed */
	char target[ACS_VERSION_MAX + 32];
	bool wants_report;
	struct acs_job *jobs, **last; /* open ones, oldest first */
	size_t open, running;
};

/*
 * account is handed over and wiped. version is the api-version, 1 to
 * ACS_VERSION_MAX of [0-9A-Za-z.-]. Fails with STATUS_CONFIG; the sender need
 * not be released then.
 */
MUST_USE int acs_sender_open(struct acs_sender *s, struct acs_account *account,
    const char *version, bool wants_report, struct fault *f);

/* Wipes the account and forgets what is open; http was freed before. */
void acs_sender_release(struct acs_sender *s);

/* The state is a struct acs_sender. */
extern const struct serve_service acs_sender_service;

#endif
