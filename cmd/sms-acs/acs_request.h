/*
 * One request of the driver protocol to send an SMS: from its line to the
 * line that answers it, and the attempts in between.
 */
#ifndef CMD_SMS_ACS_ACS_REQUEST_H
#define CMD_SMS_ACS_ACS_REQUEST_H

#include "common/base/buf.h"
#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "cmd/sms-acs/acs_answer.h"
#include "common/net/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ACS_ID_LEN = 36, /* a UUID */
	ACS_TO_MAX = 16, /* E.164 with its '+' */
	ACS_TIME_MAX_MS = 3600000,
	ACS_TIME_STANDARD_MS = 30000,
	ACS_ATTEMPT_MIN_MS = 1000, /* the least time for one answer */
	ACS_ATTEMPTS = 3, /* that fit into a request's time without waits */
};

enum acs_step {
	ACS_JOB_WAITING, /* for due_ms and a free connection */
	ACS_JOB_RUNNING,
	ACS_JOB_ENDED, /* verdict is the answer */
};

struct acs_job {
	struct acs_job *next;
	char id[ACS_ID_LEN + 1];
	char to[ACS_TO_MAX + 1];
	struct buf body; /* the same in every attempt */
	int64_t due_ms, deadline_ms, time_ms;
	unsigned attempts;
	enum acs_step step;
	bool maybe_taken;	    /* by one of the attempts */
	struct acs_verdict verdict; /* on the last attempt */
};

/*
 * Parse {"id","to","from","message","firstSent","tag","timeoutMs"}; other
 * members are ignored. Its time begins now. *out is new.
 *
 * Fails with STATUS_DATA, naming the member that is missing or malformed
 * (never what stands in it), or STATUS_IO.
 */
MUST_USE int acs_job_parse(struct acs_job **out, const char *line, size_t len,
    bool wants_report, struct fault *f);

void acs_job_free(struct acs_job *job);

/* How long an attempt that begins at now_ms may take. */
int64_t acs_job_attempt_ms(const struct acs_job *job, int64_t now_ms);

/*
 * An attempt ended so: end the job, or set when the next one is due. Does not
 * wait for what lies beyond the deadline.
 */
void acs_job_answered(
    struct acs_job *job, const struct http_answer *answer, int64_t now_ms);

/* No time is left for another attempt. */
void acs_job_give_up(struct acs_job *job);

/* Append the line that answers a job that ended. */
MUST_USE int acs_job_write(
    const struct acs_job *job, struct buf *out, struct fault *f);

#endif
