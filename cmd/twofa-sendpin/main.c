/*
 * twofa-sendpin: a PIN for each recognised customer, by text message.
 */
#include "common/settings/option.h"
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
warn_of_countries(
    const struct sendpin *s, const struct options *o, const char *sender)
{
	if (s->batch.terms.allow_country == NULL &&
	    strncmp(sender, "file:", 5) != 0 &&
	    (s->is_first_run || option_given(o, OPTION_DRY_RUN)))
		prog_message(PROG_WARNING,
		    "allow_country is not set: messages go to every country");
}

static int
open_systems(struct sendpin *s, const struct options *o, struct fault *f)
{
	const char *sender = option_text(o, OPTION_SENDER);
	const char *directory = option_text(o, OPTION_DIRECTORY);
	unsigned long time_ms = option_number(o, OPTION_TIME_ALLOWED) * 1000;
	struct sms_settings sms = {s->batch.terms.from != NULL,
	    option_number(o, OPTION_OPEN_REQUESTS), time_ms,
	    option_rate(o, OPTION_SEND_RATE)};
	struct directory_settings customers = {sms.open_requests, time_ms};

	if (sender == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "no sender: -s file:OUTBOX to try, -s acs: to send");
	warn_of_countries(s, o, sender);
	if (sender_open(&s->batch.sender, sender, &sms, f) == -1)
		return -1;
	if (directory != NULL &&
	    directory_open(
		&s->number_check.directory, directory, &customers, f) == -1)
		return -1;
	if (!option_given(o, OPTION_DRY_RUN))
		return 0;
	if (s->number_check.directory != NULL &&
	    directory_start(s->number_check.directory, f) == -1)
		return -1;
	return batch_start(&s->batch, f);
}

static int
read_limits(struct sendpin *s, const struct options *o, struct fault *f)
{
	struct policy_limits *limits = &s->batch.terms.limits;
	const struct {
		enum option_id id;
		const char *name;
		struct policy_limit *limit;
	} rows[] = {
	    {OPTION_LIMIT_NUMBER, "limit_number", &limits->number},
	    {OPTION_LIMIT_CUSTOMER, "limit_customer", &limits->customer},
	    {OPTION_LIMIT_COUNTRY, "limit_country", &limits->country},
	    {OPTION_LIMIT_ALL, "limit_all", &limits->all},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (policy_limit_parse(rows[i].limit, rows[i].name,
			option_text(o, rows[i].id), f) == -1)
			return option_blame(o, rows[i].id, f);
	if (ledger_wrong_limits(&limits->wrong, o, f) == -1)
		return -1;
	s->batch.terms.allow_country = option_text(o, OPTION_ALLOW_COUNTRY);
	if (s->batch.terms.allow_country != NULL &&
	    policy_countries_check(s->batch.terms.allow_country, f) == -1)
		return option_blame(o, OPTION_ALLOW_COUNTRY, f);
	return 0;
}

static int
read_terms(struct sendpin *s, const struct options *o, struct fault *f)
{
	struct order_terms *t = &s->batch.terms;

	t->template = option_text(o, OPTION_MESSAGE);
	t->pin_digits = (unsigned)option_number(o, OPTION_PIN_DIGITS);
	t->pin_ttl_s = option_number(o, OPTION_PIN_TTL);
	t->max_attempts = (unsigned)option_number(o, OPTION_MAX_ATTEMPTS);
	t->clear_pin = option_given(o, OPTION_CLEAR_PIN);
	t->keys = &s->keys;
	t->from = option_text(o, OPTION_FROM);
	t->resend = option_given(o, OPTION_RESEND);
	s->number_check.identifier_digits =
	    option_number(o, OPTION_IDENTIFIER_DIGITS);
	if (template_check(t->template, t->pin_digits, t->pin_ttl_s, f) == -1)
		return -1;
	return read_limits(s, o, f);
}

/* A new key would not open the ledger that is there. */
static int
open_keys(struct sendpin *s, struct options *o, struct fault *f)
{
	bool there = ledger_is_there(o);
	struct fault why = FAULT_INIT;

	if (keyring_open(&s->keys, o, !there, &why) == 0)
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
open_ledger(struct sendpin *s, struct options *o, struct fault *f)
{
	bool none = ledger_is_off(o);

	s->is_first_run = !none && !ledger_is_there(o);
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
	if (open_keys(s, o, f) == -1 ||
	    ledger_open(&s->batch.terms.ledger, o, LEDGER_MAKE, &s->keys, f) ==
		-1)
		return -1;
	return 0;
}

static int
sendpin_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	struct sendpin *s = self;

	s->window = *window = option_number(o, OPTION_OPEN_REQUESTS);
	s->orders = memory_new(s->window, sizeof *s->orders);
	s->in_window = memory_new(s->window, sizeof(struct order *));
	s->batch.messages = memory_new(s->window, sizeof(struct sms *));
	s->number_check.queries =
	    memory_new(s->window, sizeof *s->number_check.queries);
	if (read_terms(s, o, f) == -1 || open_ledger(s, o, f) == -1)
		return -1;
	return open_systems(s, o, f);
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
