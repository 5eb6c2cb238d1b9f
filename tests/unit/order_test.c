#include "common/text/json.h"
#include "cmd/twofa-sendpin/outcome.h"
#include "cmd/twofa-sendpin/plan.h"
#include "common/task/names.h"
#include "tests/unit/check.h"
#include "tests/unit/keys.h"

#include <regex.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NOW = 1790000000,
};

/* No number of these tests costs a premium, which is said at once; and there
 * may be no memory to find that out. */
static bool is_out_of_memory;

int
regcomp(regex_t *re, const char *pattern, int flags)
{
	(void)re;
	(void)pattern;
	(void)flags;
	return is_out_of_memory ? REG_ESPACE : REG_NOMATCH;
}

/* A recognised customer, and what became of the order. */
struct request {
	struct task task;
	struct key keys[2];
	struct keyring ring;
	struct send_settings send;
	struct pin_settings pin;
	struct order_terms terms;
	struct order order;
	struct fault f;
};

static void
set(struct request *r, const char *name, const char *value)
{
	if (value == NULL)
		task_remove(&r->task, name);
	else
		task_set(&r->task, name, value);
}

static const char *
get(const struct request *r, const char *name)
{
	return task_get(&r->task, name);
}

static void
request_begin(struct request *r)
{
	memset(r, 0, sizeof *r);
	r->task = (struct task)TASK_INIT;
	r->ring = test_keyring(r->keys, 1, 0);
	r->send.message = "Code {pin}, {minutes} min";
	r->pin =
	    (struct pin_settings){.digits = 4, .ttl_s = 600, .max_attempts = 3};
	r->terms = (struct order_terms){
	    .send = &r->send, .pin = &r->pin, .keys = &r->ring, .now_s = NOW};
	CHECK(task_make(&r->task, "t1", &r->f) == 0);
	set(r, NAME_CUSTOMER_IDENTIFIER, "123456");
	set(r, NAME_CUSTOMER_RECOGNIZED, VALUE_YES);
	set(r, NAME_SMS_NUMBER, "+447700900001");
}

static void
request_end(struct request *r)
{
	order_release(&r->order);
	task_release(&r->task);
}

static void
begin(struct request *r)
{
	order_begin(&r->order, &r->task, &r->terms);
}

static enum order_plan
plan(struct request *r, bool repeats)
{
	r->terms.repeats = repeats;
	begin(r);
	if (r->order.plan == ORDER_SEND)
		CHECK(plan_order(&r->order, &r->f) == 0);
	return r->order.plan;
}

static void
apply(struct request *r, bool repeats, enum sms_outcome outcome,
    enum sms_scope scope)
{
	sms_note(&r->order.sms, outcome, scope, "what it said");
	outcome_decide(&r->order, repeats);
	CHECK(outcome_apply(&r->order, &r->f) == 0);
}

/* What is in GeneratedPIN. */
static struct seal
opened(struct request *r)
{
	struct seal_binding b = {
	    "t1", get(r, NAME_CUSTOMER_IDENTIFIER), get(r, NAME_SMS_NUMBER)};
	struct seal s = SEAL_INIT;
	char key_id[KEY_ID_SIZE];

	CHECK(get(r, NAME_GENERATED_PIN) != NULL &&
	    seal_open(&s, key_id, get(r, NAME_GENERATED_PIN), &b, &r->ring) ==
		SEAL_OPENED);
	return s;
}

#define TEN "0123456789"

