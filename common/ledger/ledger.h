/*
 * The ledger: what was sent, what was tried, what may not be done again. It is
 * the authority; a task on standard input may be an old copy.
 *
 * A caller begins a transaction, reads and notes what a whole window of tasks
 * needs, and commits once. Nothing of it counts before ledger_commit() has
 * returned 0: it is then on the disk.
 *
 * This file MUST
 *  1. keep every customer, number and task only as a keyed hash, under a key
 *     that stands in the ledger sealed with the first key of the key file;
 *  2. let one transaction at a time decide (no read, compare, write in two);
 *  3. make a commit durable before it returns;
 *  4. refuse a file that others can read or write, and a time before the
 *     latest it has seen.
 *
 * Every call fails with STATUS_IO when the file cannot be read or written (a
 * damaged one included) and with STATUS_TEMPORARY when another program holds it
 * for more than LEDGER_BUSY_MS; the caller then rolls the transaction back.
 */
#ifndef COMMON_LEDGER_LEDGER_H
#define COMMON_LEDGER_LEDGER_H

#include "common/base/buf.h"
#include "common/settings/settings.h"
#include "common/ledger/policy.h"
#include "common/task/e164.h"
#include "common/task/keyring.h"
#include "common/task/pin.h"
#include "common/task/seal.h"
#include "common/task/uuid.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	LEDGER_BUSY_MS = 5000,	 /* the longest wait for another program */
	LEDGER_REPEAT_S = 240,	 /* a request may be handed over up to this age,
				  * since services remember ids for longer */
	LEDGER_COOL_DOWN_S = 60, /* between two messages with one PIN */
	LEDGER_DISABLE_AT = 100, /* wrong PINs in a row for one number */
	/*
	 * A clock that goes further ahead at once may be wrong: nothing is
	 * purged until an administrator confirms it. No limit counts over a
	 * longer period.
	 */
	LEDGER_JUMP_S = RATE_MAX_PERIOD_S,
	LEDGER_FROM_SIZE = 128,
	LEDGER_MESSAGE_SIZE = 8193, /* of a template with its NUL */
	LEDGER_ENTRY_MAX =
	    128, /* bytes of a PINEntry; longer ones are ignored */
};

struct ledger;

/* What became of the latest request of a PIN. */
enum ledger_state {
	LEDGER_INTENT,	 /* being sent, or the program died */
	LEDGER_SENT,	 /* the service accepted it */
	LEDGER_REJECTED, /* the service never accepts this number */
	LEDGER_RETRY,	 /* the service did not accept it */
	LEDGER_UNKNOWN,	 /* the service may have accepted it */
};

/* A PIN and the latest request that carried it. Copies, not borrowed. */
struct ledger_pin {
	int64_t row;		 /* of the ledger's own; 0: not in it yet */
	char id[UUID_SIZE];	 /* of the PIN, and of its first request */
	char request[UUID_SIZE]; /* of the latest one */
	enum ledger_state state; /* of that */
	/* The state to restore when the request is not accepted: LEDGER_RETRY
	 * for the first one. */
	enum ledger_state before;
	int64_t requested_s; /* when that was first handed over */
	int64_t sent_s;	     /* when the first one was */
	int64_t expires_s;
	unsigned max_attempts;
	unsigned attempts; /* used up: wrong PINs, and the right one */
	bool used;	   /* the right one was given */
	bool same_sender;  /* the latest request went to this sender */
	bool repeats;	   /* which accepts each request only once */
	char sealed[SEAL_TEXT_MAX + 1];	   /* what GeneratedPIN is */
	char from[LEDGER_FROM_SIZE];	   /* "" for none */
	char message[LEDGER_MESSAGE_SIZE]; /* the template */
};

/* --- opening ----------------------------------------------------------------
 */

/* Do the settings say to use none? */
bool ledger_is_off(const struct ledger_settings *settings);
/* Is there a file where the settings say? */
bool ledger_is_there(const struct ledger_settings *settings);

