/*
 * The ledger's row about itself: its id, its key, the latest time that it has
 * seen, and the number of commits.
 */
#include "common/ledger/ledger_inside.h"

#include "common/base/clock.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	SEALED_KEY_BYTES =
	    NONCE + KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

/* --- lost commits -----------------------------------------------------------
 */

static int
check_mark(const struct ledger *l, const struct mark_text *mark,
    int64_t commits, struct fault *f)
{
	if (mark->id[0] == '\0')
		return 0;
	if (strcmp(mark->id, l->id) != 0)
		return fault_set(f, STATUS_IO,
		    "%s: damaged: %s" MARK_SUFFIX " speaks of another ledger: "
		    "see BACKUP in twofa-ledger(1)",
		    l->path, l->path);
	if (mark->commits > commits)
		return fault_set(f, STATUS_IO,
		    "%s: damaged: commits are missing (%lld): put its -wal "
		    "file back, or see BACKUP in twofa-ledger(1)",
		    l->path, (long long)(mark->commits - commits));
	return 0;
}

/* --- the key ----------------------------------------------------------------
 */

static void
seal_key(unsigned char out[SEALED_KEY_BYTES],
    const unsigned char key[KEY_BYTES], const char *id, const struct key *with)
{
	randombytes_buf(out, NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, key,
	    KEY_BYTES, (const unsigned char *)id, strlen(id), NULL, out,
	    with->bytes);
}

static bool
open_key(unsigned char out[KEY_BYTES],
    const unsigned char sealed[SEALED_KEY_BYTES], const char *id,
    const struct key *with)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
		   sealed + NONCE, SEALED_KEY_BYTES - NONCE,
		   (const unsigned char *)id, strlen(id), sealed,
		   with->bytes) == 0;
}

int
ledger_meta_make(struct ledger *l, const struct keyring *keys, struct fault *f)
{
	unsigned char sealed[SEALED_KEY_BYTES];
	unsigned char key[KEY_BYTES];
	char id[UUID_SIZE];

	if (uuid_draw(id, f) == -1)
		return -1;
	randombytes_buf(key, KEY_BYTES);
	seal_key(sealed, key, id, &keys->keys[0]);
	sodium_memzero(key, sizeof key);
	return sql_run(&l->sql, f,
	    "INSERT INTO meta(one, id, key_id, key, clock)"
	    " VALUES(1, ?, ?, ?, 0)",
	    SQL_TEXT(id), SQL_TEXT(keys->keys[0].id),
	    SQL_BLOB(sealed, sizeof sealed));
}

/* Seal the ledger's key with the first key of the key file. */
static int
reseal_key(struct ledger *l, const struct keyring *keys, struct fault *f)
{
	unsigned char sealed[SEALED_KEY_BYTES];

	seal_key(sealed, l->key, l->id, &keys->keys[0]);
	if (sql_run(&l->sql, f, "UPDATE meta SET key_id = ?, key = ?",
		SQL_TEXT(keys->keys[0].id),
		SQL_BLOB(sealed, sizeof sealed)) == -1)
		return -1;
	memcpy(l->key_id, keys->keys[0].id, sizeof l->key_id);
	return 0;
}

static int
take_key(struct ledger *l, const void *sealed, const struct keyring *keys,
    struct fault *f)
{
	const struct key *key = keyring_find(keys, l->key_id);

	if (key == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "%s: sealed with key %s, which is not in the key file: "
		    "put it back there, behind the first, or name the key file "
		    "of twofa-sendpin with -k",
		    l->path, l->key_id);
	l->key = sodium_malloc(KEY_BYTES);
	if (l->key == NULL)
		memory_exhausted();
	if (sealed == NULL || !open_key(l->key, sealed, l->id, key))
		return fault_set(f, STATUS_IO,
		    "%s: damaged: its key does not open", l->path);
	return key == &keys->keys[0] ? 0 : 1;
}

/* 1: the key is to be sealed again. */
static int
take_meta(struct ledger *l, const struct sql_query *q,
    const struct mark_text *mark, const struct keyring *keys, struct fault *f)
{
	(void)snprintf(l->id, sizeof l->id, "%s", sql_text(q, 0));
	(void)snprintf(l->key_id, sizeof l->key_id, "%s", sql_text(q, 1));
	if (check_mark(l, mark, sql_number(q, 3), f) == -1)
		return -1;
	return take_key(l, sql_blob(q, 2, SEALED_KEY_BYTES), keys, f);
}