static void
who_is_entitled(void)
{
	static const struct {
		const char *identifier, *recognised, *number, *reason;
	} table[] = {
	    {"123456", "Yes", "+447700900001", NULL},
	    {"123456", NULL, "+447700900001", REASON_NOT_RECOGNISED},
	    {"123456", "No", "+447700900001", REASON_NOT_RECOGNISED},
	    {"123456", "yes", "+447700900001", REASON_NOT_RECOGNISED},
	    {"123456", "Yes ", "+447700900001", REASON_NOT_RECOGNISED},
	    {"123456", "true", "+447700900001", REASON_NOT_RECOGNISED},
	    {"123456", "Yes", NULL, REASON_NOT_RECOGNISED},
	    {NULL, "Yes", "+447700900001", REASON_NOT_RECOGNISED},
	    {"123456", "Yes", "447700900001", REASON_BAD_NUMBER},
	    {"123456", "Yes", "07700900001", REASON_BAD_NUMBER},
	    {"123456", "Yes", "+0447700900001", REASON_BAD_NUMBER},
	    {"123456", "Yes", "+447700 900001", REASON_BAD_NUMBER},
	    {"123456", "Yes", "+447700900001;+1", REASON_BAD_NUMBER},
	    {"123456", "Yes", "+123456", REASON_BAD_NUMBER},
	    {"123456", "Yes", "+1234567890123456", REASON_BAD_NUMBER},
	    {TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
		    TEN TEN TEN TEN TEN TEN TEN TEN "123456",
		"Yes", "+447700900001", NULL},
	    {TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
		    TEN TEN TEN TEN TEN TEN TEN TEN "1234567",
		"Yes", "+447700900001", REASON_BAD_IDENTIFIER},
	};
	struct request r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		request_begin(&r);
		set(&r, NAME_CUSTOMER_IDENTIFIER, table[i].identifier);
		set(&r, NAME_CUSTOMER_RECOGNIZED, table[i].recognised);
		set(&r, NAME_SMS_NUMBER, table[i].number);
		begin(&r);
		CHECK(
		    (r.order.plan == ORDER_SEND) == (table[i].reason == NULL));
		CHECK_TEXT(r.order.reason, table[i].reason);
		if (table[i].reason != NULL) {
			CHECK(r.order.plan == ORDER_REFUSE);
			CHECK(outcome_apply(&r.order, &r.f) == 0);
			CHECK_TEXT(get(&r, NAME_SMS_SENT), VALUE_NO);
			CHECK_TEXT(get(&r, NAME_REASON), table[i].reason);
			CHECK_TEXT(get(&r, NAME_GENERATED_PIN), NULL);
		}
		request_end(&r);
	}
}

static void
a_new_pin(void)
{
	char text[64];
	struct request r;
	struct seal s;

	request_begin(&r);
	set(&r, NAME_PIN, "1111");
	set(&r, NAME_PIN_ATTEMPTS, "2");
	set(&r, NAME_VALIDATION_CHECK, VALUE_FAILED);
	set(&r, NAME_REASON, REASON_TEMPORARY);
	CHECK(plan(&r, true) == ORDER_SEND);
	CHECK(!r.order.sms.repeated);
	CHECK(strlen(r.order.seal.pin) == 4);
	CHECK_TEXT(r.order.sms.to, "+447700900001");
	CHECK_TEXT(r.order.sms.id, r.order.seal.id);
	CHECK_TEXT(r.order.sms.first_sent, "Mon, 21 Sep 2026 14:13:20 GMT");
	(void)snprintf(text, sizeof text, "Code %s, 10 min", r.order.seal.pin);
	CHECK_TEXT(r.order.sms.message, text);
	(void)snprintf(text, sizeof text, "%s", r.order.seal.pin);
	/* Until it is applied the task is as it was. */
	CHECK_TEXT(get(&r, NAME_GENERATED_PIN), NULL);
	apply(&r, true, SMS_ACCEPTED, SMS_RECIPIENT);
	CHECK(r.order.plan == ORDER_SEND);
	CHECK_TEXT(get(&r, NAME_SMS_SENT), VALUE_YES);
	CHECK_TEXT(get(&r, NAME_PIN_EXPIRES), "2026-09-21T14:23:20Z");
	CHECK_TEXT(get(&r, NAME_PIN), NULL);
	CHECK_TEXT(get(&r, NAME_PIN_ATTEMPTS), NULL);
	CHECK_TEXT(get(&r, NAME_VALIDATION_CHECK), NULL);
	CHECK_TEXT(get(&r, NAME_REASON), NULL);
	s = opened(&r);
	CHECK_TEXT(s.pin, text);
	CHECK(s.sent_s == NOW && s.expires_s == NOW + 600);
	CHECK(s.max_attempts == 3 && !s.not_taken);
	CHECK_TEXT(s.ledger, "");
	order_reset(&r.order);
	CHECK(r.order.seal.pin[0] == '\0');
	CHECK(r.order.message.len == 0);
	request_end(&r);
}

