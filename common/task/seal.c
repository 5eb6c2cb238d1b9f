#include "common/task/seal.h"

#include "common/task/e164.h"
#include "common/task/names.h"

#include <sodium.h>
#include <string.h>

#define PREFIX "v1."

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	PREFIX_LEN = sizeof PREFIX - 1,
	KEY_ID_LEN = KEY_ID_SIZE - 1,
	HEAD_LEN = PREFIX_LEN + KEY_ID_LEN + 1,
	/* The plain form: fixed places, numbers big-endian. */
	AT_PIN = 0,
	AT_ID = AT_PIN + PIN_SIZE,
	AT_SENT = AT_ID + UUID_SIZE,
	AT_EXPIRES = AT_SENT + 8,
	AT_ATTEMPTS = AT_EXPIRES + 8,
	AT_NOT_TAKEN = AT_ATTEMPTS + 1,
	AT_LEDGER = AT_NOT_TAKEN + 1,
	PLAIN = AT_LEDGER + UUID_SIZE,
	SEALED = NONCE + PLAIN + TAG,
	BASE64_SIZE = (SEALED * 4 + 2) / 3 + 2,
	DATA_MAX = 8192,
	/* In the place of a ledger's id, which begins with no such sign. */
	SENDER_MARK = '~',
};

_Static_assert(
    HEAD_LEN + 3 * 8 + TASK_ID_MAX + TASK_CUSTOMER_MAX + E164_SIZE <= DATA_MAX,
    "what a PIN is sent for can be bound");
_Static_assert(HEAD_LEN + BASE64_SIZE <= SEAL_TEXT_MAX + 1, "a text form");

static const char *
get_or_empty(const struct task *t, const char *name)
{
	const char *value = task_get(t, name);

	return value == NULL ? "" : value;
}

struct seal_binding
seal_binding_of(const struct task *t)
{
	return (struct seal_binding){task_id(t),
	    get_or_empty(t, NAME_CUSTOMER_IDENTIFIER),
	    get_or_empty(t, NAME_SMS_NUMBER)};
}

static void
put_number(unsigned char *at, uint64_t value)
{
	int i;

	for (i = 7; i >= 0; i--) {
		at[i] = (unsigned char)value;
		value >>= 8;
	}
}

static uint64_t
get_number(const unsigned char *at)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < 8; i++)
		value = value << 8 | at[i];
	return value;
}

static void
pack(unsigned char plain[PLAIN], const struct seal *s)
{
	memcpy(plain + AT_PIN, s->pin, PIN_SIZE);
	memcpy(plain + AT_ID, s->id, UUID_SIZE);
	put_number(plain + AT_SENT, (uint64_t)s->sent_s);
	put_number(plain + AT_EXPIRES, (uint64_t)s->expires_s);
	plain[AT_ATTEMPTS] = (unsigned char)s->max_attempts;
	plain[AT_NOT_TAKEN] = s->not_taken ? 1 : 0;
	memcpy(plain + AT_LEDGER, s->ledger, UUID_SIZE);
	if (s->ledger[0] == '\0' && s->sender[0] != '\0') {
		plain[AT_LEDGER] = SENDER_MARK;
		memcpy(plain + AT_LEDGER + 1, s->sender, SEAL_SENDER_SIZE);
	}
}

static void
unpack(struct seal *s, const unsigned char plain[PLAIN])
{
	memcpy(s->pin, plain + AT_PIN, PIN_SIZE);
	memcpy(s->id, plain + AT_ID, UUID_SIZE);
	s->sent_s = (int64_t)get_number(plain + AT_SENT);
	s->expires_s = (int64_t)get_number(plain + AT_EXPIRES);
	s->max_attempts = plain[AT_ATTEMPTS];
	s->not_taken = plain[AT_NOT_TAKEN] == 1;
	memcpy(s->ledger, plain + AT_LEDGER, UUID_SIZE);
	s->pin[PIN_SIZE - 1] = s->id[UUID_SIZE - 1] = '\0';
	s->ledger[UUID_SIZE - 1] = '\0';
	if (s->ledger[0] == SENDER_MARK) {
		memcpy(s->sender, s->ledger + 1, SEAL_SENDER_SIZE);
		s->ledger[0] = '\0';
	}
}