int
ledger_meta_read(struct ledger *l, enum ledger_use use,
    const struct keyring *keys, struct fault *f)
{
	struct sql_query q = sql_select(
	    &l->sql, "SELECT id, key_id, key, commits FROM meta", SQL_NONE);
	/* Before the ledger, to which other programs add commits. */
	const struct mark_text mark = mark_read(&l->mark);
	int r = sql_step(&q, f);

	if (r == 1)
		r = take_meta(l, &q, &mark, keys, f);
	else if (r == 0)
		r = fault_set(f, STATUS_IO, "%s: damaged: no id", l->path);
	sql_end(&q);
	if (r == -1)
		return -1;
	sql_keep_log(&l->sql, false);
	return r == 1 && use != LEDGER_READ ? reseal_key(l, keys, f) : 0;
}

/* --- each transaction -------------------------------------------------------
 */

static int
see_time(struct ledger *l, int64_t seen_s, ledger_clock *clock, struct fault *f)
{
	const int64_t now_s = clock == NULL ? seen_s : clock();
	char seen[CLOCK_TEXT_SIZE];

	if (now_s < seen_s - CLOCK_SLACK_S) {
		clock_rfc3339(seen, seen_s);
		return fault_set(f, STATUS_TEMPORARY,
		    "%s: the clock was set back: it was %s already; set it "
		    "right, or if that was wrong: twofa-ledger clock --reset",
		    l->path, seen);
	}
	l->now_s = now_s > seen_s ? now_s : seen_s;
	return 0;
}

/* Also note the time before a clock went far ahead at once. */
static int
move_time(struct ledger *l, int64_t seen_s, struct fault *f)
{
	static const char text[] =
	    "UPDATE meta SET clock = ?1,"
	    " jumped = iif(jumped = 0 AND ?2 > 0 AND ?1 - ?2 > ?3, ?2, jumped)";

	return sql_run(&l->sql, f, text, SQL_NUMBER(l->now_s),
	    SQL_NUMBER(seen_s), SQL_NUMBER(LEDGER_JUMP_S));
}

int
ledger_meta_check_jump(struct ledger *l, struct fault *f)
{
	char since[CLOCK_TEXT_SIZE];
	int64_t since_s;

	if (sql_get(&l->sql, f, &since_s, 0, "SELECT jumped FROM meta",
		SQL_NONE) == -1)
		return -1;
	if (since_s == 0)
		return 0;
	clock_rfc3339(since, since_s);
	return fault_set(f, STATUS_TEMPORARY,
	    "%s: the clock went far ahead at once, from %s: if it is right, "
	    "say so with twofa-ledger clock --reset; until then nothing is "
	    "forgotten",
	    l->path, since);
}

int
ledger_meta_time(struct ledger *l, ledger_clock *clock, struct fault *f)
{
	struct sql_query q =
	    sql_select(&l->sql, "SELECT clock, commits FROM meta", SQL_NONE);
	const struct mark_text mark = mark_read(&l->mark);
	int64_t seen_s = 0;
	int r = sql_step(&q, f);

	if (r == 1) {
		seen_s = sql_number(&q, 0);
		l->commits = sql_number(&q, 1);
	}
	sql_end(&q);
	if (r != 1)
		return r == -1
		    ? -1
		    : fault_set(f, STATUS_IO, "%s: damaged: no id", l->path);
	l->changes = sqlite3_total_changes(l->sql.db);
	if (check_mark(l, &mark, l->commits, f) == -1) {
		sql_keep_log(&l->sql, true);
		return -1;
	}
	if (see_time(l, seen_s, clock, f) == -1)
		return -1;
	return l->now_s == seen_s ? 0 : move_time(l, seen_s, f);
}

int
ledger_meta_count(struct ledger *l, struct fault *f)
{
	if (sqlite3_total_changes(l->sql.db) == l->changes)
		return 0;
	l->commits++;
	return sql_run(
	    &l->sql, f, "UPDATE meta SET commits = ?", SQL_NUMBER(l->commits));
}
