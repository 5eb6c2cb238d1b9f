#include "common/text/json.h"
#include "common/task/names.h"
#include "common/task/seal.h"
#include "cmd/twofa-verify/verdict.h"
#include "tests/unit/check.h"
#include "tests/unit/keys.h"

enum {
	SENT = 1790000000,
	EXPIRES = SENT + 600,
};

/* A task whose PIN 4711 was sent, with three attempts. */
struct call {
	struct task task;
	struct key keys[2];
	struct keyring ring;
	struct verdict_terms terms;
	struct fault f;
};

static void
set(struct call *c, const char *name, const char *value)
{
	if (value == NULL)
		task_remove(&c->task, name);
	else
		task_set(&c->task, name, value);
}

static void
reseal(struct call *c, const char *pin, const char *ledger)
{
	struct seal_binding b = {"t1", "123456", "+447700900001"};
	char text[SEAL_TEXT_MAX + 1];
	struct seal s = SEAL_INIT;

	(void)snprintf(s.pin, sizeof s.pin, "%s", pin);
	(void)snprintf(s.ledger, sizeof s.ledger, "%s", ledger);
	s.sent_s = SENT;
	s.expires_s = EXPIRES;
	s.max_attempts = 3;
	CHECK(seal_close(text, &s, &b, &c->ring, &c->f) == 0);
	set(c, NAME_GENERATED_PIN, text);
}

static void
call_begin(struct call *c)
{
	memset(c, 0, sizeof *c);
	c->task = (struct task)TASK_INIT;
	c->ring = test_keyring(c->keys, 1, 0);
	c->terms = (struct verdict_terms){.keys = &c->ring, .now_s = SENT + 60};
	CHECK(task_make(&c->task, "t1", &c->f) == 0);
	set(c, NAME_CUSTOMER_IDENTIFIER, "123456");
	set(c, NAME_CUSTOMER_RECOGNIZED, VALUE_YES);
	set(c, NAME_SMS_NUMBER, "+447700900001");
	set(c, NAME_SMS_SENT, VALUE_YES);
	reseal(c, "4711", "");
}

static void
call_end(struct call *c)
{
	task_release(&c->task);
}

static void
judge(struct verdict *v, const struct verdict_memory *m,
    const struct verdict_terms *terms)
{
	bool due = verdict_decide(v, m, terms);

	/* Nothing was looked at that is to be paid for. */
	CHECK(!v->compared);
	CHECK(due == (v->reason == NULL && !v->ok));
	if (due)
		verdict_compare(v);
}

/* Without a ledger: the task itself remembers. */
static void
decide(struct verdict *v, const struct call *c, const char *entry)
{
	struct verdict_memory m = verdict_memory_of_task(&c->task);

	verdict_open(v, &c->task, entry, &c->terms);
	/* Either there is a reason already, or it is to be judged. */
	CHECK(v->opened == (v->reason == NULL));
	CHECK(!v->ok && !v->compared);
	if (v->opened)
		judge(v, &m, &c->terms);
}

/* NULL: OK is wanted. */
static void
check_reason(struct call *c, const char *entry, const char *wanted)
{
	struct verdict v;

	decide(&v, c, entry);
	CHECK_TEXT(v.reason, wanted);
	CHECK(v.ok == (wanted == NULL));
	CHECK(v.fault.status == STATUS_OK);
	CHECK(strstr(v.fault.message, "4711") == NULL);
	/* Nothing but OK and wrong uses up an attempt. */
	CHECK(v.compared ==
	    (wanted == NULL || strcmp(wanted, REASON_WRONG) == 0));
	verdict_wipe(&v);
	CHECK(v.entered[0] == '\0' && v.seal.pin[0] == '\0');
}

/*
 * Each step breaks the rule that stands before those that were broken already:
 * the first one in the list decides.
 */
