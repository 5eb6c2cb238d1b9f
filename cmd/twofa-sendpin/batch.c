#include "cmd/twofa-sendpin/batch.h"

#include "common/base/prog.h"
#include "cmd/twofa-sendpin/outcome.h"
#include "cmd/twofa-sendpin/plan.h"
#include "common/task/reason.h"

#include <string.h>

enum {
	IDENTITY_MAX = 8192,
	NOTE_TRIES = 12, /* each waits LEDGER_BUSY_MS */
};

int
batch_start(struct batch *b, struct fault *f)
{
	if (!b->started && sender_start(b->sender, f) == -1)
		return -1;
	b->started = true;
	return 0;
}

/* Until end() only the disk is waited for. */
static int
begin(struct batch *b, struct fault *f)
{
	struct ledger *l = b->terms.ledger;

	b->terms.now_s = clock_now_s();
	if (l == NULL)
		return 0;
	if (ledger_begin(l, clock_now_s, f) == -1)
		return -1;
	b->terms.now_s = ledger_now_s(l);
	return 0;
}

/* Commit what worked, undo what did not. */
static int
end(struct batch *b, int r, struct fault *f)
{
	if (b->terms.ledger == NULL)
		return r;
	if (r == 0)
		return ledger_commit(b->terms.ledger, f);
	ledger_rollback(b->terms.ledger);
	return r;
}

/* A request is repeated only to the sender that it went to. */
static int
name_sender(struct batch *b, struct fault *f)
{
	struct buf identity = BUF_INIT(IDENTITY_MAX);
	int r = sender_identity(b->sender, &identity, f);

	if (r == 0 && b->terms.ledger == NULL)
		seal_name_sender(b->terms.sender, buf_text(&identity));
	else if (r == 0)
		ledger_set_sender(b->terms.ledger, buf_text(&identity));
	buf_release(&identity);
	return r;
}

static bool
is_same_send(const struct order *a, const struct order *b)
{
	return strcmp(a->binding.task_id, b->binding.task_id) == 0 &&
	    strcmp(a->binding.customer, b->binding.customer) == 0 &&
	    strcmp(a->binding.number, b->binding.number) == 0;
}

/* The first of the orders for the same send as number i; NULL: that one. */
static struct order *
find_first(const struct batch *b, struct order *const orders[], size_t i)
{
	size_t j;

	for (j = 0; j < i && b->terms.ledger != NULL; j++)
		if (orders[j]->wanted && is_same_send(orders[j], orders[i]))
			return orders[j];
	return NULL;
}

/* How many at the front do not depend on the outcome of one before them: for
 * the same send, but only one of the two asks to send again. */
static size_t
count_apart(const struct batch *b, struct order *const orders[], size_t n)
{
	size_t i, j;

	for (i = 0; i < n && b->terms.ledger != NULL; i++)
		for (j = 0; j < i && orders[i]->plan == ORDER_SEND; j++)
			if (orders[j]->plan == ORDER_SEND &&
			    orders[j]->asks != orders[i]->asks &&
			    is_same_send(orders[j], orders[i]))
				return i;
	return n;
}

/* When it returns, what is to be sent is in the ledger. */
static int
plan(struct batch *b, struct order *const orders[], size_t n, struct fault *f)
{
	struct order *o;
	size_t i;
	int r = 0;

	if (name_sender(b, f) == -1 || begin(b, f) == -1)
		return -1;
	b->terms.repeats = sender_repeats(b->sender);
	for (i = 0; i < n && r == 0; i++) {
		o = orders[i];
		o->wanted = o->plan == ORDER_SEND;
		if (!o->wanted)
			continue;
		o->first = find_first(b, orders, i);
		if (o->first == NULL)
			r = plan_order(o, f);
	}
	return end(b, r, f);
}

static bool
is_for_sender(const struct order *o)
{
	return o->plan == ORDER_SEND && o->first == NULL;
}

static int
send_all(
    struct batch *b, struct order *const orders[], size_t n, struct fault *f)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		if (is_for_sender(orders[i]))
			b->messages[count++] = &orders[i]->sms;
	return sender_send(b->sender, b->messages, count, f);
}

/*
 * What became of a message is known only here, so a ledger that is in use is
 * waited for longer, and a clock that was set back meanwhile does not matter.
 */
