/*
 * twofa-sendpin: a PIN for each recognised customer, by text message.
 */
#include "common/settings/settings.h"
#include "common/base/memory.h"
#include "common/base/prog.h"
#include "cmd/twofa-sendpin/batch.h"
#include "cmd/twofa-sendpin/number_check.h"
#include "cmd/twofa-sendpin/outcome.h"
#include "cmd/twofa-sendpin/template.h"
#include "cmd/twofa-sendpin/sms/sms.h"
#include "common/filter/filter.h"
#include "common/task/e164.h"
#include "common/task/names.h"

#include <stdlib.h>
#include <string.h>

struct sendpin {
	struct number_check number_check;
	struct batch batch;
	struct keyring keys;
	size_t window;
	struct order *orders;	  /* by slot */
	struct order **in_window; /* those of a window, without gaps */
};

#define SENDPIN_INIT                                                           \
	{                                                                      \
		.keys = KEYRING_INIT                                           \
	}

static int
sendpin_begin(void *self, struct item *item, struct fault *f)
{
	const struct sendpin *s = self;
	const struct task *t = &item->task;
	bool unsent =
	    task_get(t, NAME_SMS_SENT) == NULL || s->batch.terms.send->resend;

	(void)f;
	if (task_is_event_of(t, NAME_START_VALIDATION)) {
		item->acts = unsent || order_asks_for_resend(t);
	} else if (task_is_event(t)) {
		if (task_is_event_of(t, NAME_CUSTOMER_IDENTIFIER))
			item_pass_on(item);
		return 0;
	} else {
		item->acts =
		    unsent && task_has(t, NAME_CUSTOMER_RECOGNIZED, VALUE_YES);
	}
	item->answer =
	    task_has(t, NAME_SMS_SENT, VALUE_YES) ? ANSWER_YES : ANSWER_NO;
	if (!item->acts && item->answer == ANSWER_NO)
		item_pass_on(item);
	return 0;
}

static int
sendpin_work(void *self, struct item *const items[], size_t n, struct fault *f)
{
	struct sendpin *s = self;
	size_t i;

	for (i = 0; i < n; i++) {
		s->in_window[i] = &s->orders[items[i]->slot];
		order_begin(s->in_window[i], &items[i]->task, &s->batch.terms);
	}
	if (number_check_orders(&s->number_check, s->in_window, n, f) == -1)
		return -1;
	return batch_send(&s->batch, s->in_window, n, f);
}

/* The service does not take this number: somebody has to correct it. */
static void
tell_rejection(const struct order *o)
{
	const struct sms *m = &o->sms;
	char number[E164_SIZE];

	e164_mask(number, o->binding.number);
	prog_message(PROG_WARNING, "task %s: %s was rejected%s%s%s%s",
	    task_id(o->task), number, m->code[0] == '\0' ? "" : ": ", m->code,
	    m->detail[0] == '\0' ? "" : ": ", m->detail);
}

/* The answer, or why there is none. */
static void
answer(struct item *item, const struct order *o)
{
	const char *what = o->problem;

	if (o->status != STATUS_OK && o->status != STATUS_NO) {
		item_fail(item, o->status, o->reason, "%s", what);
		return;
	}
	item->answer = o->reason == NULL ? ANSWER_YES : ANSWER_NO;
	if (o->plan == ORDER_SEND && o->is_again)
		what = "sent again";
	/* For whoever asked for another message. */
	if (what[0] != '\0')
		prog_message(
		    PROG_WARNING, "task %s: %s", task_id(&item->task), what);
}

static int
sendpin_finish(void *self, struct item *item, struct fault *f)
{
	struct sendpin *s = self;
	struct order *o = &s->orders[item->slot];
	bool was_sent = o->plan == ORDER_SEND;
	int r;

	item->again = !was_sent || o->first != NULL;
	r = outcome_apply(o, f);
	if (was_sent && o->plan == ORDER_REFUSE)
		tell_rejection(o);
	if (r == 0)
		answer(item, o);
	order_reset(o);
	return r;
}

static int
check_settings(const struct settings *settings, struct fault *f)
{
	const struct send_settings *send = &settings->send;

	if (template_check(send->message, settings->pin.digits,
		settings->pin.ttl_s, f) == -1)
		return -1;
	if (send->allow_country != NULL &&
	    policy_countries_check(send->allow_country, f) == -1)
		return settings_blame(settings, &send->allow_country, f);
	return 0;
}

/* A new key would not open the ledger that is there. */
static int
open_keys(struct sendpin *s, struct settings *settings, struct fault *f)
{
	bool there = ledger_is_there(&settings->ledger);

	if (keyring_open(&s->keys, &settings->key, !there, f) == 0)
		return 0;
	if (!there || f->status != STATUS_CONFIG)
		return -1;
	return fault_prefix(f,
	    "a ledger needs the key that it was made with: give -k, or "
	    "another ledger with -l");
}