static void
the_first_reason_that_holds(void)
{
	struct call c;

	call_begin(&c);
	check_reason(&c, "4711", NULL);
	check_reason(&c, "4712", REASON_WRONG);
	c.terms.now_s = EXPIRES;
	check_reason(&c, "4712", REASON_EXPIRED);
	check_reason(&c, "4711", REASON_EXPIRED);
	set(&c, NAME_PIN_ATTEMPTS, "3");
	check_reason(&c, "4712", REASON_EXHAUSTED);
	check_reason(&c, "4711", REASON_EXHAUSTED);
	set(&c, NAME_SMS_NUMBER, "+447700900002");
	check_reason(&c, "4711", REASON_FORGED);
	check_reason(&c, "471", REASON_MALFORMED);
	check_reason(&c, "", REASON_NO_PIN);
	check_reason(&c, NULL, REASON_NO_PIN);
	set(&c, NAME_GENERATED_PIN, NULL);
	check_reason(&c, NULL, REASON_NOT_SENT);
	check_reason(&c, "4711", REASON_NOT_SENT);
	call_end(&c);
}

static void
malformed_entries(void)
{
	static const char *const entries[] = {"471", "47110", "12345678901",
	    "4711x", "x4711", "#4711", "4711##", "47#11", "4711*", "+4711",
	    "4711.0", "0x4711", "\xd9\xa4\xd9\xa7\xd9\xa1\xd9\xa1",
	    "\xef\xbc\x94\xef\xbc\x97\xef\xbc\x91\xef\xbc\x91", "4711\n", " ",
	    "-", "#", "4711; 4711"};
	struct call c;
	size_t i;

	call_begin(&c);
	/* Also where something else is wrong: it costs nothing. */
	for (i = 0; i < ARRAY_LEN(entries); i++)
		check_reason(&c, entries[i], REASON_MALFORMED);
	check_reason(&c, "4711#", NULL);
	check_reason(&c, " 47-11 # ", NULL);
	reseal(&c, "1234567890", "");
	check_reason(&c, "1234567890", NULL);
	check_reason(&c, "1234", REASON_MALFORMED);
	check_reason(&c, "1234567891", REASON_WRONG);
	call_end(&c);
}

static void
times(void)
{
	static const struct {
		int64_t now_s;
		const char *reason;
	} table[] = {
	    {SENT, NULL},
	    {SENT - 5, NULL},
	    {EXPIRES - 1, NULL},
	    {EXPIRES, REASON_EXPIRED},
	    {EXPIRES + 1, REASON_EXPIRED},
	    {EXPIRES + INT64_C(1000000000), REASON_EXPIRED},
	};
	struct verdict v;
	struct call c;
	size_t i;

	call_begin(&c);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		c.terms.now_s = table[i].now_s;
		check_reason(&c, "4711", table[i].reason);
	}
	/* Sent in the future: the clock was set back, which must not give a
	 * PIN a longer life. */
	c.terms.now_s = SENT - 6;
	decide(&v, &c, "4711");
	CHECK(!v.ok && v.fault.status == STATUS_TEMPORARY);
	CHECK_TEXT(v.reason, REASON_TEMPORARY);
	CHECK(v.fault.message[0] != '\0');
	call_end(&c);
}