/* What it is opened for. */
enum ledger_use {
	LEDGER_READ,
	LEDGER_WRITE,
	LEDGER_MAKE, /* and made, if it is missing */
};

/*
 * Open the ledger that the settings name, or the default one, whose path is
 * put into them; *out is NULL when they say none. Unless it is only read, its
 * key is sealed with the first key of the key file, so that older ones can be
 * removed. A dry run only reads: it leaves *out NULL for one that would be
 * made.
 *
 * keys must outlive the ledger. Fails with STATUS_CONFIG: no ledger where one
 * should be, no ledger, made by a later version, sealed with a key that is
 * not in keys (its id is named). STATUS_PERMISSION: others can write the file
 * or its directory, or read the file.
 */
MUST_USE int ledger_open(struct ledger **out, struct ledger_settings *settings,
    enum ledger_use use, const struct keyring *keys, struct fault *f);
void ledger_close(struct ledger *l);

/* Its own id, sealed into every PIN. */
const char *ledger_id(const struct ledger *l);

/*
 * Which sender requests go to, for ledger_pin.same_sender; see
 * sender_identity().
 */
void ledger_set_sender(struct ledger *l, const char *identity);

/* --- transactions -----------------------------------------------------------
 */

/* Seconds since 1970: clock_now_s(). */
typedef int64_t ledger_clock(void);

/*
 * Begin. The clock is read when no other transaction is open; ledger_now_s() is
 * the time of this one, which never goes back. now_s NULL: the latest time that
 * the ledger has seen, for noting outcomes. Fails with STATUS_TEMPORARY when
 * the clock was set back by more than CLOCK_SLACK_S.
 */
MUST_USE int ledger_begin(
    struct ledger *l, ledger_clock *now_s, struct fault *f);
/* Outside one: of the last, or when it was opened. */
int64_t ledger_now_s(const struct ledger *l);

/* After a failure it is unknown whether the transaction counts: the caller
 * reads again in another one. */
MUST_USE int ledger_commit(struct ledger *l, struct fault *f);

/* Undo; does nothing outside a transaction. */
void ledger_rollback(struct ledger *l);

/* --- sending ----------------------------------------------------------------
 */

/* The PIN of that task, customer and number: 1 found, 0 none. */
MUST_USE int ledger_find_send(struct ledger *l, const struct seal_binding *b,
    struct ledger_pin *out, struct fault *f);

/*
 * Is every message to that customer or number refused? *reason is NULL if not,
 * else a REASON_ of names.h: REVOKED, LOCKED because the number is disabled, or
 * that of ledger_wrong_forbids().
 */
MUST_USE int ledger_bars(struct ledger *l, const struct seal_binding *b,
    const struct wrong_limits *wrong, const char **reason, struct fault *f);

/*
 * May a message be sent to that customer and number? *reason is NULL if so,
 * else that of ledger_bars(), or LIMIT_... with the time at which the limit is
 * no longer reached in *again_s.
 */
MUST_USE int ledger_forbids(struct ledger *l, const struct seal_binding *b,
    const struct send_limits *limits, const char **reason, int64_t *again_s,
    struct fault *f);

/* Is that customer or number revoked, or the number disabled: 1 yes, 0 no. */
MUST_USE int ledger_is_revoked(
    struct ledger *l, const struct seal_binding *b, struct fault *f);

/*
 * Note the intent to hand over pin->request, which is a new id, at
 * pin->requested_s. Limits count it from now on. An earlier PIN of the same
 * task, customer and number is replaced; attempts are kept if it has the same
 * id. Sets pin->row.
 */
MUST_USE int ledger_intend(struct ledger *l, const struct seal_binding *b,
    struct ledger_pin *pin, struct fault *f);

/*
 * The request that was made for the Resend with that entry: 1 with its id, 0
 * there is none, or the service did not accept it.
 */
MUST_USE int ledger_find_resend(struct ledger *l, const struct ledger_pin *pin,
    const char *entry, char request[UUID_SIZE], struct fault *f);

