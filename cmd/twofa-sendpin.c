/*
 * twofa-sendpin: a PIN for each recognised customer, by text message.
 */
#include "common/base/option.h"
#include "common/base/prog.h"
#include "common/directory/directory.h"
#include "common/sendpin/order.h"
#include "common/sendpin/template.h"
#include "common/sms/sms.h"
#include "common/stage/stage.h"
#include "common/task/e164.h"
#include "common/task/names.h"

#include <stdlib.h>
#include <string.h>

enum {
	NOTE_TRIES = 12, /* each waits LEDGER_BUSY_MS */
};

struct sendpin {
	struct sender *sender;
	struct directory *directory; /* NULL: the task's number is trusted */
	unsigned long identifier_digits;
	struct keyring keys;
	struct ledger *ledger; /* NULL: none */
	struct order_terms terms;
	size_t window;
	struct order *orders;		 /* by slot */
	struct sms *messages;		 /* of a window, without gaps */
	struct directory_query *queries; /* the same */
	struct order **asking;		 /* whose they are */
	bool started;
	bool is_first_run; /* there was no ledger yet */
};

#define SENDPIN_INIT                                                           \
	{                                                                      \
		.keys = KEYRING_INIT                                           \
	}

static bool
is_resend(const char *value)
{
	return value != NULL && strcmp(value, VALUE_RESEND) == 0;
}

static int
sendpin_begin(void *self, struct job *job, struct fault *f)
{
	const struct sendpin *s = self;
	const struct task *t = &job->task;
	const char *name = task_event_name(t);
	const char *sent = task_get(t, NAME_SMS_SENT);
	const char *recognised = task_get(t, NAME_CUSTOMER_RECOGNIZED);

	bool again = s->terms.resend;

	(void)f;
	if (task_is_event(t)) {
		if (name == NULL || strcmp(name, NAME_START_VALIDATION) != 0)
			return 0;
		again = again || is_resend(task_event_value(t));
		job->acts = sent == NULL || again;
	} else {
		job->acts = (sent == NULL || again) && recognised != NULL &&
		    strcmp(recognised, VALUE_YES) == 0;
	}
	job->answer = sent != NULL && strcmp(sent, VALUE_YES) == 0 ? ANSWER_YES
								   : ANSWER_NO;
	return 0;
}

static void
judge_query(
    struct order *o, const struct directory_query *q, const struct task *t)
{
	switch (q->outcome) {
	case DIRECTORY_FOUND:
		if (strcmp(q->number, task_get(t, NAME_SMS_NUMBER)) != 0)
			order_refuse(o, REASON_NUMBER_CHANGED);
		break;
	case DIRECTORY_TEMPORARY:
		order_fail(o, STATUS_TEMPORARY, REASON_TEMPORARY,
		    "directory: %s: try again later", q->detail);
		break;
	case DIRECTORY_PERMANENT:
		order_fail(o, STATUS_SERVICE, REASON_SERVICE, "directory: %s",
		    q->detail);
		break;
	case DIRECTORY_NOT_FOUND:
	case DIRECTORY_NOT_UNIQUE:
	default:
		order_refuse(o, REASON_NOT_RECOGNISED);
		break;
	}
}

/* -d: is it still the number of that customer? */
static int
recheck(struct sendpin *s, struct job *const jobs[], size_t n, struct fault *f)
{
	const char *customer;
	struct order *o;
	size_t i, asked = 0;

	for (i = 0; i < n && s->directory != NULL; i++) {
		o = &s->orders[jobs[i]->slot];
		if (o->plan != ORDER_SEND)
			continue;
		customer = task_get(&jobs[i]->task, NAME_CUSTOMER_IDENTIFIER);
		if (!identifier_is_valid(customer, s->identifier_digits)) {
			order_refuse(o, REASON_NOT_RECOGNISED);
			continue;
		}
		s->queries[asked++].customer = customer;
	}
	if (asked == 0)
		return 0;
	if (directory_find(s->directory, s->queries, asked, f) == -1)
		return -1;
	for (i = 0, asked = 0; i < n; i++) {
		o = &s->orders[jobs[i]->slot];
		if (o->plan == ORDER_SEND)
			judge_query(o, &s->queries[asked++], &jobs[i]->task);
	}
	return 0;
}