static void
attempts(void)
{
	static const struct {
		const char *so_far;
		unsigned long limit; /* of verify */
		const char *reason;  /* of a wrong PIN */
	} table[] = {
	    {NULL, 0, REASON_WRONG},
	    {"", 0, REASON_WRONG},
	    {"0", 0, REASON_WRONG},
	    {"1", 0, REASON_WRONG},
	    {"2", 0, REASON_WRONG},
	    {"002", 0, REASON_WRONG},
	    {"3", 0, REASON_EXHAUSTED},
	    {"4", 0, REASON_EXHAUSTED},
	    {"999999999999999999", 0, REASON_EXHAUSTED},
	    {"99999999999999999999999", 0, REASON_EXHAUSTED},
	    /* verify can lower the limit, not raise it */
	    {NULL, 1, REASON_WRONG},
	    {"1", 1, REASON_EXHAUSTED},
	    {"1", 2, REASON_WRONG},
	    {"2", 2, REASON_EXHAUSTED},
	    {"2", 10, REASON_WRONG},
	    {"3", 10, REASON_EXHAUSTED},
	    /* what is no number is too many */
	    {"-1", 0, REASON_EXHAUSTED},
	    {"+1", 0, REASON_EXHAUSTED},
	    {" 1", 0, REASON_EXHAUSTED},
	    {"1 ", 0, REASON_EXHAUSTED},
	    {"1.0", 0, REASON_EXHAUSTED},
	    {"0x1", 0, REASON_EXHAUSTED},
	    {"one", 0, REASON_EXHAUSTED},
	    {"\xd9\xa1", 0, REASON_EXHAUSTED},
	};
	struct call c;
	size_t i;

	call_begin(&c);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		set(&c, NAME_PIN_ATTEMPTS, NULL);
		if (table[i].so_far != NULL)
			set(&c, NAME_PIN_ATTEMPTS, table[i].so_far);
		c.terms.max_attempts = table[i].limit;
		check_reason(&c, "4712", table[i].reason);
		check_reason(&c, "4711",
		    strcmp(table[i].reason, REASON_WRONG) == 0
			? NULL
			: table[i].reason);
	}
	call_end(&c);
}

static void
forged(void)
{
	static const char *const values[] = {"4711", "v1.", "v1.4711",
	    "v1.00000001.", "v1.00000001.AAAA", "v2.00000001.AAAA", " "};
	static const struct {
		const char *name, *value;
	} swaps[] = {{NAME_CUSTOMER_IDENTIFIER, "123457"},
	    {NAME_CUSTOMER_IDENTIFIER, NULL},
	    {NAME_SMS_NUMBER, "+447700900002"}, {NAME_SMS_NUMBER, NULL}};
	struct call c;
	size_t i;

	for (i = 0; i < ARRAY_LEN(swaps); i++) {
		call_begin(&c);
		set(&c, swaps[i].name, swaps[i].value);
		check_reason(&c, "4711", REASON_FORGED);
		call_end(&c);
	}
	call_begin(&c);
	for (i = 0; i < ARRAY_LEN(values); i++) {
		set(&c, NAME_GENERATED_PIN, values[i]);
		check_reason(&c, "4711", REASON_FORGED);
	}
	call_end(&c);
}

static void
without_an_answer(void)
{
	struct verdict v;
	struct call c;

	call_begin(&c);
	(void)snprintf(c.keys[0].id, KEY_ID_SIZE, "00000009");
	decide(&v, &c, "4711");
	CHECK(!v.ok && v.fault.status == STATUS_CONFIG);
	CHECK_TEXT(v.reason, REASON_CONFIGURATION);
	CHECK(strstr(v.fault.message, "00000001") != NULL);
	(void)snprintf(c.keys[0].id, KEY_ID_SIZE, "00000001");
	reseal(&c, "4711", "89abcdef-0123-4567-89ab-cdef01234567");
	decide(&v, &c, "4711");
	CHECK(!v.ok && v.fault.status == STATUS_CONFIG);
	CHECK_TEXT(v.reason, REASON_CONFIGURATION);
	CHECK(strstr(v.fault.message, "89abcdef-0123") != NULL);
	call_end(&c);
}