/* After ledger_intend(): pin->request is made for that Resend. */
MUST_USE int ledger_note_resend(struct ledger *l, const struct ledger_pin *pin,
    const char *entry, struct fault *f);

/* The outcome of a request. */
struct ledger_outcome {
	enum ledger_state state;
	const char *reason;   /* a REASON_ of names.h, or "" */
	const char *provider; /* the service's own id, or "" */
};

/*
 * Note the outcome of a request. With LEDGER_RETRY limits no longer count it.
 * With that or LEDGER_REJECTED the Resend that it was made for can be granted
 * again, and after a later request the state of the PIN is pin->before. The
 * outcome of a request that is not the latest, or was accepted already, changes
 * the history only.
 */
MUST_USE int ledger_note_outcome(struct ledger *l, const struct seal_binding *b,
    const struct ledger_pin *pin, const struct ledger_outcome *outcome,
    struct fault *f);

/* --- verifying --------------------------------------------------------------
 */

/* The PIN with that id: 1 found, 0 none. */
MUST_USE int ledger_find_pin(
    struct ledger *l, const char *id, struct ledger_pin *out, struct fault *f);

/*
 * Is no PIN of that customer to be compared? *reason is NULL if it may be, else
 * a REASON_ of names.h: LOCKED because the customer gave too many wrong PINs,
 * LIMIT_WRONG_ALL because all customers together did, including this one.
 */
MUST_USE int ledger_wrong_forbids(struct ledger *l,
    const struct seal_binding *b, const struct wrong_limits *limits,
    const char **reason, struct fault *f);

/* What a caller entered for a PIN. */
struct ledger_try {
	const struct ledger_pin *pin; /* found */
	const char *entry;   /* PINEntry; NULL: none, each try is a new one */
	const char *entered; /* the digits */
};

/* The charge of a try, for ledger_mark(). */
struct ledger_charge {
	int64_t pin;		/* the row of its PIN */
	char pin_id[UUID_SIZE]; /* and its id */
	int64_t at_s;
	int64_t event; /* its line of the history */
	int64_t again; /* of ledger_note_again(); 0: none */
};

/*
 * Was the same try charged before: 1 yes, 0 no. With *ok it was right. Without,
 * the caller compares it again, which reveals nothing new, in case a program
 * ended between ledger_charge() and ledger_mark().
 */
MUST_USE int ledger_find_charge(struct ledger *l, const struct ledger_try *try,
    struct ledger_charge *out, bool *ok, struct fault *f);

/*
 * Charge a try before it is compared: it uses up an attempt, counts against
 * customer and number, and is wrong in the history. A right one is marked
 * afterwards, in a transaction of its own, so that a full or damaged ledger
 * does not reveal whether a PIN is right.
 */
MUST_USE int ledger_charge(struct ledger *l, const struct seal_binding *b,
    const struct ledger_try *try, struct ledger_charge *out, struct fault *f);

/*
 * Mark a charged try as right: the PIN is used, and the charge no longer counts
 * against customer and number. *reason is NULL if so, also if another program
 * has marked the same try, and *attempts of the PIN are used up; else why it is
 * too late: another try used the PIN, or it has expired, been revoked or
 * purged.
 */
MUST_USE int ledger_mark(struct ledger *l, const struct seal_binding *b,
    const struct ledger_charge *charge, const char **reason, long *attempts,
    struct fault *f);

/* --- history ----------------------------------------------------------------
 */

/*
 * Note in the history only that something was refused, for a REASON_ of
 * names.h. what: "send" or "verify"; pin NULL: the ledger has none.
 */
MUST_USE int ledger_note_refusal(struct ledger *l, const struct seal_binding *b,
    const char *what, const struct ledger_pin *pin, const char *reason,
    struct fault *f);

/* The same of a verdict that was given again to the same try; *line: its line.
 */
MUST_USE int ledger_note_again(struct ledger *l, const struct seal_binding *b,
    const struct ledger_pin *pin, bool ok, int64_t *line, struct fault *f);

#endif