static int
begin_noting(struct batch *b, struct fault *f)
{
	int tries = NOTE_TRIES;

	while (ledger_begin(b->terms.ledger, NULL, f) == -1) {
		if (f->status != STATUS_TEMPORARY || --tries == 0)
			return -1;
		fault_clear(f);
	}
	return 0;
}

/* When it returns, what became of them is in the ledger. */
static int
note(struct batch *b, struct order *const orders[], size_t n, struct fault *f)
{
	bool repeats = sender_repeats(b->sender);
	size_t i;
	int r = 0;

	for (i = 0; i < n; i++)
		if (is_for_sender(orders[i]))
			outcome_decide(orders[i], repeats);
	if (b->terms.ledger == NULL)
		return 0;
	if (begin_noting(b, f) == -1)
		return -1;
	for (i = 0; i < n && r == 0; i++)
		if (is_for_sender(orders[i]))
			r = outcome_note(orders[i], f);
	return end(b, r, f);
}

/* None of them was handed over, so none is of unknown outcome. */
static void
note_unsent(struct batch *b, struct order *const orders[], size_t n)
{
	struct fault lost = FAULT_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		if (is_for_sender(orders[i]))
			sms_note(&orders[i]->sms, SMS_RETRY, SMS_SERVICE, "");
	if (note(b, orders, n, &lost) == -1)
		prog_message(PROG_WARNING, "%s", lost.message);
}

/* As many as the rate allows at once. */
static int
send_some(
    struct batch *b, struct order *const orders[], size_t n, struct fault *f)
{
	size_t i;

	if (plan(b, orders, n, f) == -1)
		return -1;
	if (send_all(b, orders, n, f) == -1) {
		note_unsent(b, orders, n);
		return -1;
	}
	if (note(b, orders, n, f) == -1) {
		if (f->status != STATUS_TEMPORARY)
			b->stuck = *f;
		return -1;
	}
	for (i = 0; i < n; i++)
		if (orders[i]->first != NULL)
			order_copy(orders[i], orders[i]->first);
	return 0;
}

/* Those before them have an outcome; these have none. */
static void
fail_rest(struct order *const orders[], size_t n, struct fault *f)
{
	const char *reason = reason_of_status(f->status);
	size_t i;

	for (i = 0; i < n; i++)
		if (orders[i]->plan == ORDER_SEND)
			order_fail(
			    orders[i], f->status, reason, "%s", f->message);
	fault_clear(f);
}

static size_t
count_to_send(struct order *const orders[], size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += orders[i]->plan == ORDER_SEND;
	return count;
}

/* What was sent already does not wait for the rate. */
static int
recall(struct batch *b, struct order *const orders[], size_t n, struct fault *f)
{
	size_t i;
	int r = 0;

	if (b->terms.ledger == NULL)
		return 0;
	if (begin(b, f) == -1)
		return -1;
	for (i = 0; i < n && r == 0; i++)
		if (orders[i]->plan == ORDER_SEND)
			r = plan_recall(orders[i], f);
	return end(b, r, f);
}

/* Plan and send the first orders, as many as the rate allows. */
static int
send_next(struct batch *b, struct order *const orders[], size_t n, size_t *done,
    struct fault *f)
{
	size_t wanted = count_to_send(orders, n);

	if (batch_start(b, f) == -1)
		return -1;
	if (sender_allows(b->sender, wanted) < wanted) {
		if (recall(b, orders, n, f) == -1)
			return -1;
		if (count_to_send(orders, n) == 0)
			return 0;
	}
	*done = count_apart(b, orders, sender_wait(b->sender, n));
	return send_some(b, orders, *done, f);
}

int
batch_send(
    struct batch *b, struct order *const orders[], size_t n, struct fault *f)
{
	size_t done, now;

	if (b->stuck.status != STATUS_OK) {
		*f = b->stuck;
		return -1;
	}
	for (done = 0; count_to_send(orders + done, n - done) > 0;
	     done += now) {
		now = 0;
		if (send_next(b, orders + done, n - done, &now, f) == 0)
			continue;
		if (done == 0)
			return -1;
		fail_rest(orders + done, n - done, f);
	}
	return 0;
}