static void
in_clear(void)
{
	static const struct {
		const char *generated, *entry, *reason;
	} table[] = {
	    {"4711", "4711", NULL},
	    {"4711", "47-11#", NULL},
	    {"4711", "4712", REASON_WRONG},
	    {"4711", "471", REASON_MALFORMED},
	    {"4711", "47110", REASON_MALFORMED},
	    {"4711", "", REASON_NO_PIN},
	    {"v1.00000001.AAAA", "4711", REASON_FORGED},
	    {"4711x", "4711", REASON_FORGED},
	    {" 4711", "4711", REASON_FORGED},
	    {"47-11", "4711", REASON_FORGED},
	    {"4711#", "4711", REASON_FORGED},
	    {"471", "471", REASON_MALFORMED},
	    {"471", "4711", REASON_FORGED},
	    {"12345678901", "4711", REASON_FORGED},
	};
	struct call c;
	size_t i;

	call_begin(&c);
	c.terms.clear_pin = true;
	c.terms.keys = NULL;
	check_reason(&c, "4711", REASON_FORGED); /* the real seal */
	for (i = 0; i < ARRAY_LEN(table); i++) {
		set(&c, NAME_GENERATED_PIN, table[i].generated);
		check_reason(&c, table[i].entry, table[i].reason);
	}
	set(&c, NAME_GENERATED_PIN, NULL);
	check_reason(&c, "4711", REASON_NOT_SENT);
	call_end(&c);
}

#define LEDGER_ID "89abcdef-0123-4567-89ab-cdef01234567"

/* The seal's ledger has to be the one in use. */
static void
which_ledger(void)
{
	static const struct {
		const char *sealed, *used;
		const char *problem; /* NULL: it is that one */
	} table[] = {
	    {"", NULL, NULL},
	    {LEDGER_ID, LEDGER_ID, NULL},
	    {"", LEDGER_ID, "was sent without a ledger"},
	    {LEDGER_ID, NULL, LEDGER_ID},
	    {LEDGER_ID, "01234567-0123-4567-89ab-cdef01234567", LEDGER_ID},
	};
	struct verdict v;
	struct call c;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		call_begin(&c);
		reseal(&c, "4711", table[i].sealed);
		c.terms.ledger = table[i].used;
		verdict_open(&v, &c.task, "4711", &c.terms);
		CHECK(v.opened == (table[i].problem == NULL));
		CHECK(v.fault.status == (v.opened ? STATUS_OK : STATUS_CONFIG));
		CHECK_TEXT(v.reason, v.opened ? NULL : REASON_CONFIGURATION);
		CHECK(table[i].problem == NULL ||
		    strstr(v.fault.message, table[i].problem) != NULL);
		/* What costs nothing is said all the same. */
		verdict_open(&v, &c.task, "471", &c.terms);
		CHECK_TEXT(v.reason, REASON_MALFORMED);
		CHECK(v.fault.status == STATUS_OK);
		call_end(&c);
	}
}

/*
 * What a ledger knows: the first rule that is broken decides. Each line breaks
 * one more, in front of those before it.
 */
