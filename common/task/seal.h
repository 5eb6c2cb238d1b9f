/*
 * The sealed PIN, which is what GeneratedPIN holds:
 *
 *	v1.KEYID.BASE64URL
 *
 * XChaCha20-Poly1305 (libsodium) under the key with that id, over the PIN and
 * all that decides about it; the 24 bytes of nonce stand in front. taskId,
 * CustomerIdentifier and SMSNumber, each with its length in front, are the
 * associated data: the seal opens for no other task, customer or number.
 *
 * This file MUST
 *  1. never let a PIN out but through seal_open();
 *  2. never give a part of a seal whose tag does not verify;
 *  3. use a random nonce each time.
 */
#ifndef COMMON_TASK_SEAL_H
#define COMMON_TASK_SEAL_H

#include "common/task/keyring.h"
#include "common/task/pin.h"
#include "common/task/task.h"
#include "common/task/uuid.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SEAL_TEXT_MAX = 512,		  /* bytes of the text form */
	SEAL_SENDER_SIZE = UUID_SIZE - 1, /* of a sender's name in a seal */
};

struct seal {
	char pin[PIN_SIZE];
	char id[UUID_SIZE];    /* of the PIN, and of its first request */
	int64_t sent_s;	       /* when it was first handed to the sender */
	int64_t expires_s;     /* the first second in which it is expired */
	unsigned max_attempts; /* wrong PINs allowed */
	/*
	 * The service said that it did not take the message: it may be sent
	 * anew at any time. Else it may have been sent.
	 */
	bool not_taken;
	char ledger[UUID_SIZE]; /* id of the ledger; "" for none */
	/* Without a ledger: whom it was handed to, by seal_name_sender(), while
	 * nobody knows what became of it; else "". */
	char sender[SEAL_SENDER_SIZE];
};

#define SEAL_INIT                                                              \
	{                                                                      \
		{0}, {0}, 0, 0, 0, false, {0},                                 \
		{                                                              \
			0                                                      \
		}                                                              \
	}

/* A short name that tells one sender from others. */
void seal_name_sender(char name[SEAL_SENDER_SIZE], const char *identity);

/* What the seal is bound to; borrowed strings. */
struct seal_binding {
	const char *task_id;
	const char *customer;
	const char *number;
};

/* Of a task; what it does not have is "". Borrows from the task. */
struct seal_binding seal_binding_of(const struct task *t);

enum seal_result {
	SEAL_OPENED,	  /* *s is what was sealed */
	SEAL_FORGED,	  /* no seal, or one for something else */
	SEAL_UNKNOWN_KEY, /* key_id says which key it wants */
};

/*
 * Write the text form. Fails with STATUS_DATA when the binding is far longer
 * than that of a task whose identifier and number were checked.
 */
MUST_USE int seal_close(char out[SEAL_TEXT_MAX + 1], const struct seal *s,
    const struct seal_binding *binding, const struct keyring *keys,
    struct fault *f);

/*
 * Open a text form into *s, which the caller wipes. Unless SEAL_OPENED *s is
 * all zero.
 */
enum seal_result seal_open(struct seal *s, char key_id[KEY_ID_SIZE],
    const char *text, const struct seal_binding *binding,
    const struct keyring *keys);

void seal_wipe(struct seal *s);

#endif
