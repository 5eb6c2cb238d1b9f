/*
 * What the files of the ledger share.
 */
#ifndef COMMON_LEDGER_LEDGER_INSIDE_H
#define COMMON_LEDGER_LEDGER_INSIDE_H

#include "common/base/plain.h"
#include "common/base/login.h"
#include "common/base/memory.h"
#include "common/file/dir.h"
#include "common/ledger/ledger.h"
#include "common/ledger/mark.h"
#include "common/ledger/sql.h"

enum {
	LEDGER_HASH_BYTES = 16,
};

/* A BLAKE2b with the ledger's key. */
struct ledger_hash {
	unsigned char bytes[LEDGER_HASH_BYTES];
};

/* What a hash is of: the same text gives another hash for each. */
enum ledger_kind {
	LEDGER_OF_TASK = 't',
	LEDGER_OF_CUSTOMER = 'c',
	LEDGER_OF_NUMBER = 'n',
	LEDGER_OF_PARTY = 'p', /* task, customer and number */
	LEDGER_OF_SENDER = 's',
	LEDGER_OF_TRY = 'v',	/* PIN and digits */
	LEDGER_OF_RESEND = 'w', /* PIN and entry */
};

struct ledger {
	struct sql sql;
	char path[DIR_PATH_MAX];
	char id[UUID_SIZE];
	char key_id[KEY_ID_SIZE]; /* of the key that seals the ledger's own */
	unsigned char *key;	  /* KEY_BYTES, locked into memory */
	struct mark mark;
	int64_t commits; /* with the transaction that is open */
	int changes;	 /* of the connection, when that was begun */
	bool in_transaction;
	int64_t now_s;
	struct ledger_hash sender;
	char who[LOGIN_SIZE]; /* "" before the first transaction */
	char ref[LABEL_SIZE]; /* "" for none */
};

/* Whom a send or an attempt is about, as it stands in the ledger. */
struct ledger_party {
	struct ledger_hash task, customer, number, party;
	char masked[E164_SIZE];
	char country[POLICY_COUNTRY_SIZE];
};

/* Of texts with a NULL behind the last. */
struct ledger_hash ledger_hash_texts(
    const struct ledger *l, enum ledger_kind kind, const char *const texts[]);
#define ledger_hash_of(l, kind, ...)                                           \
	ledger_hash_texts(l, kind, (const char *const[]){__VA_ARGS__, NULL})
struct ledger_party ledger_party_of(
    const struct ledger *l, const struct seal_binding *b);
/* For a '?'; NULL is NULL. */
struct sql_value ledger_sql_hash(const struct ledger_hash *h);

/* In a new ledger: its id, and its key sealed with the first key. */
MUST_USE int ledger_meta_make(
    struct ledger *l, const struct keyring *keys, struct fault *f);
/*
 * When it is opened: read its id and its key. Fails with STATUS_CONFIG without
 * the key that seals that one, with STATUS_IO when commits are missing or the
 * mark is that of another ledger.
 */
MUST_USE int ledger_meta_read(struct ledger *l, enum ledger_use use,
    const struct keyring *keys, struct fault *f);
/* In a new transaction: set its time; see ledger_begin(). */
MUST_USE int ledger_meta_time(
    struct ledger *l, ledger_clock *clock, struct fault *f);
/* In a transaction: fails with STATUS_TEMPORARY when the clock went further
 * ahead than LEDGER_JUMP_S, until it is reset. */
MUST_USE int ledger_meta_check_jump(struct ledger *l, struct fault *f);
/* At the end of a transaction: count it if it changed something. */
MUST_USE int ledger_meta_count(struct ledger *l, struct fault *f);

/*
 * Check that it is a ledger of this version or an earlier one, or with make
 * empty. Changes nothing, as it may be another program's database.
 */
MUST_USE int ledger_schema_check(struct ledger *l, bool make, struct fault *f);
/*
 * Before SQLite opens it, which takes away the log of a file that is empty: is
 * there one, if there was? Fails with STATUS_CONFIG.
 */
MUST_USE int ledger_schema_check_there(const struct ledger *l, struct fault *f);
/* Make the tables of an empty file; 1: it has those of an earlier version. */
MUST_USE int ledger_schema(
    struct ledger *l, const struct keyring *keys, struct fault *f);
/* Bring that to this version: no other program may have it open. */
MUST_USE int ledger_schema_renew(
    struct ledger *l, const struct keyring *keys, struct fault *f);

/* One line of the history. */
struct ledger_event {
	/* The PIN it is about, which says whom; NULL: none. */
	const struct ledger_pin *pin;
	/* Without a PIN: whom it is about; NULL: unknown. */
	const struct ledger_hash *task, *customer, *number;
	const char *masked; /* the number for the eyes of others, or NULL */
	const char *what;   /* "send", "verify", … */
	const char *outcome;
	const char *reason;   /* NULL or "": none */
	const char *provider; /* NULL or "": none */
	int tries_left;	      /* -1: not known */
};
/* An event of that party, or of its PIN. */
struct ledger_event ledger_event_of(const struct ledger_party *p,
    const struct ledger_pin *pin, const char *what, const char *outcome);
MUST_USE int ledger_note(
    struct ledger *l, const struct ledger_event *e, struct fault *f);

/* A party that is both revoked and disabled is revoked. */
enum ledger_block {
	LEDGER_NOT_BLOCKED,
	LEDGER_DISABLED, /* the number, after wrong PINs in a row */
	LEDGER_REVOKED,	 /* customer or number, by an administrator */
};
MUST_USE int ledger_block_of(struct ledger *l, const struct ledger_party *p,
    enum ledger_block *out, struct fault *f);

/* ledger_wrong_forbids() of a hash. */
MUST_USE int ledger_wrong_forbids_customer(struct ledger *l,
    const struct ledger_hash *customer, const struct wrong_limits *limits,
    const char **reason, struct fault *f);

/*
 * A later request was not taken: the PIN is what it was before it, and is no
 * sender's any more, for the first request may have gone to another one than
 * the later. Of a first request nothing but the state changes.
 */
#define TAKE_BACK                                                              \
	"UPDATE pin SET state = before, before = 'retry', requested = sent,"   \
	" sender = iif(request = id, sender, zeroblob(16)), request = id"

/* A row of LEDGER_PIN_COLUMNS into out. */
#define LEDGER_PIN_COLUMNS                                                     \
	"id, request, state, requested, sent, expires, max_attempts, "         \
	"attempts, used, sender, sealed, sender_from, message, before, n, "    \
	"repeats"
#define LEDGER_PIN_COLUMN_COUNT 16
void ledger_pin_read(
    const struct ledger *l, const struct sql_query *q, struct ledger_pin *out);

/* ledger_state_name() back; LEDGER_UNKNOWN for others. */
enum ledger_state ledger_state_parse(const char *name);

#endif