void
seal_name_sender(char name[SEAL_SENDER_SIZE], const char *identity)
{
	unsigned char hash[(SEAL_SENDER_SIZE - 1) / 2];

	(void)crypto_generichash(hash, sizeof hash,
	    (const unsigned char *)identity, strlen(identity), NULL, 0);
	(void)sodium_bin2hex(name, SEAL_SENDER_SIZE, hash, sizeof hash);
}

struct associated {
	unsigned char bytes[DATA_MAX];
	size_t len;
};

/*
 * The associated data: the version, the key and what the PIN is bound to.
 * False: it is too long.
 */
static bool
bind(struct associated *data, const char *head,
    const struct seal_binding *binding)
{
	const char *parts[] = {
	    binding->task_id, binding->customer, binding->number};
	size_t i, len;

	memcpy(data->bytes, head, HEAD_LEN);
	data->len = HEAD_LEN;
	for (i = 0; i < ARRAY_LEN(parts); i++) {
		len = strlen(parts[i]);
		if (len > DATA_MAX - 8 || data->len > DATA_MAX - 8 - len)
			return false;
		put_number(data->bytes + data->len, len);
		memcpy(data->bytes + data->len + 8, parts[i], len);
		data->len += 8 + len;
	}
	return true;
}

int
seal_close(char out[SEAL_TEXT_MAX + 1], const struct seal *s,
    const struct seal_binding *binding, const struct keyring *keys,
    struct fault *f)
{
	struct associated data;
	unsigned char plain[PLAIN], sealed[SEALED];

	memcpy(out, PREFIX, PREFIX_LEN);
	memcpy(out + PREFIX_LEN, keys->keys[0].id, KEY_ID_LEN);
	memcpy(out + PREFIX_LEN + KEY_ID_LEN, ".", 2);
	if (!bind(&data, out, binding))
		return fault_set(f, STATUS_DATA,
		    "longer than %d bytes: identifier and number", DATA_MAX);
	pack(plain, s);
	randombytes_buf(sealed, NONCE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL,
	    plain, PLAIN, data.bytes, data.len, NULL, sealed,
	    keys->keys[0].bytes);
	sodium_bin2base64(out + HEAD_LEN, BASE64_SIZE, sealed, SEALED,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(plain, sizeof plain);
	return 0;
}

static const char base64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* libsodium's decoder takes more letters than these 64. */
static bool
has_form(const char *text)
{
	return strlen(text) <= SEAL_TEXT_MAX && strlen(text) > HEAD_LEN &&
	    memcmp(text, PREFIX, PREFIX_LEN) == 0 &&
	    strspn(text + PREFIX_LEN, "0123456789abcdef") == KEY_ID_LEN &&
	    text[PREFIX_LEN + KEY_ID_LEN] == '.' &&
	    text[HEAD_LEN + strspn(text + HEAD_LEN, base64url)] == '\0';
}

static bool
decrypt(struct seal *s, const char *text, const struct associated *data,
    const struct key *key)
{
	unsigned char sealed[SEALED], plain[PLAIN];
	const char *base64 = text + HEAD_LEN;
	size_t len;
	bool ok;

	ok = sodium_base642bin(sealed, sizeof sealed, base64, strlen(base64),
		 NULL, &len, NULL,
		 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	    len == SEALED &&
	    crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		sealed + NONCE, SEALED - NONCE, data->bytes, data->len, sealed,
		key->bytes) == 0;
	if (ok)
		unpack(s, plain);
	sodium_memzero(plain, sizeof plain);
	return ok;
}

enum seal_result
seal_open(struct seal *s, char key_id[KEY_ID_SIZE], const char *text,
    const struct seal_binding *binding, const struct keyring *keys)
{
	struct associated data;
	enum seal_result r = SEAL_FORGED;
	const struct key *key;

	memset(s, 0, sizeof *s);
	memset(key_id, 0, KEY_ID_SIZE);
	if (!has_form(text))
		return SEAL_FORGED;
	memcpy(key_id, text + PREFIX_LEN, KEY_ID_LEN);
	key = keyring_find(keys, key_id);
	if (key == NULL)
		return SEAL_UNKNOWN_KEY;
	/* Data too long to bind was never sealed. */
	if (bind(&data, text, binding) && decrypt(s, text, &data, key))
		r = SEAL_OPENED;
	return r;
}

void
seal_wipe(struct seal *s)
{
	sodium_memzero(s, sizeof *s);
}
