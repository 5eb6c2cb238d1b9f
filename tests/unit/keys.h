/*
 * Keyrings for tests: keys[0] and keys[1] are alike in nothing.
 */
#ifndef TESTS_UNIT_KEYS_H
#define TESTS_UNIT_KEYS_H

#include "common/task/keyring.h"

static inline struct keyring
test_keyring(struct key keys[2], unsigned char first, unsigned char second)
{
	const unsigned char fill[2] = {first, second};
	struct keyring ring = {keys, second == 0 ? 1 : 2};
	size_t i;

	for (i = 0; i < 2; i++) {
		memset(keys[i].bytes, fill[i], KEY_BYTES);
		(void)snprintf(keys[i].id, KEY_ID_SIZE, "0000%04x", fill[i]);
	}
	return ring;
}

#endif