static int
start_sender(struct sendpin *s, struct fault *f)
{
	if (!s->started && sender_start(s->sender, f) == -1)
		return -1;
	s->started = true;
	return 0;
}

/* Which of the jobs are for the sender; it is started for the first one. */
static int
look(struct sendpin *s, struct job *const jobs[], size_t n, struct fault *f)
{
	struct order *o;
	size_t i;

	for (i = 0; i < n; i++) {
		o = &s->orders[jobs[i]->slot];
		order_reset(o);
		(void)order_is_entitled(o, &jobs[i]->task);
	}
	if (recheck(s, jobs, n, f) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (s->orders[jobs[i]->slot].plan == ORDER_SEND &&
		    start_sender(s, f) == -1)
			return -1;
	return 0;
}

/* Between begin and commit: nothing is waited for but the disk. */
static int
begin(struct sendpin *s, struct fault *f)
{
	s->terms.now_s = clock_now_s();
	if (s->ledger == NULL)
		return 0;
	if (ledger_begin(s->ledger, clock_now_s, f) == -1)
		return -1;
	s->terms.now_s = ledger_now_s(s->ledger);
	return 0;
}

static int
commit(struct sendpin *s, int r, struct fault *f)
{
	if (s->ledger == NULL)
		return r;
	if (r == 0)
		return ledger_commit(s->ledger, f);
	ledger_rollback(s->ledger);
	return r;
}

/* Do both stand for the same send? */
static bool
is_same(const struct task *a, const struct task *b)
{
	static const char *const names[] = {
	    NAME_CUSTOMER_IDENTIFIER, NAME_SMS_NUMBER};
	bool same = strcmp(task_id(a), task_id(b)) == 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names) && same; i++)
		same =
		    strcmp(task_get(a, names[i]), task_get(b, names[i])) == 0;
	return same;
}

/* The first order of the window for the same send, or NULL: it is that one. */
static struct order *
find_first(struct sendpin *s, struct job *const jobs[], size_t i)
{
	size_t j;

	if (s->ledger == NULL || !s->orders[jobs[i]->slot].wanted)
		return NULL;
	for (j = 0; j < i; j++)
		if (s->orders[jobs[j]->slot].wanted &&
		    is_same(&jobs[j]->task, &jobs[i]->task))
			return &s->orders[jobs[j]->slot];
	return NULL;
}

/* When it returns, what is to be sent is in the ledger. */
static int
plan(struct sendpin *s, struct job *const jobs[], size_t n, struct fault *f)
{
	struct order *o;
	size_t i;
	int r = 0;

	if (begin(s, f) == -1)
		return -1;
	for (i = 0; i < n && r == 0; i++) {
		o = &s->orders[jobs[i]->slot];
		o->wanted = o->plan == ORDER_SEND;
		o->first = find_first(s, jobs, i);
		if (o->wanted && o->first == NULL)
			r = order_plan(o, &jobs[i]->task, &s->terms,
			    sender_repeats(s->sender), f);
	}
	return commit(s, r, f);
}

static bool
is_for_sender(const struct order *o)
{
	return o->plan == ORDER_SEND && o->first == NULL;
}

static int
send_all(struct sendpin *s, struct job *const jobs[], size_t n, struct fault *f)
{
	struct order *o;
	size_t i, sending = 0;

	for (i = 0; i < n; i++) {
		o = &s->orders[jobs[i]->slot];
		if (!is_for_sender(o))
			continue;
		s->messages[sending] = o->sms;
		s->asking[sending++] = o;
	}
	if (sender_send(s->sender, s->messages, sending, f) == -1)
		return -1;
	for (i = 0; i < sending; i++)
		s->asking[i]->sms = s->messages[i];
	return 0;
}

/*
 * What became of a message is known here only, so a ledger that is in use is
 * waited for longer, and a clock that was set back meanwhile does not matter.
 */
static int
begin_noting(struct sendpin *s, struct fault *f)
{
	int tries = NOTE_TRIES;

	while (ledger_begin(s->ledger, NULL, f) == -1) {
		if (f->status != STATUS_TEMPORARY || --tries == 0)
			return -1;
		fault_clear(f);
	}
	return 0;
}

