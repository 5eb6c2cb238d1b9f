/*
 * What is tried, in the ledger: verdicts, attempts, locks.
 */
#include "common/text/json.h"
#include "tests/unit/ledger_fixture.h"

static void
try_it(struct book *b, const struct ledger_pin *p, const char *entry,
    const char *keyed, bool ok)
{
	const struct ledger_try t = {p, entry, keyed};
	struct ledger_charge c;
	const char *reason = "?";
	long attempts;

	CHECK(ledger_charge(b->ledger, &ann, &t, &c, &b->f) == 0);
	if (ok)
		CHECK(ledger_mark(
			  b->ledger, &ann, &c, &reason, &attempts, &b->f) == 0);
}

/* 1 answered with OK, 0 with wrong, -1 never answered. */
static int
answer(struct book *b, const struct ledger_pin *p, const char *entry,
    const char *keyed)
{
	const struct ledger_try t = {p, entry, keyed};
	struct ledger_charge c;
	bool ok = false;
	int r = ledger_find_charge(b->ledger, &t, &c, &ok, &b->f);

	CHECK(r != -1);
	return r == 0 ? -1 : ok;
}

static void
verdicts_are_kept(void)
{
	struct ledger_pin p = pin_of(1, NOW), q = pin_of(2, NOW);
	char longest[LEDGER_ENTRY_MAX + 2];
	struct book b;

	memset(longest, 'x', sizeof longest);
	longest[LEDGER_ENTRY_MAX] = '\0';
	book_begin(&b);
	book_at(&b, NOW);
	p.max_attempts = 5;
	intend(&b, &ann, &p);
	CHECK(answer(&b, &p, "1", "4712") == -1);
	try_it(&b, &p, "1", "4712", false);
	try_it(&b, &p, longest, "4712", false);
	try_it(&b, &p, NULL, "4713", false);
	try_it(&b, &p, "2", "4711", true);
	CHECK(answer(&b, &p, "1", "4712") == 0);
	CHECK(answer(&b, &p, longest, "4712") == 0);
	CHECK(answer(&b, &p, "2", "4711") == 1);
	/* All three have to be the same. */
	CHECK(answer(&b, &p, "1", "4711") == -1);
	CHECK(answer(&b, &p, "2", "4712") == -1);
	CHECK(answer(&b, &p, "3", "4711") == -1);
	CHECK(answer(&b, &q, "2", "4711") == -1);
	/* Without an entry, or with one too long, nothing is the same. */
	CHECK(answer(&b, &p, NULL, "4713") == -1);
	CHECK(answer(&b, &p, "", "4713") == -1);
	longest[LEDGER_ENTRY_MAX] = 'x';
	longest[LEDGER_ENTRY_MAX + 1] = '\0';
	try_it(&b, &p, longest, "4714", false);
	CHECK(answer(&b, &p, longest, "4714") == -1);
	book_commit(&b);
	/* What was keyed in stands nowhere. */
	CHECK(book_sql("ledger.db",
		  "SELECT count(*) FROM verdict WHERE keyed IN "
		  "('4711', '4712', x'34373131', x'34373132')") == 0);
	book_end(&b);
}

static void
attempts_are_used_up(void)
{
	struct ledger_pin p = pin_of(1, NOW), q;
	struct ledger_charge c;
	struct book b;

	book_begin(&b);
	book_at(&b, NOW);
	intend(&b, &ann, &p);
	outcome(&b, &p, LEDGER_SENT);
	try_it(&b, &p, "1", "4712", false);
	q = found(&b);
	CHECK(q.attempts == 1 && !q.used);
	try_it(&b, &p, "2", "4711", true);
	q = found(&b);
	CHECK(q.attempts == 2 && q.used);
	/* A wrong one afterwards does not make it unused. */
	try_it(&b, &p, "3", "4712", false);
	q = found(&b);
	CHECK(q.attempts == 3 && q.used);
	/* What was tried does not change what was sent. */
	check_state(&b, p.id, LEDGER_SENT);
	book_commit(&b);
	CHECK(book_sql("ledger.db",
		  "SELECT group_concat(coalesce(tries_left, '-'), '') ="
		  " '2-0' FROM history WHERE what = 'verify'") == 1);
	/* One that is not there cannot be charged. */
	book_at(&b, NOW);
	q = pin_of(9, NOW);
	CHECK(ledger_charge(b.ledger, &ann,
		  &(struct ledger_try){&q, "1", "4711"}, &c, &b.f) == -1);
	CHECK(b.f.status == STATUS_IO);
	fault_clear(&b.f);
	book_end(&b);
}

