/*
 * The ledger: what was sent, what was tried, what may not be done again. It is
 * the authority; a task on standard input may be an old copy.
 *
 * A caller opens a transaction, asks and notes for a whole window of tasks,
 * and commits once. Nothing that was asked or noted counts before
 * ledger_commit() has returned 0: it is then on the disk.
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
 * damaged one included) and with STATUS_TEMPORARY when another program kept it
 * for more than LEDGER_BUSY_MS; the transaction is then to be rolled back.
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
	LEDGER_BUSY_MS = 5000,	 /* how long another program is waited for */
	LEDGER_REPEAT_S = 240,	 /* a request may be handed over up to this age,
				  * since services remember ids for longer */
	LEDGER_COOL_DOWN_S = 60, /* between two messages with one PIN */
	LEDGER_DISABLE_AT = 100, /* wrong PINs in a row for one number */
	/*
	 * A clock that goes further ahead at once may be wrong, and nothing is
	 * forgotten by it. No limit looks further back; a machine that is off
	 * for a week is rare, and then a person can say that it was.
	 */
	LEDGER_JUMP_S = RATE_MAX_PERIOD_S,
	LEDGER_FROM_SIZE = 128,
	LEDGER_MESSAGE_SIZE = 8193, /* of a template with its NUL */
	LEDGER_ENTRY_MAX =
	    128, /* bytes of a PINEntry, or its like, that count */
};

struct ledger;

/* What became of the latest request of a PIN. */
enum ledger_state {
	LEDGER_INTENT,	 /* it may be under way, or have been lost */
	LEDGER_SENT,	 /* the service has it */
	LEDGER_REJECTED, /* the service will never take it for this number */
	LEDGER_RETRY,	 /* the service did not take it */
	LEDGER_UNKNOWN,	 /* the service may have taken it */
};

/* A PIN and the latest request that carried it. Copies, not borrowed. */
struct ledger_pin {
	int64_t row;		 /* of the ledger's own; 0: not in it yet */
	char id[UUID_SIZE];	 /* of the PIN, and of its first request */
	char request[UUID_SIZE]; /* of the latest one */
	enum ledger_state state; /* of that */
	/* What the PIN's state is again when the request is not taken:
	 * LEDGER_RETRY for the first one. */
	enum ledger_state before;
	int64_t requested_s; /* when that was first handed over */
	int64_t sent_s;	     /* when the first one was */
	int64_t expires_s;
	unsigned max_attempts;
	unsigned attempts; /* used up: wrong PINs, and the right one */
	bool used;	   /* the right one was given */
	bool same_sender;  /* the latest request went to this sender */
	bool repeats;	   /* which takes each request only once */
	char sealed[SEAL_TEXT_MAX + 1];	   /* what GeneratedPIN is */
	char from[LEDGER_FROM_SIZE];	   /* "" for none */
	char message[LEDGER_MESSAGE_SIZE]; /* the template */
};

/* --- opening ----------------------------------------------------------------
 */

/* Do the settings say that there is none? */
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
 * put into them; *out is NULL when they say none. Whoever may write seals its
 * key anew when the key file has a new first key, so that an old key can go
 * whichever program was run since. A dry run only reads: it leaves *out NULL
 * for one that would be made.
 *
 * keys must outlive the ledger. Fails with STATUS_CONFIG: no ledger where one
 * should be, none of ours, made by a later version, sealed with a key that is
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
 * Begin. The clock is read when nobody else is in a transaction any more;
 * ledger_now_s() is the time of this one, which never goes back. now_s NULL:
 * the latest time that the ledger has seen, for what has happened and only is
 * to be noted. Fails with STATUS_TEMPORARY when the clock was set back by more
 * than CLOCK_SLACK_S.
 */
MUST_USE int ledger_begin(
    struct ledger *l, ledger_clock *now_s, struct fault *f);
/* Outside one: of the last, or when it was opened. */
int64_t ledger_now_s(const struct ledger *l);

/* After a failure nothing of the transaction is known to count: what it asked
 * is to be asked again in another one. */
MUST_USE int ledger_commit(struct ledger *l, struct fault *f);

/* Undo; does nothing outside a transaction. */
void ledger_rollback(struct ledger *l);

/* --- sending ----------------------------------------------------------------
 */

/* The PIN of that task, customer and number: 1 found, 0 none. */
MUST_USE int ledger_find_send(struct ledger *l, const struct seal_binding *b,
    struct ledger_pin *out, struct fault *f);

/*
 * Is that customer or number to get nothing? *reason is NULL if not, else a
 * REASON_ of names.h: REVOKED, or LOCKED, for the number was disabled, or that
 * of ledger_wrong_forbids().
 */
MUST_USE int ledger_bars(struct ledger *l, const struct seal_binding *b,
    const struct wrong_limits *wrong, const char **reason, struct fault *f);

