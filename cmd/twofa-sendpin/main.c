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
	bool is_first_run;	  /* there was no ledger yet */
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
	const char *name = task_event_name(t);
	const char *sent = task_get(t, NAME_SMS_SENT);
	const char *recognised = task_get(t, NAME_CUSTOMER_RECOGNIZED);
	bool again = s->batch.terms.resend;

	(void)f;
	if (task_is_event(t)) {
		if (name != NULL && strcmp(name, NAME_CUSTOMER_IDENTIFIER) == 0)
			item_pass_on(item);
		if (name == NULL || strcmp(name, NAME_START_VALIDATION) != 0)
			return 0;
		again = again || order_asks_for_resend(t);
		item->acts = sent == NULL || again;
	} else {
		item->acts = (sent == NULL || again) && recognised != NULL &&
		    strcmp(recognised, VALUE_YES) == 0;
	}
	item->answer = sent != NULL && strcmp(sent, VALUE_YES) == 0 ? ANSWER_YES
								    : ANSWER_NO;
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
static int
answer(struct item *item, const struct order *o, struct fault *f)
{
	const char *what = o->problem;

	if (o->plan == ORDER_FAIL ||
	    (o->plan == ORDER_SENT && o->reason != NULL &&
		o->status != STATUS_NO))
		return item_fail(item, o->status, o->reason, f, "%s", what);
	item->answer = o->reason == NULL ? ANSWER_YES : ANSWER_NO;
	if (o->plan == ORDER_SEND && o->is_again)
		what = "sent again";
	/* For whoever asked for another message. */
	if (what[0] != '\0')
		prog_message(
		    PROG_WARNING, "task %s: %s", task_id(&item->task), what);
	return 0;
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
		r = answer(item, o, f);
	order_reset(o);
	return r;
}

/* Told while it is being set up, not with every message. */
static void
warn_of_countries(const struct sendpin *s, const struct settings *settings)
{
	if (settings->send.allow_country == NULL &&
	    strncmp(settings->send.sender, "file:", 5) != 0 &&
	    (s->is_first_run || settings->dry_run))
		prog_message(PROG_WARNING,
		    "allow_country is not set: messages go to every country");
}

static int
open_systems(
    struct sendpin *s, const struct settings *settings, struct fault *f)
{
	const struct sms_settings sms = {
	    .has_from = settings->send.from != NULL,
	    .rate = settings->send.rate,
	    .requests = settings->requests};

	if (settings->send.sender == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "no sender: -s file:OUTBOX to try, -s acs: to send");
	warn_of_countries(s, settings);
	if (sender_open(&s->batch.sender, settings->send.sender, &sms, f) == -1)
		return -1;
	if (settings->directory != NULL &&
	    directory_open(&s->number_check.directory, settings->directory,
		&settings->requests, f) == -1)
		return -1;
	if (!settings->dry_run)
		return 0;
	if (s->number_check.directory != NULL &&
	    directory_start(s->number_check.directory, f) == -1)
		return -1;
	return batch_start(&s->batch, f);
}

static int
read_terms(struct sendpin *s, const struct settings *settings, struct fault *f)
{
	const struct send_settings *send = &settings->send;
	const struct pin_settings *pin = &settings->pin;

	s->batch.terms = (struct order_terms){.template = send->message,
	    .pin_digits = pin->digits,
	    .pin_ttl_s = pin->ttl_s,
	    .max_attempts = pin->max_attempts,
	    .clear_pin = pin->clear,
	    .keys = &s->keys,
	    .from = send->from,
	    .allow_country = send->allow_country,
	    .limits = settings->limits,
	    .resend = send->resend};
	s->number_check.identifier_digits = settings->identifier_digits;
	if (template_check(send->message, pin->digits, pin->ttl_s, f) == -1)
		return -1;
	if (send->allow_country != NULL &&
	    policy_countries_check(send->allow_country, f) == -1)
		return settings_blame(
		    settings, &settings->send.allow_country, f);
	return 0;
}

/* A new key would not open the ledger that is there. */
static int
open_keys(struct sendpin *s, struct settings *settings, struct fault *f)
{
	bool there = ledger_is_there(&settings->ledger);
	struct fault why = FAULT_INIT;

	if (keyring_open(&s->keys, &settings->key, !there, &why) == 0)
		return 0;
	*f = why;
	if (there && why.status == STATUS_CONFIG)
		fault_prefix(f,
		    "a ledger needs the key that it was made with: give -k, or "
		    "another ledger with -l");
	return -1;
}

/* The key file, and the ledger, which is kept with it. */
static int
open_ledger(struct sendpin *s, struct settings *settings, struct fault *f)
{
	bool none = ledger_is_off(&settings->ledger);

	s->is_first_run = !none && !ledger_is_there(&settings->ledger);
	if (s->batch.terms.clear_pin)
		prog_message(PROG_WARNING,
		    "--clear-pin: the PIN stands in the task for all to "
		    "read%s",
		    none ? ", without expiry, limit of attempts or single use"
			 : "");
	if (none && s->batch.terms.resend)
		return fault_set(f, STATUS_CONFIG,
		    "--resend: only a ledger remembers a PIN: -l FILE");
	if (none && s->batch.terms.clear_pin)
		return 0;
	return open_keys(s, settings, f) == -1
	    ? -1
	    : ledger_open(&s->batch.terms.ledger, &settings->ledger,
		  LEDGER_MAKE, &s->keys, f);
}

static int
sendpin_open(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct sendpin *s = self;

	s->window = *window = settings->requests.open_requests;
	s->orders = memory_new(s->window, sizeof *s->orders);
	s->in_window = memory_new(s->window, sizeof(struct order *));
	s->batch.messages = memory_new(s->window, sizeof(struct sms *));
	s->number_check.queries =
	    memory_new(s->window, sizeof *s->number_check.queries);
	if (read_terms(s, settings, f) == -1 ||
	    open_ledger(s, settings, f) == -1)
		return -1;
	return open_systems(s, settings, f);
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

	return filter_program(
	    &filter, PROGRAM_SENDPIN, "twofa-sendpin", argc, argv);
}