/* When it returns, what became of it is in the ledger. */
static int
note(struct sendpin *s, struct job *const jobs[], size_t n, struct fault *f)
{
	struct order *o;
	size_t i;
	int r = 0;

	if (s->ledger == NULL)
		return 0;
	if (begin_noting(s, f) == -1)
		return -1;
	for (i = 0; i < n && r == 0; i++) {
		o = &s->orders[jobs[i]->slot];
		if (is_for_sender(o))
			r = order_note(o, &jobs[i]->task, &s->terms,
			    sender_repeats(s->sender), f);
	}
	return commit(s, r, f);
}

/* None of them was handed over: nobody has to wonder. */
static void
note_unsent(struct sendpin *s, struct job *const jobs[], size_t n)
{
	struct fault lost = FAULT_INIT;
	struct order *o;
	size_t i;

	for (i = 0; i < n; i++) {
		o = &s->orders[jobs[i]->slot];
		if (is_for_sender(o))
			sms_note(&o->sms, SMS_RETRY, SMS_SERVICE, "");
	}
	if (note(s, jobs, n, &lost) == -1)
		prog_message(PROG_WARNING, "%s", lost.message);
}

/* As many as the rate allows at once: an intent is sent when it is made. */
static int
work_some(
    struct sendpin *s, struct job *const jobs[], size_t n, struct fault *f)
{
	struct order *o;
	size_t i;

	if (plan(s, jobs, n, f) == -1)
		return -1;
	if (send_all(s, jobs, n, f) == -1) {
		note_unsent(s, jobs, n);
		return -1;
	}
	if (note(s, jobs, n, f) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		o = &s->orders[jobs[i]->slot];
		if (o->first != NULL)
			order_copy(o, o->first);
	}
	return 0;
}

static void
fail_rest(
    struct sendpin *s, struct job *const jobs[], size_t n, struct fault *f)
{
	const char *reason =
	    f->status == STATUS_TEMPORARY ? REASON_TEMPORARY : REASON_SERVICE;
	size_t i;

	for (i = 0; i < n; i++)
		order_fail(&s->orders[jobs[i]->slot], f->status, reason, "%s",
		    f->message);
	fault_clear(f);
}

static int
sendpin_work(void *self, struct job *const jobs[], size_t n, struct fault *f)
{
	struct sendpin *s = self;
	size_t done, now;

	if (look(s, jobs, n, f) == -1)
		return -1;
	for (done = 0; done < n; done += now) {
		now = sender_wait(s->sender, n - done);
		if (work_some(s, jobs + done, now, f) == 0)
			continue;
		if (done == 0)
			return -1;
		/* What went before has its outcome. */
		fail_rest(s, jobs + done, n - done, f);
		break;
	}
	return 0;
}

/* Why the service does not want this number: somebody has to correct it. */
static void
tell_rejection(const struct task *t, const struct sms *m)
{
	char number[E164_SIZE];

	e164_mask(number, m->to);
	prog_message(PROG_WARNING, "task %s: %s was rejected%s%s%s%s",
	    task_id(t), number, m->code[0] == '\0' ? "" : ": ", m->code,
	    m->detail[0] == '\0' ? "" : ": ", m->detail);
}

static int
sendpin_finish(void *self, struct job *job, struct fault *f)
{
	struct sendpin *s = self;
	struct order *o = &s->orders[job->slot];
	bool asked = o->plan == ORDER_SEND;
	int r = 0;

	if (asked && o->sms.outcome == SMS_REJECTED &&
	    o->sms.scope == SMS_RECIPIENT)
		tell_rejection(&job->task, &o->sms);
	if (order_apply(o, &job->task, &s->terms,
		asked && sender_repeats(s->sender), f) == -1)
		r = -1;
	else if (o->plan == ORDER_FAIL)
		r = job_fail(job, o->status, o->reason, f, "%s", o->problem);
	else
		job->answer = o->plan == ORDER_REFUSE ? ANSWER_NO : ANSWER_YES;
	if (o->plan == ORDER_SENT && o->problem[0] != '\0')
		prog_message(PROG_WARNING, "task %s: %s", task_id(&job->task),
		    o->problem);
	order_reset(o);
	return r;
}