/*
 * May a message go to that customer and number? *reason is NULL if so, else
 * that of ledger_bars(), or LIMIT_... with the time at which it may be asked
 * again in *again_s.
 */
MUST_USE int ledger_forbids(struct ledger *l, const struct seal_binding *b,
    const struct send_limits *limits, const char **reason, int64_t *again_s,
    struct fault *f);

/* Is that customer or number revoked, or the number disabled: 1 yes, 0 no. */
MUST_USE int ledger_is_revoked(
    struct ledger *l, const struct seal_binding *b, struct fault *f);

/*
 * Note the intent to hand over pin->request, which is a new id, at
 * pin->requested_s. It is counted from now on. What the ledger knew of an
 * earlier PIN of the same task, customer and number is replaced, but for the
 * attempts of a PIN with the same id. Sets pin->row.
 */
MUST_USE int ledger_intend(struct ledger *l, const struct seal_binding *b,
    struct ledger_pin *pin, struct fault *f);

/*
 * The request that was made for the wish with that entry to send the PIN once
 * more: 1 with its id, 0 there is none, or the service did not take it.
 */
MUST_USE int ledger_find_wish(struct ledger *l, const struct ledger_pin *pin,
    const char *entry, char request[UUID_SIZE], struct fault *f);

/* Behind ledger_intend(): pin->request is made for that wish. */
MUST_USE int ledger_note_wish(struct ledger *l, const struct ledger_pin *pin,
    const char *entry, struct fault *f);

/* What became of a request. */
struct ledger_outcome {
	enum ledger_state state;
	const char *reason;   /* a REASON_ of names.h, or "" */
	const char *provider; /* the service's own id, or "" */
};

/*
 * Note what became of a request. LEDGER_RETRY is no longer counted. With it or
 * LEDGER_REJECTED the wish that the request was made for is open again.
 * LEDGER_RETRY and LEDGER_REJECTED of a later request leave the PIN as
 * pin->before says. A request that is no longer the latest, or was taken
 * already, changes nothing but the history.
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
 * Is that customer to be compared with nothing? *reason is NULL if not, else a
 * REASON_ of names.h: LOCKED, for the customer gave too many wrong PINs, or
 * LIMIT_WRONG_ALL, for all customers did, and this one is among them.
 */
MUST_USE int ledger_wrong_forbids(struct ledger *l,
    const struct seal_binding *b, const struct wrong_limits *limits,
    const char **reason, struct fault *f);

/* One thing that a caller keyed in for a PIN. */
struct ledger_try {
	const struct ledger_pin *pin; /* found */
	const char *entry; /* PINEntry; NULL: there is none, so that no two
			      tries are the same */
	const char *keyed; /* the digits */
};

/* What a try was charged with: where ledger_mark() finds it. */
struct ledger_charge {
	int64_t pin;		/* the row of its PIN */
	char pin_id[UUID_SIZE]; /* and its id */
	int64_t at_s;
	int64_t event; /* its line of the history */
	int64_t again; /* that of its being given again; 0: it was not */
};

/*
 * Was this very try charged before: 1 yes, 0 no. With *ok it was right, and is
 * to be answered so; without, it is compared again: the same digits tell
 * nothing new, and a run that ended before ledger_mark() is made good.
 */
MUST_USE int ledger_find_charge(struct ledger *l, const struct ledger_try *try,
    struct ledger_charge *out, bool *ok, struct fault *f);

/*
 * Charge a try before it is compared: it uses up an attempt, counts against
 * customer and number, and is wrong in the history. What is right is marked so
 * afterwards, in a transaction of its own: a ledger that has no room, or is
 * damaged, then tells right from wrong to nobody.
 */
MUST_USE int ledger_charge(struct ledger *l, const struct seal_binding *b,
    const struct ledger_try *try, struct ledger_charge *out, struct fault *f);

/*
 * Mark as right what was charged and compared: the PIN is used, and what the
 * charge counted against customer and number is taken back. *reason is NULL if
 * so, also if another program has marked this very try, and *attempts of the
 * PIN are used up; else why it came too late: another try used the PIN, or it
 * has expired, been revoked or is gone.
 */
MUST_USE int ledger_mark(struct ledger *l, const struct seal_binding *b,
    const struct ledger_charge *charge, const char **reason, long *attempts,
    struct fault *f);

/* --- history ----------------------------------------------------------------
 */

/*
 * Note in the history alone that something was refused, for a REASON_ of
 * names.h. what: "send" or "verify"; pin NULL: none that the ledger has.
 */
MUST_USE int ledger_note_refusal(struct ledger *l, const struct seal_binding *b,
    const char *what, const struct ledger_pin *pin, const char *reason,
    struct fault *f);

/* The same of a verdict that was given again, for the same question; *line is
 * where. */
MUST_USE int ledger_note_again(struct ledger *l, const struct seal_binding *b,
    const struct ledger_pin *pin, bool ok, int64_t *line, struct fault *f);

#endif