/* Verdicts by what is known of the PIN 4711. */
static const struct {
	const char *entry, *reason; /* NULL: OK */
	int64_t now_s;
	struct verdict_memory known;
	bool compared;
} known[] = {
    {"4711", NULL, SENT, {.is_known = true}, true},
    {"4712", REASON_WRONG, SENT, {.is_known = true}, true},
    {"4711", NULL, SENT, {.is_known = true, .attempts = 2}, true},
    {"4711", REASON_EXPIRED, EXPIRES, {.is_known = true}, false},
    {"4711", REASON_EXHAUSTED, EXPIRES, {.is_known = true, .attempts = 3},
	false},
    {"4711", REASON_EXHAUSTED, SENT, {.is_known = true, .attempts = 4}, false},
    {"4711", REASON_USED, EXPIRES,
	{.is_known = true, .attempts = 3, .is_used = true}, false},
    {"4711", REASON_USED, SENT,
	{.is_known = true, .attempts = 1, .is_used = true}, false},
    {"4711", REASON_LOCKED, EXPIRES,
	{.is_known = true,
	    .attempts = 3,
	    .is_used = true,
	    .forbidden = REASON_LOCKED},
	false},
    {"4711", REASON_LOCKED, SENT,
	{.is_known = true, .forbidden = REASON_LOCKED}, false},
    {"4711", REASON_LIMIT_WRONG_ALL, SENT,
	{.is_known = true,
	    .attempts = 3,
	    .is_used = true,
	    .forbidden = REASON_LIMIT_WRONG_ALL},
	false},
    /* The very same question gets the very same answer, ... */
    {"4711", NULL, SENT,
	{.is_known = true,
	    .attempts = 3,
	    .is_used = true,
	    .forbidden = REASON_LOCKED,
	    .is_given = true,
	    .given_ok = true},
	false},
    {"4712", REASON_WRONG, SENT,
	{.is_known = true,
	    .attempts = 3,
	    .forbidden = REASON_LOCKED,
	    .is_given = true},
	true},
    /* What was charged, and not marked, may be right. */
    {"4711", NULL, SENT,
	{.is_known = true,
	    .attempts = 3,
	    .forbidden = REASON_LOCKED,
	    .is_given = true},
	true},
    {"4711", REASON_EXPIRED, EXPIRES,
	{.is_known = true, .attempts = 1, .is_given = true}, false},
    {"4711", NULL, EXPIRES - 1,
	{.is_known = true,
	    .attempts = 1,
	    .is_used = true,
	    .is_given = true,
	    .given_ok = true},
	false},
    /* ... but not after it has expired. */
    {"4711", REASON_USED, EXPIRES,
	{.is_known = true,
	    .attempts = 1,
	    .is_used = true,
	    .is_given = true,
	    .given_ok = true},
	false},
    {"4712", REASON_EXPIRED, EXPIRES,
	{.is_known = true, .attempts = 1, .is_given = true}, false},
    /* Revoked is before all of that. */
    {"4711", REASON_LOCKED, SENT,
	{.is_known = true,
	    .is_revoked = true,
	    .is_given = true,
	    .given_ok = true},
	false},
    /* The ledger may end a PIN before its time. */
    {"4711", REASON_EXPIRED, SENT, {.is_known = true, .is_expired = true},
	false},
    {"4711", REASON_USED, SENT,
	{.is_known = true,
	    .is_expired = true,
	    .is_used = true,
	    .is_given = true,
	    .given_ok = true},
	false},
    /* What the ledger never heard of is not compared, whatever. */
    {"4711", REASON_UNKNOWN_PIN, SENT, {.is_known = false}, false},
    {"4711", REASON_UNKNOWN_PIN, SENT,
	{.forbidden = REASON_LOCKED,
	    .is_used = true,
	    .is_given = true,
	    .given_ok = true,
	    .attempts = 9},
	false},
};
static void
judged_by_what_is_known(void)
{
	struct verdict v;
	struct call c;
	size_t i;

	call_begin(&c);
	reseal(&c, "4711", LEDGER_ID);
	c.terms.ledger = LEDGER_ID;
	/* What the task says is not asked. */
	set(&c, NAME_PIN_ATTEMPTS, "9");
	for (i = 0; i < ARRAY_LEN(known); i++) {
		c.terms.now_s = known[i].now_s;
		verdict_open(&v, &c.task, known[i].entry, &c.terms);
		CHECK(v.opened);
		judge(&v, &known[i].known, &c.terms);
		CHECK_TEXT(v.reason, known[i].reason);
		CHECK(v.ok == (known[i].reason == NULL));
		CHECK(v.compared == known[i].compared);
		CHECK(v.fault.status == STATUS_OK);
	}
	/* Set back, the clock answers nothing: not even what was given. */
	c.terms.now_s = SENT - 6;
	for (i = 0; i < ARRAY_LEN(known); i++) {
		verdict_open(&v, &c.task, known[i].entry, &c.terms);
		judge(&v, &known[i].known, &c.terms);
		CHECK(!v.ok && !v.compared);
		CHECK(v.fault.status ==
		    (known[i].known.is_known && !known[i].known.is_expired
			    ? STATUS_TEMPORARY
			    : STATUS_OK));
	}
	call_end(&c);
}