/* Told while it is being set up, not with every message. */
static void
warn_of_countries(
    const struct sendpin *s, const struct options *o, const char *sender)
{
	if (s->terms.allow_country == NULL &&
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
	struct sms_settings sms = {s->terms.from != NULL,
	    option_number(o, OPTION_OPEN_REQUESTS), time_ms,
	    option_rate(o, OPTION_SEND_RATE)};
	struct directory_settings customers = {sms.open_requests, time_ms};

	if (sender == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "no sender: -s file:OUTBOX to try, -s acs: to send");
	warn_of_countries(s, o, sender);
	if (s->ledger != NULL)
		ledger_set_sender(s->ledger, sender);
	if (sender_open(&s->sender, sender, &sms, f) == -1)
		return -1;
	if (directory != NULL &&
	    directory_open(&s->directory, directory, &customers, f) == -1)
		return -1;
	if (!option_given(o, OPTION_DRY_RUN))
		return 0;
	if (s->directory != NULL && directory_start(s->directory, f) == -1)
		return -1;
	return start_sender(s, f);
}

static int
read_limits(struct sendpin *s, const struct options *o, struct fault *f)
{
	struct policy_limits *limits = &s->terms.limits;
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
	s->terms.allow_country = option_text(o, OPTION_ALLOW_COUNTRY);
	if (s->terms.allow_country != NULL &&
	    policy_countries_check(s->terms.allow_country, f) == -1)
		return option_blame(o, OPTION_ALLOW_COUNTRY, f);
	return 0;
}

static int
read_terms(struct sendpin *s, const struct options *o, struct fault *f)
{
	struct order_terms *t = &s->terms;

	t->template = option_text(o, OPTION_MESSAGE);
	t->pin_digits = (unsigned)option_number(o, OPTION_PIN_DIGITS);
	t->pin_ttl_s = option_number(o, OPTION_PIN_TTL);
	t->max_attempts = (unsigned)option_number(o, OPTION_MAX_ATTEMPTS);
	t->clear_pin = option_given(o, OPTION_CLEAR_PIN);
	t->keys = &s->keys;
	t->from = option_text(o, OPTION_FROM);
	t->resend = option_given(o, OPTION_RESEND);
	s->identifier_digits = option_number(o, OPTION_IDENTIFIER_DIGITS);
	if (template_check(t->template, t->pin_digits, f) == -1)
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
	if (s->terms.clear_pin)
		prog_message(PROG_WARNING,
		    "--clear-pin: the PIN stands in the task for all to "
		    "read%s",
		    none ? ", without expiry, limit of attempts or single use"
			 : "");
	if (none && s->terms.resend)
		return fault_set(f, STATUS_CONFIG,
		    "--resend: only a ledger remembers a PIN: -l FILE");
	if (none && s->terms.clear_pin)
		return 0;
	if (open_keys(s, o, f) == -1 ||
	    ledger_open(&s->ledger, o, true, &s->keys, f) == -1)
		return -1;
	s->terms.ledger = s->ledger;
	return 0;
}

static int
sendpin_open(void *self, struct options *o, size_t *window, struct fault *f)
{
	struct sendpin *s = self;

	s->window = *window = option_number(o, OPTION_OPEN_REQUESTS);
	s->orders = calloc(s->window, sizeof *s->orders);
	s->messages = calloc(s->window, sizeof *s->messages);
	s->queries = calloc(s->window, sizeof *s->queries);
	s->asking = calloc(s->window, sizeof *s->asking);
	if (s->orders == NULL || s->messages == NULL || s->queries == NULL ||
	    s->asking == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
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
	sender_close(s->sender);
	directory_close(s->directory);
	ledger_close(s->ledger);
	keyring_release(&s->keys);
	free(s->orders);
	free(s->messages);
	free(s->queries);
	free(s->asking);
}

int
main(int argc, char *argv[])
{
	struct sendpin sendpin = SENDPIN_INIT;
	const struct stage stage = {.self = &sendpin,
	    .open = sendpin_open,
	    .close = sendpin_close,
	    .begin = sendpin_begin,
	    .work = sendpin_work,
	    .finish = sendpin_finish,
	    .no_answer = ANSWER_NONE,
	    .answer_name = NAME_SMS_SENT};

	return stage_program(
	    &stage, PROGRAM_SENDPIN, "twofa-sendpin", argc, argv);
}
