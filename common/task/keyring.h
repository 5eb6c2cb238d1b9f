/*
 * The keys that seal PINs. A key file has one key a line, 64 hex digits; '#'
 * begins a comment. The first key seals, all of them open, so that a new key
 * is brought in by putting it in front.
 *
 * This file MUST
 *  1. refuse a file that others can read or write;
 *  2. never put a key into a message;
 *  3. wipe the keys on release.
 */
#ifndef COMMON_TASK_KEYRING_H
#define COMMON_TASK_KEYRING_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/settings/settings.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	KEYRING_MAX_KEYS = 16,
	KEY_BYTES = 32,
	KEY_ID_SIZE = 9, /* 8 hex digits of the key's BLAKE2b and a NUL */
};

struct key {
	unsigned char bytes[KEY_BYTES];
	char id[KEY_ID_SIZE];
};

struct keyring {
	struct key *keys; /* locked into memory; the first one seals */
	size_t count;
};

#define KEYRING_INIT                                                           \
	{                                                                      \
		NULL, 0                                                        \
	}

/*
 * Load the key file. With make a file that does not exist is made, with one
 * new key, so that of two programs that start at once both use the same.
 *
 * Fails with STATUS_CONFIG: no such file, a line in the wrong form, no key,
 * too many. STATUS_PERMISSION: others can read it. STATUS_IO.
 */
MUST_USE int keyring_load(
    struct keyring *k, const char *path, bool make, struct fault *f);

/*
 * keyring_load() of the file that the settings name, else of /etc/twofa/key if
 * it exists, else of key in the user's own directory; the path is put into the
 * settings. With --dry-run no file is made, and k stays empty if there is none.
 */
MUST_USE int keyring_open(struct keyring *k, struct key_settings *settings,
    bool make, struct fault *f);

void keyring_release(struct keyring *k);

/* The key with that id (KEY_ID_SIZE - 1 characters), or NULL. */
const struct key *keyring_find(const struct keyring *k, const char *id);

#endif
