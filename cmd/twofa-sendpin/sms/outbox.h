/*
 * The file of file:OUTBOX: which one it is, and whose.
 *
 * Who delivers from there takes the outbox away by its name, and then waits for
 * its lock. So what is locked here is looked at again: it must still have the
 * name. A message whose id was used before can be looked for in that outbox
 * alone in which it may stand: another one is another sender.
 */
#ifndef CMD_TWOFA_SENDPIN_SMS_OUTBOX_H
#define CMD_TWOFA_SENDPIN_SMS_OUTBOX_H

#include "common/text/address.h"
#include "cmd/twofa-sendpin/sms/sms.h"

#include <sys/types.h>

struct outbox {
	struct address address;
	int fd;
	bool regular;
	off_t known; /* what stands before it has no id that is new now */
	unsigned long time_allowed_ms;
	bool moved;    /* it is not the one that was identified */
	bool timeless; /* one of the same number may be another */
};

/*
 * Open it, unless it does not exist yet. o->address is set, o->fd is -1. Fails
 * with STATUS_CONFIG: no file; STATUS_PERMISSION: others can read it.
 */
MUST_USE int outbox_open(struct outbox *o, struct fault *f);

/*
 * Open what has the name now, made if need be, and append to out what tells it
 * from others. Fails as outbox_open() and with STATUS_IO.
 */
MUST_USE int outbox_identify(
    struct outbox *o, struct buf *out, struct fault *f);

/*
 * Open what has the name now, made if need be, and lock it, if it is a file. 1:
 * it is this program's; 0: another one has had it for as long as is allowed.
 * Fails as outbox_identify().
 */
MUST_USE int outbox_lock(struct outbox *o, struct fault *f);

#endif
