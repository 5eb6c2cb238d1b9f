/*
 * Sending text messages.
 *
 *	file:OUTBOX	  appends one JSON object a line; sends nothing
 *	command:PROGRAM … number as last argument, text on stdin
 *	exec:PROGRAM …	  a driver, twofa-driver(7)
 *	SCHEME:…	  the suite's driver sms-SCHEME
 */
#ifndef CMD_TWOFA_SENDPIN_SMS_SMS_H
#define CMD_TWOFA_SENDPIN_SMS_SMS_H

#include "common/base/buf.h"
#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/settings/settings.h"
#include "common/text/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SMS_MESSAGE_MAX = 2048, /* bytes of a text */
	SMS_CODE_SIZE = 64,
	SMS_DETAIL_SIZE = 256,
	SMS_KNOWN_S = 300, /* every service remembers an id for so long */
	SMS_MARGIN_S = 10, /* for clocks and networks */
};

enum sms_outcome {
	SMS_ACCEPTED, /* the service has taken the message */
	SMS_REJECTED, /* it will never take it */
	SMS_RETRY,    /* it has not taken it; it may later */
	SMS_UNKNOWN,  /* it may have taken it */
};

enum sms_scope {
	SMS_RECIPIENT, /* SMS_REJECTED: because of this number */
	SMS_SERVICE,   /* SMS_REJECTED: as for any other number */
};

struct sms {
	/* in; borrowed */
	const char *id;	  /* UUID: the service takes a message of one id once */
	const char *to;	  /* E.164 */
	const char *from; /* NULL: not set */
	const char *message;
	const char *first_sent; /* RFC 1123: when id was first used */
	int64_t requested_s;	/* the same in seconds since 1970 */
	bool repeated;		/* id was used before */
	/* out */
	enum sms_outcome outcome;
	enum sms_scope scope;
	char message_id[SMS_DETAIL_SIZE]; /* the service's own, or "" */
	char code[SMS_CODE_SIZE];	  /* the service's own, or "" */
	char detail[SMS_DETAIL_SIZE];	  /* for people; no number, no text */
};

struct sms_settings {
	bool has_from;	  /* messages come with one; some services need it */
	struct rate rate; /* count 0: no limit */
	struct request_settings requests;
};

struct sender;

/*
 * Open a sender by its address. settings is copied. Fails with STATUS_CONFIG:
 * no such scheme or driver, no program; STATUS_PERMISSION: an outbox that
 * others can read; STATUS_IO.
 */
MUST_USE int sender_open(struct sender **out, const char *address,
    const struct sms_settings *settings, struct fault *f);

/*
 * Start a driver, which is otherwise started by the first message. Fails with
 * STATUS_CONFIG: it does not start, or needs a setting that is missing.
 */
MUST_USE int sender_start(struct sender *s, struct fault *f);

/*
 * Does the service take a message of one id only once, so that a request of
 * unknown outcome can be repeated? Valid after sender_start().
 */
bool sender_repeats(const struct sender *s);

/*
 * Append to out what identifies this sender, wherever this program is started:
 * its address, with the working directory if it depends on that; for an outbox
 * its present file, which is made if need be. Fails with STATUS_CONFIG,
 * STATUS_PERMISSION and STATUS_IO as sender_open().
 */
MUST_USE int sender_identity(
    struct sender *s, struct buf *out, struct fault *f);

/*
 * Wait until the rate allows a message. Returns how many of n it then allows
 * at once. Call it before making messages, so that none is old when it is sent.
 */
size_t sender_wait(struct sender *s, size_t n);
/* How many of n it allows at once, without waiting. */
size_t sender_allows(const struct sender *s, size_t n);

/*
 * Send n messages, as fast as the rate allows, and set the outcome of each. A
 * message that is LEDGER_REPEAT_S old by then is not handed over (SMS_RETRY):
 * another program may have repeated it and the service forgotten its id. Fails
 * only when no message was handed over (see sender_start()).
 */
MUST_USE int sender_send(
    struct sender *s, struct sms *const messages[], size_t n, struct fault *f);

void sender_close(struct sender *s);

/* --- for the backends ----------------------------------------------------- */

struct sms_backend {
	const char *scheme;
	/* address is borrowed until close. */
	int (*open)(void **state, const struct address *address,
	    const struct sms_settings *settings, struct fault *f);
	int (*start)(void *state, struct fault *f); /* NULL: nothing to do */
	bool (*repeats)(const void *state);	    /* NULL: it does not */
	/* See sender_identity(). NULL: by the address */
	int (*identify)(void *state, struct buf *out, struct fault *f);
	int (*send)(void *state, struct sms *const messages[], size_t n,
	    struct fault *f);
	void (*close)(void *state);
};

extern const struct sms_backend sms_file;
extern const struct sms_backend sms_command;
extern const struct sms_backend sms_driver;

/* Set the outcome, with a detail for people. */
void sms_note(struct sms *m, enum sms_outcome outcome, enum sms_scope scope,
    const char *detail);

#endif
