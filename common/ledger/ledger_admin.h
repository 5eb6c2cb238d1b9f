/*
 * Reports on the ledger, and corrections that only a person can decide.
 *
 * A subject is what the user names: a number in E.164 with its '+', else a
 * customer's identifier or a taskId. It is hashed like everything else; no
 * call returns one or puts one into a message.
 *
 * Changes are noted in the history, with the user who made them. The calls that
 * make them are made outside a transaction; when they return, the change is
 * durable.
 */
#ifndef COMMON_LEDGER_LEDGER_ADMIN_H
#define COMMON_LEDGER_LEDGER_ADMIN_H

#include "common/ledger/ledger.h"

enum {
	LEDGER_NOTE_MAX = 200, /* bytes of a reason */
	LEDGER_SEVERAL = 2,
};

/* One line of the history; borrowed until the next one. "" for none. */
struct ledger_line {
	int64_t at_s;
	const char *what, *outcome, *reason, *provider, *pin_id, *masked;
	const char *who, *ref;
	/* Hashes in hex, to find events of the same one. */
	const char *task, *customer, *number;
	int tries_left; /* -1: not known */
};

/* A PIN in a report. */
struct ledger_summary {
	char id[UUID_SIZE], request[UUID_SIZE], masked[E164_SIZE];
	enum ledger_state state;
	int64_t requested_s, sent_s, expires_s;
	unsigned attempts, max_attempts;
	bool used;
	bool repeats;	 /* the sender takes the latest request only once */
	bool is_blocked; /* its customer or number is revoked or disabled */
	/* Of ledger_wrong_forbids(), or NULL. */
	const char *forbidden;
};

/* "sent". */
const char *ledger_state_name(enum ledger_state s);

/* Called for each, in the order of time; a failure ends it. */
typedef int (*ledger_see_line)(
    void *arg, const struct ledger_line *line, struct fault *f);
typedef int (*ledger_see_pin)(
    void *arg, const struct ledger_summary *pin, struct fault *f);

/* The history of a subject, or for NULL all of it. 1 there was some, 0 none. */
MUST_USE int ledger_history(struct ledger *l, const char *subject,
    ledger_see_line see, void *arg, struct fault *f);

/*
 * The PINs of a subject, or for NULL all of them. wrong: the limits of wrong
 * PINs, judged at ledger_now_s().
 */
MUST_USE int ledger_pins(struct ledger *l, const char *subject,
    const struct wrong_limits *wrong, ledger_see_pin see, void *arg,
    struct fault *f);

/*
 * Set the outcome of a send of unknown outcome, by the id of its PIN or its
 * request, or the beginning of either. 1 done, 0 there is none, or its outcome
 * is known, LEDGER_SEVERAL: several ids begin so, and nothing is done. One that
 * failed can be sent again.
 */
MUST_USE int ledger_resolve(struct ledger *l, const char *id, bool sent,
    ledger_clock *now_s, struct fault *f);

/* Refuse messages to that customer or number, and lock PINs that were sent. */
MUST_USE int ledger_revoke(struct ledger *l, const char *subject,
    const char *reason, ledger_clock *now_s, struct fault *f);

/*
 * Undo ledger_revoke() of the same subject, and forget wrong PINs: of that
 * customer and the customer's numbers, or of that number and its customers. 1
 * done, 0 there was nothing to undo.
 */
MUST_USE int ledger_unlock(struct ledger *l, const char *subject,
    const char *reason, ledger_clock *now_s, struct fault *f);

/*
 * Delete what is older than keep_s, except PINs and what limits count of the
 * last fourteen days, and what was revoked. Fails with STATUS_TEMPORARY when
 * the clock went far ahead at once, until ledger_reset_clock(). *gone is the
 * number of rows. Many small transactions let other programs go on meanwhile.
 */
MUST_USE int ledger_purge(struct ledger *l, int64_t keep_s, ledger_clock *now_s,
    int64_t *gone, struct fault *f);

struct ledger_counts {
	int64_t pins, unresolved, events;
};

/*
 * Is the file intact, and without contradictions? 1 yes, 0 no: problem then
 * says what is wrong.
 */
MUST_USE int ledger_check(struct ledger *l, struct ledger_counts *counts,
    char problem[FAULT_SIZE], struct fault *f);

/* What a key of the key file is still needed for. */
struct ledger_key_use {
	bool seals_ledger; /* the ledger's own key is sealed with it */
	int64_t pins;	   /* PINs sealed with it that have not expired */
	int64_t until_s;   /* when the last of them expires */
};
MUST_USE int ledger_key_use(struct ledger *l, const char *key_id, int64_t now_s,
    struct ledger_key_use *out, struct fault *f);

/*
 * Set the ledger's time to now_s, which may be earlier. PINs that were sent in
 * what is now the future expire, and what limits count there counts as of now,
 * so that no PIN or lock lasts longer for it. *was_s: the time before.
 */
MUST_USE int ledger_reset_clock(
    struct ledger *l, int64_t now_s, int64_t *was_s, struct fault *f);

#endif
