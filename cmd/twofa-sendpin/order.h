/*
 * An order: a task that asks for a PIN, and what is done about it. plan.h
 * decides what is sent, batch.h sends it, outcome.h tells the ledger and the
 * task what became of it.
 *
 * The ledger remembers what was sent. Without one the task itself remembers a
 * request whose outcome is open: it holds the seal while SMSSent is not set.
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

/* What to do about a request of unknown outcome; its id is to be filled in. */
#define ORDER_RESOLVE                                                          \
	"ask the customer, then twofa-ledger resolve %s sent or failed"

/* What is the same for every order. */
struct order_terms {
	const struct send_settings *send; /* its message: template_check() */
	const struct pin_settings *pin;
	const struct send_limits *limits; /* unused without a ledger */
	const struct keyring *keys;
	struct ledger *ledger; /* NULL: none */
	/* Set by batch_send(). */
	int64_t now_s;
	bool repeats;		       /* sender_repeats() */
	char sender[SEAL_SENDER_SIZE]; /* without a ledger */
};

enum order_plan {
	ORDER_SEND,   /* hand order->sms to the sender */
	ORDER_SENT,   /* an earlier run sent it; with a reason: another message
		       * was asked for and is not sent. status is STATUS_NO, or
		       * says when to ask again; problem says more */
	ORDER_REFUSE, /* SMSSent = No, for order->reason */
	ORDER_FAIL,   /* no answer: order->status, reason and problem */
};

struct order {
	struct task *task;
	const struct order_terms *terms;
	struct seal_binding binding; /* of the task */
	enum order_plan plan;
	const char *reason;
	int status;
	char problem[FAULT_SIZE];
	struct seal seal;      /* of ORDER_SEND */
	struct ledger_pin pin; /* with a ledger, of ORDER_SEND and _SENT */
	bool asks; /* for another message: the task or the terms do */
	char entry[LEDGER_ENTRY_MAX + 1]; /* StartValidationEntry, or "" */
	bool resend;	      /* asks, and no earlier request was for that */
	bool is_granted_last; /* the latest request was for that */
	bool is_again;	      /* of ORDER_SEND: another message, same PIN */
	/* An earlier request with this id may have been taken: a repeat that
	 * is not taken does not change that. */
	bool maybe_taken;
	const struct outcome *outcome; /* of ORDER_SEND, when it was sent */
	struct order *first; /* with the same send in this window; or NULL */
	bool wanted;	     /* it was ORDER_SEND before it was planned */
	struct buf message;
	char first_sent[CLOCK_TEXT_SIZE];
	struct sms sms;
};

/* Does an event ask for another message with the same PIN? */
bool order_asks_for_resend(const struct task *t);

/*
 * Begin the order of a task: ORDER_SEND, or ORDER_REFUSE when the task names
 * no recognised customer with a valid number. Borrows task and terms.
 */
void order_begin(
    struct order *o, struct task *t, const struct order_terms *terms);

/* The plan is to refuse, or not to answer. */
void order_refuse(struct order *o, const char *reason);
void order_fail(struct order *o, int status, const char *reason,
    const char *format, ...) PRINTF_LIKE(4, 5);

/* Open a sealed PIN into o->seal. ORDER_FAIL when its key is missing. */
enum seal_result order_open(struct order *o, const char *sealed);
/* The same with GeneratedPIN: SEAL_FORGED without one; SEAL_OPENED, but with no
 * id or time in o->seal, for a PIN in clear. */
enum seal_result order_open_task(struct order *o);

/* A new PIN under a new id, sent now. */
MUST_USE int order_draw(struct order *o, struct fault *f);

/* Can a request with these times be repeated: does the service still know its
 * id, and is the PIN still valid? */
bool order_is_repeatable(
    const struct order *o, int64_t requested_s, int64_t expires_s);

/* Becomes what the order for the same send became; borrows what that does. */
void order_copy(struct order *o, struct order *from);

/* Wipe it for the next task; its buffer is kept. */
void order_reset(struct order *o);
void order_release(struct order *o);

#endif