/* Why a mark came too late, NULL: it did not. */
static void
check_mark(struct book *b, const struct ledger_charge *c, const char *wanted,
    long left)
{
	const char *reason = "?";
	long attempts = -1;

	CHECK(ledger_mark(b->ledger, &ann, c, &reason, &attempts, &b->f) == 0);
	CHECK_TEXT(reason, wanted);
	CHECK(attempts == left);
	book_commit(b);
}

/* A PIN with two tries charged; both could be right. */
static void
charge_two(struct book *b, struct ledger_charge c[2])
{
	struct ledger_pin p = pin_of(1, NOW);
	const struct ledger_try one = {&p, "1", "4711"};
	const struct ledger_try two = {&p, "2", "4711"};

	book_begin(b);
	book_at(b, NOW);
	intend(b, &ann, &p);
	CHECK(ledger_charge(b->ledger, &ann, &one, &c[0], &b->f) == 0);
	CHECK(ledger_charge(b->ledger, &ann, &two, &c[1], &b->f) == 0);
	book_commit(b);
	CHECK(book_sql("ledger.db",
		  "SELECT (SELECT count(*) FROM wrong) * 100 +"
		  " (SELECT wrong FROM subject) * 10 +"
		  " (SELECT count(*) FROM history WHERE outcome = 'wrong')") ==
	    222);
	book_at(b, NOW + 599);
}

static void
marked_once(void)
{
	struct ledger_charge c[2];
	struct book b;

	charge_two(&b, c);
	check_mark(&b, &c[1], NULL, 2);
	book_at(&b, NOW + 599);
	check_mark(&b, &c[0], REASON_USED, -1);
	/* Neither was wrong: nothing of them is left. */
	CHECK(book_sql("ledger.db",
		  "SELECT (SELECT count(*) FROM wrong) * 100 +"
		  " (SELECT count(*) FROM subject) * 10 +"
		  " (SELECT count(*) FROM history WHERE outcome = 'wrong')") ==
	    0);
	CHECK(book_sql("ledger.db",
		  "SELECT group_concat(outcome || coalesce(reason, '')) ="
		  " 'intent,refusedused,ok' FROM history") == 1);
	CHECK(book_sql("ledger.db",
		  "SELECT sum(ok * entry) = 2 AND count(*) = 2"
		  " FROM verdict") == 1);
	CHECK(book_sql("ledger.db", "SELECT used * 10 + attempts FROM pin") ==
	    12);
	book_end(&b);
}

/* Two programs with the same question at once: one answer, counted once. */
static void
marked_twice(void)
{
	struct ledger_charge c[2];
	struct book b;
	int which;

	for (which = 0; which < 2; which++) {
		charge_two(&b, c);
		check_mark(&b, &c[which], NULL, 2);
		book_at(&b, NOW + 599);
		check_mark(&b, &c[0], which == 0 ? NULL : REASON_USED,
		    which == 0 ? 2 : -1);
		book_at(&b, NOW + 599);
		check_mark(&b, &c[0], which == 0 ? NULL : REASON_USED,
		    which == 0 ? 2 : -1);
		CHECK(book_sql("ledger.db", "SELECT count(*) FROM wrong") ==
		    (which == 0 ? 1 : 0));
		CHECK(
		    book_sql("ledger.db", "SELECT sum(ok) FROM verdict") == 1);
		book_end(&b);
	}
}