static void
what_a_task_remembers(void)
{
	struct verdict_memory m;
	struct call c;

	call_begin(&c);
	set(&c, NAME_PIN_ATTEMPTS, "2");
	m = verdict_memory_of_task(&c.task);
	CHECK(m.is_known && m.attempts == 2);
	CHECK(!m.is_given && m.forbidden == NULL && !m.is_used);
	call_end(&c);
}

/* What is written for each reason. */
static void
is_applied(void)
{
	static const struct {
		const char *reason;
		bool keeps_pin;
		long noted; /* -1: as it came */
		const char *attempts;
	} table[] = {
	    {NULL, false, -1, "1"},
	    {REASON_NOT_SENT, true, -1, "1"},
	    {REASON_NO_PIN, true, -1, "1"},
	    {REASON_MALFORMED, true, -1, "1"},
	    {REASON_FORGED, true, -1, "1"},
	    {REASON_UNKNOWN_PIN, true, -1, "1"},
	    {REASON_EXHAUSTED, false, -1, "1"},
	    {REASON_EXPIRED, false, -1, "1"},
	    {REASON_WRONG, true, 2, "2"},
	    /* The ledger's number is the one that comes out. */
	    {NULL, false, 0, NULL},
	    {NULL, false, 2, "2"},
	    {REASON_LOCKED, true, 3, "3"},
	    {REASON_USED, false, 0, NULL},
	    {REASON_EXHAUSTED, false, 3, "3"},
	};
	struct call c;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		struct verdict v = {.ok = table[i].reason == NULL,
		    .reason = table[i].reason,
		    .attempts = table[i].noted};

		call_begin(&c);
		set(&c, NAME_PIN, "4711");
		set(&c, NAME_PIN_ENTRY, "1");
		set(&c, NAME_PIN_ATTEMPTS, "1");
		set(&c, NAME_VALIDATION_CHECK, v.ok ? VALUE_FAILED : VALUE_OK);
		set(&c, NAME_REASON, REASON_SERVICE);
		verdict_apply(&v, &c.task);
		CHECK(task_get(&c.task, NAME_PIN) == NULL);
		CHECK(task_get(&c.task, NAME_PIN_ENTRY) == NULL);
		CHECK_TEXT(task_get(&c.task, NAME_VALIDATION_CHECK),
		    v.ok ? VALUE_OK : VALUE_FAILED);
		CHECK_TEXT(task_get(&c.task, NAME_REASON), table[i].reason);
		CHECK((task_get(&c.task, NAME_GENERATED_PIN) != NULL) ==
		    table[i].keeps_pin);
		CHECK_TEXT(
		    task_get(&c.task, NAME_PIN_ATTEMPTS), table[i].attempts);
		CHECK_TEXT(task_get(&c.task, NAME_SMS_SENT), VALUE_YES);
		call_end(&c);
	}
}

static void
is_applied_to_an_event(void)
{
	struct verdict v = {.ok = true, .attempts = -1};
	struct call c;

	call_begin(&c);
	task_make_event(&c.task, NAME_PIN, "4711");
	verdict_apply(&v, &c.task);
	CHECK_TEXT(task_event_name(&c.task), NAME_PIN);
	CHECK_TEXT(task_event_value(&c.task), NULL);
	/* Another event's value is not the PIN. */
	task_make_event(&c.task, "Other", "4711");
	verdict_apply(&v, &c.task);
	CHECK_TEXT(task_event_value(&c.task), "4711");
	call_end(&c);
}

int
main(void)
{
	json_wipe_freed();
	RUN(the_first_reason_that_holds);
	RUN(malformed_entries);
	RUN(times);
	RUN(attempts);
	RUN(forged);
	RUN(without_an_answer);
	RUN(in_clear);
	RUN(which_ledger);
	RUN(judged_by_what_is_known);
	RUN(what_a_task_remembers);
	RUN(is_applied);
	RUN(is_applied_to_an_event);
	return check_done();
}