/* The key file, and the ledger, which is kept with it. */
static int
open_ledger(struct sendpin *s, struct settings *settings, struct fault *f)
{
	bool none = ledger_is_off(&settings->ledger);

	if (settings->pin.clear)
		prog_message(PROG_WARNING,
		    "--clear-pin: the PIN can be read in the task%s",
		    none ? ", without expiry, limit of attempts or single use"
			 : "");
	if (none && settings->send.resend)
		return fault_set(f, STATUS_CONFIG,
		    "--resend: only a ledger remembers a PIN: -l FILE");
	if (none && settings->pin.clear)
		return 0;
	if (open_keys(s, settings, f) == -1)
		return -1;
	return ledger_open(&s->batch.terms.ledger, &settings->ledger,
	    LEDGER_MAKE, &s->keys, f);
}

static int
open_sender(struct sendpin *s, const struct settings *settings, bool first_run,
    struct fault *f)
{
	const struct send_settings *send = &settings->send;
	const struct sms_settings sms = {.has_from = send->from != NULL,
	    .rate = send->rate,
	    .requests = settings->requests};

	if (send->sender == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "no sender: -s file:OUTBOX to try, -s acs: to send");
	/* Said while it is being set up, not with every message. */
	if (send->allow_country == NULL &&
	    strncmp(send->sender, "file:", 5) != 0 &&
	    (first_run || settings->dry_run))
		prog_message(PROG_WARNING,
		    "allow_country is not set: messages go to every country");
	return sender_open(&s->batch.sender, send->sender, &sms, f);
}

static int
open_directory(
    struct sendpin *s, const struct settings *settings, struct fault *f)
{
	struct number_check *check = &s->number_check;

	check->identifier_digits = settings->identifier_digits;
	if (settings->directory == NULL)
		return 0;
	if (directory_open(&check->directory, settings->directory,
		&settings->requests, f) == -1)
		return -1;
	return settings->dry_run ? directory_start(check->directory, f) : 0;
}

static int
sendpin_open(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct sendpin *s = self;
	bool first_run = !ledger_is_off(&settings->ledger) &&
	    !ledger_is_there(&settings->ledger);

	s->window = *window = settings->requests.open_requests;
	s->orders = memory_new(s->window, sizeof *s->orders);
	s->in_window = memory_new(s->window, sizeof(struct order *));
	s->batch.messages = memory_new(s->window, sizeof(struct sms *));
	s->number_check.queries =
	    memory_new(s->window, sizeof *s->number_check.queries);
	s->batch.terms = (struct order_terms){.send = &settings->send,
	    .pin = &settings->pin,
	    .limits = &settings->limits,
	    .keys = &s->keys};
	if (check_settings(settings, f) == -1 ||
	    open_ledger(s, settings, f) == -1 ||
	    open_sender(s, settings, first_run, f) == -1 ||
	    open_directory(s, settings, f) == -1)
		return -1;
	return settings->dry_run ? batch_start(&s->batch, f) : 0;
}

static void
sendpin_close(void *self)
{
	struct sendpin *s = self;
	size_t i;

	for (i = 0; i < s->window && s->orders != NULL; i++)
		order_release(&s->orders[i]);
	sender_close(s->batch.sender);
	directory_close(s->number_check.directory);
	ledger_close(s->batch.terms.ledger);
	keyring_release(&s->keys);
	free(s->orders);
	free(s->batch.messages);
	free(s->number_check.queries);
	free(s->in_window);
}

static const struct usage usage = {.program = PROGRAM_SENDPIN,
    .name = "twofa-sendpin",
    .text = "usage: twofa-sendpin [options] [FILE...]\n",
    .purpose = "Send a PIN for each task whose customer was recognised.",
    .options = "directory identifier-digits sender from message pin-digits "
	       "pin-ttl max-attempts key ledger resend clear-pin "
	       "open-requests rate time-allowed in-place ref rejects config",
    .keys = "limit_number limit_customer limit_country limit_all "
	    "limit_wrong limit_wrong_all allow_country log"};

int
main(int argc, char *argv[])
{
	struct sendpin sendpin = SENDPIN_INIT;
	const struct filter filter = {.self = &sendpin,
	    .open = sendpin_open,
	    .close = sendpin_close,
	    .begin = sendpin_begin,
	    .work = sendpin_work,
	    .finish = sendpin_finish,
	    .no_answer = ANSWER_NONE,
	    .answer_name = NAME_SMS_SENT};

	return filter_program(&filter, &usage, argc, argv);
}