static void
marked_too_late(void)
{
	static const struct {
		const char *change;
		int64_t now_s;
		const char *reason;
	} table[] = {
	    {"UPDATE pin SET masked = masked", NOW + 600, REASON_EXPIRED},
	    {"INSERT INTO subject(who, revoked) SELECT customer, 1 FROM pin",
		NOW + 599, REASON_LOCKED},
	    {"UPDATE subject SET revoked = 1", NOW + 599, REASON_LOCKED},
	    {"UPDATE pin SET id = 'another'", NOW + 599, REASON_UNKNOWN_PIN},
	    {"DELETE FROM pin", NOW + 599, REASON_UNKNOWN_PIN},
	};
	struct ledger_charge c[2];
	struct book b;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		charge_two(&b, c);
		ledger_rollback(b.ledger);
		(void)book_sql("ledger.db", table[i].change);
		book_at(&b, table[i].now_s);
		check_mark(&b, &c[0], table[i].reason, -1);
		CHECK(book_sql("ledger.db",
			  "SELECT (SELECT count(*) FROM verdict WHERE ok = 1) +"
			  " (SELECT count(*) FROM pin WHERE used = 1)") == 0);
		CHECK(book_sql("ledger.db",
			  "SELECT count(*) FROM history WHERE outcome ="
			  " 'refused'") == 1);
		book_end(&b);
	}
}

static int
is_locked(struct book *b, const struct seal_binding *who, struct limit limit)
{
	const struct wrong_limits wrong = {.customer = limit};
	const char *reason = "?";
	int revoked = ledger_is_revoked(b->ledger, who, &b->f);

	CHECK(
	    ledger_wrong_forbids(b->ledger, who, &wrong, &reason, &b->f) == 0);
	CHECK(revoked != -1);
	CHECK(reason == NULL || strcmp(reason, REASON_LOCKED) == 0);
	return reason != NULL || revoked == 1;
}

/* Wrong PINs of a customer, exactly N in exactly the period. */
static void
locked_for_wrong_pins(void)
{
	static const struct seal_binding other = {
	    "t1", "123457", "+447700900001"};
	static const struct seal_binding moved = {
	    "t9", "123456", "+447700900009"};
	const struct limit three = {{{3, 600}}, 1}, none = {{{0, 0}}, 0};
	struct ledger_pin p = pin_of(1, NOW);
	struct book b;
	int i;

	book_begin(&b);
	book_at(&b, NOW);
	intend(&b, &ann, &p);
	book_commit(&b);
	for (i = 0; i < 3; i++) {
		book_at(&b, NOW + i);
		CHECK(is_locked(&b, &ann, three) == 0);
		try_it(&b, &p, NULL, "4712", false);
		/* A right one takes none of them back. */
		try_it(&b, &p, NULL, "4711", true);
		book_commit(&b);
	}
	book_at(&b, NOW + 599);
	CHECK(is_locked(&b, &ann, three) == 1);
	CHECK(is_locked(&b, &moved, three) == 1);
	CHECK(is_locked(&b, &other, three) == 0);
	CHECK(is_locked(&b, &ann, none) == 0);
	ledger_rollback(b.ledger);
	book_at(&b, NOW + 600);
	CHECK(is_locked(&b, &ann, three) == 0);
	book_end(&b);
}

/* Why, with N wrong ones of all customers in exactly that time. */
static const char *
forbidden(struct book *b, const struct seal_binding *who, int64_t now_s)
{
	const struct wrong_limits wrong = {.all = {{{3, 600}}, 1}};
	const char *reason = "?";

	book_at(b, now_s);
	CHECK(
	    ledger_wrong_forbids(b->ledger, who, &wrong, &reason, &b->f) == 0);
	ledger_rollback(b->ledger);
	return reason;
}

