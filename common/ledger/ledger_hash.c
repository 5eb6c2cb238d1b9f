/*
 * The ledger's own key: what it hashes with, and how it is kept.
 */
#include "common/ledger/ledger_inside.h"

#include <sodium.h>
#include <string.h>

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
};

_Static_assert(LEDGER_SEALED_KEY_BYTES ==
	NONCE + KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
    "size of the sealed key");

static void
add_text(crypto_generichash_state *s, const char *text)
{
	unsigned char len[4];
	size_t n = strlen(text);
	int i;

	for (i = 0; i < 4; i++)
		len[i] = (unsigned char)(n >> (8 * i));
	(void)crypto_generichash_update(s, len, sizeof len);
	(void)crypto_generichash_update(s, (const unsigned char *)text, n);
}

static struct ledger_hash
hash_texts(const struct ledger *l, enum ledger_kind kind,
    const char *const texts[], size_t n)
{
	const unsigned char kind_byte = (unsigned char)kind;
	crypto_generichash_state s;
	struct ledger_hash h;
	size_t i;

	(void)crypto_generichash_init(&s, l->key, KEY_BYTES, sizeof h.bytes);
	(void)crypto_generichash_update(&s, &kind_byte, 1);
	for (i = 0; i < n; i++)
		add_text(&s, texts[i]);
	(void)crypto_generichash_final(&s, h.bytes, sizeof h.bytes);
	sodium_memzero(&s, sizeof s);
	return h;
}

struct ledger_hash
ledger_hash(const struct ledger *l, enum ledger_kind kind, const char *text)
{
	return hash_texts(l, kind, &text, 1);
}

struct ledger_party
ledger_party_of(const struct ledger *l, const struct seal_binding *b)
{
	const char *const all[] = {b->task_id, b->customer, b->number};
	struct ledger_party p = {
	    .task = ledger_hash(l, LEDGER_OF_TASK, b->task_id),
	    .customer = ledger_hash(l, LEDGER_OF_CUSTOMER, b->customer),
	    .number = ledger_hash(l, LEDGER_OF_NUMBER, b->number),
	    .party = hash_texts(l, LEDGER_OF_PARTY, all, ARRAY_LEN(all))};

	e164_mask(p.masked, b->number);
	policy_country(p.country, b->number);
	return p;
}

struct ledger_hash
ledger_hash_try(const struct ledger *l, const struct ledger_try *try)
{
	const char *const both[] = {try->pin->id, try->keyed};

	return hash_texts(l, LEDGER_OF_TRY, both, ARRAY_LEN(both));
}

struct ledger_hash
ledger_hash_wish(
    const struct ledger *l, const struct ledger_pin *pin, const char *entry)
{
	const char *const both[] = {pin->id, entry};

	return hash_texts(l, LEDGER_OF_WISH, both, ARRAY_LEN(both));
}

struct sql_value
ledger_sql_hash(const struct ledger_hash *h)
{
	return SQL_BLOB(h == NULL ? NULL : h->bytes, LEDGER_HASH_BYTES);
}

void
ledger_key_draw(unsigned char out[KEY_BYTES])
{
	randombytes_buf(out, KEY_BYTES);
}

void
ledger_key_seal(unsigned char out[LEDGER_SEALED_KEY_BYTES],
    const unsigned char key[KEY_BYTES], const char *id, const struct key *with)
{
	randombytes_buf(out, NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, key,
	    KEY_BYTES, (const unsigned char *)id, strlen(id), NULL, out,
	    with->bytes);
}

bool
ledger_key_open(unsigned char out[KEY_BYTES],
    const unsigned char sealed[LEDGER_SEALED_KEY_BYTES], const char *id,
    const struct key *with)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
		   sealed + NONCE, LEDGER_SEALED_KEY_BYTES - NONCE,
		   (const unsigned char *)id, strlen(id), sealed,
		   with->bytes) == 0;
}