static void
a_new_pin_in_clear(void)
{
	char pin[PIN_SIZE];
	struct request r;

	request_begin(&r);
	r.pin.clear = true;
	r.terms.keys = NULL;
	CHECK(plan(&r, true) == ORDER_SEND);
	memcpy(pin, r.order.seal.pin, sizeof pin);
	apply(&r, true, SMS_ACCEPTED, SMS_RECIPIENT);
	CHECK_TEXT(get(&r, NAME_GENERATED_PIN), pin);
	CHECK_TEXT(get(&r, NAME_SMS_SENT), VALUE_YES);
	CHECK_TEXT(get(&r, NAME_PIN_EXPIRES), NULL);
	/* One that is there tells neither its id nor its time. */
	set(&r, NAME_SMS_SENT, NULL);
	CHECK(plan(&r, true) == ORDER_FAIL);
	CHECK_TEXT(r.order.reason, REASON_UNKNOWN_OUTCOME);
	CHECK(r.order.status == STATUS_SERVICE);
	request_end(&r);
}

static void
what_an_outcome_does(void)
{
	static const struct {
		enum sms_outcome outcome;
		enum sms_scope scope;
		bool repeats, clear;
		enum order_plan plan;
		const char *sent, *reason;
		int status;
		bool sealed, not_taken;
	} table[] = {
	    {SMS_ACCEPTED, SMS_RECIPIENT, true, false, ORDER_SEND, "Yes", NULL,
		0, true, false},
	    {SMS_REJECTED, SMS_RECIPIENT, true, false, ORDER_REFUSE, "No",
		REASON_REJECTED, 0, false, false},
	    {SMS_REJECTED, SMS_SERVICE, true, false, ORDER_FAIL, NULL,
		REASON_SERVICE, STATUS_SERVICE, false, false},
	    {SMS_RETRY, SMS_SERVICE, true, false, ORDER_FAIL, NULL,
		REASON_TEMPORARY, STATUS_TEMPORARY, true, true},
	    {SMS_RETRY, SMS_SERVICE, false, false, ORDER_FAIL, NULL,
		REASON_TEMPORARY, STATUS_TEMPORARY, true, true},
	    {SMS_RETRY, SMS_SERVICE, true, true, ORDER_FAIL, NULL,
		REASON_TEMPORARY, STATUS_TEMPORARY, false, false},
	    {SMS_UNKNOWN, SMS_SERVICE, true, false, ORDER_FAIL, NULL,
		REASON_TEMPORARY, STATUS_TEMPORARY, true, false},
	    {SMS_UNKNOWN, SMS_SERVICE, false, false, ORDER_FAIL, NULL,
		REASON_UNKNOWN_OUTCOME, STATUS_SERVICE, true, false},
	    {SMS_UNKNOWN, SMS_SERVICE, true, true, ORDER_FAIL, NULL,
		REASON_UNKNOWN_OUTCOME, STATUS_SERVICE, true, false},
	};
	struct request r;
	struct seal s;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		request_begin(&r);
		r.pin.clear = table[i].clear;
		CHECK(plan(&r, table[i].repeats) == ORDER_SEND);
		apply(&r, table[i].repeats, table[i].outcome, table[i].scope);
		CHECK(r.order.plan == table[i].plan);
		CHECK_TEXT(get(&r, NAME_SMS_SENT), table[i].sent);
		CHECK((get(&r, NAME_GENERATED_PIN) != NULL) == table[i].sealed);
		CHECK_TEXT(r.order.reason, table[i].reason);
		if (table[i].plan == ORDER_FAIL) {
			CHECK(r.order.status == table[i].status);
			CHECK(strstr(r.order.problem, "what it said") != NULL);
			CHECK(
			    strstr(r.order.problem, r.order.seal.pin) == NULL);
		}
		if (table[i].sealed && !table[i].clear) {
			s = opened(&r);
			CHECK(s.not_taken == table[i].not_taken);
		}
		request_end(&r);
	}
}

static const struct {
	const char *then; /* same, new, or unknown */
	int64_t age_s;
	enum sms_outcome outcome;
	bool repeats;
} memories[] = {
    {"same", 0, SMS_UNKNOWN, true},
    {"same", 239, SMS_UNKNOWN, true},
    {"unknown", 240, SMS_UNKNOWN, true},
    {"unknown", 600, SMS_UNKNOWN, true},
    {"unknown", 100000, SMS_UNKNOWN, true},
    {"same", -4, SMS_UNKNOWN, true},
    {"unknown", -5, SMS_UNKNOWN, true},
    {"unknown", 0, SMS_UNKNOWN, false},
    {"unknown", 240, SMS_UNKNOWN, false},
    {"same", 0, SMS_RETRY, true},
    {"same", 239, SMS_RETRY, true},
    {"new", 240, SMS_RETRY, true},
    {"new", 100000, SMS_RETRY, true},
    {"new", 0, SMS_RETRY, false},
    {"new", 100000, SMS_RETRY, false},
};

