/*
 * What is to be done about one task that asks for a PIN, and what is done to
 * the task afterwards: order_plan() decides, the caller sends, order_note()
 * tells the ledger, order_apply() writes the outcome into the task.
 *
 * The ledger remembers what was sent. Without one the task itself remembers a
 * send whose outcome is open: it holds the seal while SMSSent is not set.
 */
#ifndef CMD_TWOFA_SENDPIN_ORDER_H
#define CMD_TWOFA_SENDPIN_ORDER_H

#include "common/base/clock.h"
#include "common/ledger/ledger.h"
#include "cmd/twofa-sendpin/sms/sms.h"
#include "common/task/seal.h"
#include "common/task/task.h"

#include <stdbool.h>
#include <stdint.h>

/* Settings that are the same for every order. */
struct order_terms {
	const char *template; /* passed template_check() */
	unsigned pin_digits;
	unsigned long pin_ttl_s;
	unsigned max_attempts;
	bool clear_pin;
	const struct keyring *keys;
	int64_t now_s;
	const char *from;	       /* NULL: not set */
	const char *allow_country;     /* NULL: not set */
	char sender[SEAL_SENDER_SIZE]; /* without a ledger: who sends */
	struct ledger *ledger;	       /* NULL: none; what follows is unused */
	struct policy_limits limits;
	bool resend; /* every order is a wish to send again */
};

enum order_plan {
	ORDER_SEND,   /* hand order->sms to the sender */
	ORDER_SENT,   /* it was sent by an earlier run; with a reason it was
		       * asked for once more, and that is not done: STATUS_NO,
		       * or a status that says when; problem says more */
	ORDER_REFUSE, /* SMSSent = No, for order->reason */
	ORDER_FAIL,   /* no answer: order->status, reason and problem */
};

struct order {
	enum order_plan plan;
	const char *reason;
	int status;
	char problem[FAULT_SIZE];
	struct seal seal;      /* of ORDER_SEND */
	struct ledger_pin pin; /* with a ledger, of ORDER_SEND and _SENT */
	bool asks;	       /* for a message more: the task or the terms */
	char entry[LEDGER_ENTRY_MAX + 1]; /* of the task's wish; "": none */
	bool resend;	      /* asks, and that was not granted before */
	bool is_granted_last; /* the latest request was made for that wish */
	bool repeats;	      /* sender_repeats() */
	bool is_again;	      /* of ORDER_SEND: that is what it does */
	/* An earlier request with this id may have been taken: that a repeat
	 * was not says nothing. */
	bool maybe_taken;
	/* For batch_send(): whose order it is, which the caller sets; was it
	 * one to send, and which order is for the same send. */
	const struct task *task;
	bool wanted;
	struct order *first;
	bool is_copy; /* by order_copy() */
	struct buf message;
	char first_sent[CLOCK_TEXT_SIZE];
	struct sms sms;
};

/* Is the task an event that asks for the same PIN again? */
bool order_asks_for_resend(const struct task *t);

/* Can a number be sent to for this task? Sets ORDER_REFUSE if not. */
bool order_is_entitled(struct order *o, const struct task *t);

/*
 * Decide about an entitled task: a new PIN, the same one under the same id, or
 * none. repeats: see sender_repeats(). With a ledger in its transaction: the
 * order counts when that is committed. Fails with STATUS_BUG, STATUS_IO, and as
 * the ledger does.
 */
MUST_USE int order_plan(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f);

/*
 * Only if the ledger, in its transaction, knows already what became of it: plan
 * that. Anything that is to be sent stays unplanned.
 */
MUST_USE int order_recall(struct order *o, const struct task *t,
    const struct order_terms *terms, struct fault *f);

/*
 * What is known of the message: that a repeat was put off, or refused as any
 * message would be, says nothing about the request before it, which may have
 * been taken.
 */
enum sms_outcome order_outcome(const struct order *o);

/* The plan is to refuse, or not to answer. */
void order_refuse(struct order *o, const char *reason);
void order_fail(struct order *o, int status, const char *reason,
    const char *format, ...) PRINTF_LIKE(4, 5);

/*
 * Tell the ledger, in its transaction, what became of an ORDER_SEND. Fails as
 * the ledger does.
 */
MUST_USE int order_note(const struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f);

/*
 * Write the plan, and for ORDER_SEND the outcome in o->sms, into the task.
 * May turn the plan into ORDER_FAIL: look at it afterwards; ORDER_SEND and
 * ORDER_SENT are then a message that was accepted. Fails with STATUS_IO without
 * memory.
 */
MUST_USE int order_apply(struct order *o, struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f);

/*
 * The same task stands in the input twice: this order is what that one became.
 * Borrows what that one does.
 */
void order_copy(struct order *o, const struct order *from);

/* Wipe it for the next task; its buffers are kept. */
void order_reset(struct order *o);
void order_release(struct order *o);

#endif