static void
limited_for_wrong_pins_of_all(void)
{
	static const struct seal_binding bob = {
	    "t2", "222222", "+447700900002"};
	static const struct seal_binding eve = {
	    "t3", "333333", "+447700900003"};
	struct ledger_pin p = pin_of(1, NOW), q = pin_of(2, NOW);
	const struct ledger_try t = {&q, NULL, "4712"};
	struct ledger_charge c;
	struct book b;
	int i;

	book_begin(&b);
	book_at(&b, NOW);
	intend(&b, &ann, &p);
	intend(&b, &bob, &q);
	try_it(&b, &p, NULL, "4712", false);
	book_commit(&b);
	CHECK_TEXT(forbidden(&b, &ann, NOW), NULL);
	for (i = 1; i < 3; i++) {
		book_at(&b, NOW + i);
		CHECK(ledger_charge(b.ledger, &bob, &t, &c, &b.f) == 0);
		book_commit(&b);
		CHECK_TEXT(forbidden(&b, &ann, NOW + i),
		    i == 2 ? REASON_LIMIT_WRONG_ALL : NULL);
	}
	CHECK_TEXT(forbidden(&b, &bob, NOW + 599), REASON_LIMIT_WRONG_ALL);
	CHECK_TEXT(forbidden(&b, &eve, NOW + 599), NULL);
	/* A right one was none. */
	book_at(&b, NOW + 599);
	try_it(&b, &p, NULL, "4711", true);
	book_commit(&b);
	CHECK_TEXT(forbidden(&b, &bob, NOW + 600), NULL);
	book_end(&b);
}

/* A hundred in a row disable a number: for sending, too, and for good. */
static void
disabled_for_wrong_pins(void)
{
	static const struct seal_binding same_number = {
	    "t1", "999999", "+447700900001"};
	static const struct seal_binding same_customer = {
	    "t1", "123456", "+447700900002"};
	const struct limit none = {{{0, 0}}, 0};
	const struct send_limits limits = {.number = none};
	struct ledger_pin p = pin_of(1, NOW);
	struct book b;
	int i;

	book_begin(&b);
	book_at(&b, NOW);
	intend(&b, &ann, &p);
	for (i = 0; i < LEDGER_DISABLE_AT - 1; i++)
		try_it(&b, &p, NULL, "4712", false);
	CHECK(is_locked(&b, &ann, none) == 0);
	try_it(&b, &p, NULL, "4711", true); /* not in a row */
	for (i = 0; i < LEDGER_DISABLE_AT - 1; i++)
		try_it(&b, &p, NULL, "4712", false);
	CHECK(is_locked(&b, &ann, none) == 0);
	check_forbidden(&b, &ann, &limits, NULL);
	try_it(&b, &p, NULL, "4712", false);
	CHECK(is_locked(&b, &ann, none) == 1);
	CHECK(is_locked(&b, &same_number, none) == 1);
	CHECK(is_locked(&b, &same_customer, none) == 0);
	CHECK(check_forbidden(&b, &same_number, &limits, REASON_LOCKED) == 0);
	check_forbidden(&b, &same_customer, &limits, NULL);
	book_commit(&b);
	book_at(&b, NOW + INT64_C(1000000000));
	CHECK(is_locked(&b, &ann, none) == 1);
	book_end(&b);
}

static void
a_refusal_is_history(void)
{
	struct book b;

	book_begin(&b);
	book_at(&b, NOW);
	CHECK(ledger_note_refusal(b.ledger, &ann, "send", NULL,
		  REASON_LIMIT_NUMBER, &b.f) == 0);
	CHECK(ledger_note_refusal(
		  b.ledger, &ann, "verify", NULL, REASON_USED, &b.f) == 0);
	book_commit(&b);
	CHECK(book_sql("ledger.db",
		  "SELECT count(*) FROM history WHERE outcome = 'refused'"
		  " AND (what || reason) IN ('sendlimit-number',"
		  " 'verifyused') AND at = 1790000000") == 2);
	/* Whom it is about nobody can read. */
	CHECK(book_sql("ledger.db",
		  "SELECT count(*) FROM history WHERE customer = '123456'"
		  " OR number LIKE '%7700900001' OR task = 't1'"
		  " OR masked LIKE '%7700900001%'") == 0);
	book_end(&b);
}

int
main(void)
{
	scratch_begin();
	json_wipe_freed();
	RUN(verdicts_are_kept);
	RUN(attempts_are_used_up);
	RUN(marked_once);
	RUN(marked_twice);
	RUN(marked_too_late);
	RUN(locked_for_wrong_pins);
	RUN(limited_for_wrong_pins_of_all);
	RUN(disabled_for_wrong_pins);
	RUN(a_refusal_is_history);
	return check_done();
}