/*
 * A send whose outcome is open, age seconds later.
 */
static void
what_is_remembered(void)
{
	char id[UUID_SIZE], pin[PIN_SIZE], message[64], first[CLOCK_TEXT_SIZE];
	struct request r;
	bool same;
	size_t i;

	for (i = 0; i < ARRAY_LEN(memories); i++) {
		request_begin(&r);
		CHECK(plan(&r, true) == ORDER_SEND);
		memcpy(id, r.order.seal.id, sizeof id);
		memcpy(pin, r.order.seal.pin, sizeof pin);
		memcpy(first, r.order.first_sent, sizeof first);
		(void)snprintf(
		    message, sizeof message, "%s", r.order.sms.message);
		apply(&r, true, memories[i].outcome, SMS_SERVICE);
		r.terms.now_s = NOW + memories[i].age_s;
		r.pin.ttl_s = 120; /* another setting by now */
		(void)plan(&r, memories[i].repeats);
		if (strcmp(memories[i].then, "unknown") == 0) {
			CHECK(r.order.plan == ORDER_FAIL);
			CHECK(r.order.status == STATUS_SERVICE);
			CHECK_TEXT(r.order.reason, REASON_UNKNOWN_OUTCOME);
			request_end(&r);
			continue;
		}
		same = strcmp(memories[i].then, "same") == 0;
		CHECK(r.order.plan == ORDER_SEND);
		CHECK(r.order.sms.repeated == same);
		CHECK((strcmp(r.order.sms.id, id) == 0) == same);
		if (same) {
			/* Byte for byte the same request. */
			CHECK_TEXT(r.order.sms.message, message);
			CHECK_TEXT(r.order.sms.first_sent, first);
			CHECK_TEXT(r.order.seal.pin, pin);
			CHECK(r.order.seal.expires_s == NOW + 600);
		} else {
			CHECK(r.order.seal.sent_s == r.terms.now_s);
			CHECK(r.order.seal.expires_s == r.terms.now_s + 120);
		}
		CHECK(!r.order.seal.not_taken);
		apply(&r, memories[i].repeats, SMS_ACCEPTED, SMS_RECIPIENT);
		CHECK_TEXT(get(&r, NAME_SMS_SENT), VALUE_YES);
		if (same)
			CHECK_TEXT(opened(&r).pin, pin);
		request_end(&r);
	}
}

/*
 * "Not now" to a repeat says nothing about the first request: it may have been
 * taken, so that no other PIN may follow it.
 */
static void
a_retry_of_what_may_have_been_taken(void)
{
	char id[UUID_SIZE];
	struct request r;
	struct seal s;

	request_begin(&r);
	CHECK(plan(&r, true) == ORDER_SEND && !r.order.maybe_taken);
	memcpy(id, r.order.seal.id, sizeof id);
	apply(&r, true, SMS_UNKNOWN, SMS_SERVICE);
	r.terms.now_s = NOW + 10;
	CHECK(plan(&r, true) == ORDER_SEND && r.order.maybe_taken);
	apply(&r, true, SMS_RETRY, SMS_SERVICE);
	CHECK(r.order.status == STATUS_TEMPORARY);
	CHECK_TEXT(r.order.reason, REASON_TEMPORARY);
	CHECK(strstr(r.order.problem, "perhaps sent") != NULL);
	s = opened(&r);
	CHECK(!s.not_taken);
	CHECK_TEXT(s.id, id);
	/* Within the time it is the same request again, ... */
	CHECK(plan(&r, true) == ORDER_SEND && r.order.maybe_taken);
	CHECK_TEXT(r.order.sms.id, id);
	/* ... and later none at all. */
	r.terms.now_s = NOW + 240;
	CHECK(plan(&r, true) == ORDER_FAIL);
	CHECK(r.order.status == STATUS_SERVICE);
	CHECK_TEXT(r.order.reason, REASON_UNKNOWN_OUTCOME);
	request_end(&r);
	/* A service that refuses any message says as little of the first. */
	request_begin(&r);
	CHECK(plan(&r, true) == ORDER_SEND);
	memcpy(id, r.order.seal.id, sizeof id);
	apply(&r, true, SMS_UNKNOWN, SMS_SERVICE);
	r.terms.now_s = NOW + 10;
	CHECK(plan(&r, true) == ORDER_SEND && r.order.maybe_taken);
	apply(&r, true, SMS_REJECTED, SMS_SERVICE);
	CHECK(r.order.plan == ORDER_FAIL);
	CHECK(r.order.status == STATUS_SERVICE);
	CHECK_TEXT(r.order.reason, REASON_UNKNOWN_OUTCOME);
	s = opened(&r);
	CHECK(!s.not_taken);
	CHECK_TEXT(s.id, id);
	request_end(&r);
	/* What was not taken the first time is known not to be. */
	request_begin(&r);
	CHECK(plan(&r, true) == ORDER_SEND);
	apply(&r, true, SMS_RETRY, SMS_SERVICE);
	CHECK(plan(&r, true) == ORDER_SEND && !r.order.maybe_taken);
	apply(&r, true, SMS_RETRY, SMS_SERVICE);
	s = opened(&r);
	CHECK(s.not_taken);
	r.terms.now_s = NOW + 240;
	CHECK(plan(&r, true) == ORDER_SEND && !r.order.sms.repeated);
	request_end(&r);
}

static void
which_countries(void)
{
	struct request r;

	request_begin(&r);
	r.send.allow_country = "43, 49";
	CHECK(plan(&r, true) == ORDER_REFUSE);
	CHECK_TEXT(r.order.reason, REASON_COUNTRY);
	r.send.allow_country = "43, 4477";
	CHECK(plan(&r, true) == ORDER_SEND);
	request_end(&r);
}

static void
no_memory_is_no_refusal(void)
{
	struct request r;
	int status = 0;
	pid_t pid;

	request_begin(&r);
	begin(&r);
	CHECK(r.order.plan == ORDER_SEND);
	pid = fork();
	if (pid == 0) {
		is_out_of_memory = true;
		_exit(plan_order(&r.order, &r.f));
	}
	CHECK(pid != -1 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == STATUS_IO);
	request_end(&r);
}

/* Without a ledger nothing remembers a PIN that could be sent again. */
static void
a_resend_needs_a_ledger(void)
{
	struct request r;

	request_begin(&r);
	r.send.resend = true;
	CHECK(plan(&r, true) == ORDER_FAIL);
	CHECK(r.order.status == STATUS_CONFIG);
	CHECK(strstr(r.order.problem, "-l FILE") != NULL);
	r.send.resend = false;
	task_make_event(&r.task, NAME_START_VALIDATION, "Resend");
	CHECK(plan(&r, true) == ORDER_FAIL && r.order.asks);
	task_make_event(&r.task, NAME_START_VALIDATION, "resend");
	CHECK(plan(&r, true) == ORDER_SEND && !r.order.asks);
	request_end(&r);
}

/* One table for the ledger and the task. */
static void
every_outcome_has_its_row(void)
{
	static const struct {
		enum sms_outcome sms;
		bool for_recipient, maybe_taken, repeats;
		enum ledger_state state;
		const char *reason;
	} table[] = {
	    {SMS_ACCEPTED, false, true, false, LEDGER_SENT, NULL},
	    {SMS_REJECTED, true, true, true, LEDGER_REJECTED, REASON_REJECTED},
	    {SMS_REJECTED, false, false, true, LEDGER_RETRY, REASON_SERVICE},
	    {SMS_REJECTED, false, true, true, LEDGER_UNKNOWN,
		REASON_UNKNOWN_OUTCOME},
	    {SMS_RETRY, false, false, true, LEDGER_RETRY, REASON_TEMPORARY},
	    {SMS_RETRY, true, false, false, LEDGER_RETRY, REASON_TEMPORARY},
	    {SMS_RETRY, false, true, true, LEDGER_UNKNOWN, REASON_TEMPORARY},
	    {SMS_RETRY, false, true, false, LEDGER_UNKNOWN,
		REASON_UNKNOWN_OUTCOME},
	    {SMS_UNKNOWN, false, false, true, LEDGER_UNKNOWN, REASON_TEMPORARY},
	    {SMS_UNKNOWN, true, true, true, LEDGER_UNKNOWN, REASON_TEMPORARY},
	    {SMS_UNKNOWN, false, false, false, LEDGER_UNKNOWN,
		REASON_UNKNOWN_OUTCOME},
	};
	struct request r;
	size_t i;

	request_begin(&r);
	begin(&r);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		r.order.maybe_taken = table[i].maybe_taken;
		sms_note(&r.order.sms, table[i].sms,
		    table[i].for_recipient ? SMS_RECIPIENT : SMS_SERVICE, "");
		outcome_decide(&r.order, table[i].repeats);
		CHECK(r.order.outcome->state == table[i].state);
		CHECK_TEXT(r.order.outcome->reason, table[i].reason);
	}
	request_end(&r);
}

static void
an_expired_pin_is_not_repeated(void)
{
	struct request r;

	request_begin(&r);
	r.pin.ttl_s = 60;
	CHECK(plan(&r, true) == ORDER_SEND);
	apply(&r, true, SMS_UNKNOWN, SMS_SERVICE);
	r.terms.now_s = NOW + 59;
	CHECK(plan(&r, true) == ORDER_SEND && r.order.sms.repeated);
	r.terms.now_s = NOW + 60;
	CHECK(plan(&r, true) == ORDER_FAIL);
	CHECK_TEXT(r.order.reason, REASON_UNKNOWN_OUTCOME);
	request_end(&r);
}

static void
a_memory_of_something_else(void)
{
	static const char *const forged[] = {
	    "4711", "v1.00000001.AAAA", "v1.", "nothing of ours"};
	struct key other[2];
	struct keyring ring;
	struct request r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(forged); i++) {
		request_begin(&r);
		set(&r, NAME_GENERATED_PIN, forged[i]);
		CHECK(plan(&r, true) == ORDER_SEND);
		CHECK(!r.order.sms.repeated);
		request_end(&r);
	}
	/* For another number: that is a new send. */
	request_begin(&r);
	CHECK(plan(&r, true) == ORDER_SEND);
	apply(&r, true, SMS_UNKNOWN, SMS_SERVICE);
	set(&r, NAME_SMS_NUMBER, "+447700900002");
	CHECK(plan(&r, true) == ORDER_SEND && !r.order.sms.repeated);
	CHECK_TEXT(r.order.sms.to, "+447700900002");
	/* With a key that is not there nobody can tell. */
	set(&r, NAME_SMS_NUMBER, "+447700900001");
	ring = test_keyring(other, 2, 0);
	r.terms.keys = &ring;
	CHECK(plan(&r, true) == ORDER_FAIL);
	CHECK(r.order.status == STATUS_CONFIG);
	CHECK(strstr(r.order.problem, "00000001") != NULL);
	request_end(&r);
}

static void
the_callers_own_plan(void)
{
	struct request r;

	request_begin(&r);
	begin(&r);
	order_refuse(&r.order, REASON_NUMBER_CHANGED);
	CHECK(outcome_apply(&r.order, &r.f) == 0);
	CHECK_TEXT(get(&r, NAME_SMS_SENT), VALUE_NO);
	CHECK_TEXT(get(&r, NAME_REASON), REASON_NUMBER_CHANGED);
	request_end(&r);
	request_begin(&r);
	begin(&r);
	order_fail(&r.order, STATUS_TEMPORARY, REASON_TEMPORARY, "no %s", "x");
	CHECK_TEXT(r.order.problem, "no x");
	CHECK(outcome_apply(&r.order, &r.f) == 0);
	CHECK_TEXT(get(&r, NAME_SMS_SENT), NULL);
	CHECK_TEXT(get(&r, NAME_GENERATED_PIN), NULL);
	request_end(&r);
}

int
main(void)
{
	json_wipe_freed();
	RUN(who_is_entitled);
	RUN(a_new_pin);
	RUN(a_new_pin_in_clear);
	RUN(what_an_outcome_does);
	RUN(every_outcome_has_its_row);
	RUN(what_is_remembered);
	RUN(a_retry_of_what_may_have_been_taken);
	RUN(which_countries);
	RUN(no_memory_is_no_refusal);
	RUN(a_resend_needs_a_ledger);
	RUN(an_expired_pin_is_not_repeated);
	RUN(a_memory_of_something_else);
	RUN(the_callers_own_plan);
	return check_done();
}
