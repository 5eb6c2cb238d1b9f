/*
 * What is sent, in the ledger: intents, outcomes, limits.
 */
#include "common/text/json.h"
#include "tests/unit/ledger_fixture.h"

static void
what_is_intended_is_found(void)
{
	static const struct seal_binding others[] = {
	    {"t2", "123456", "+447700900001"},
	    {"t1", "123457", "+447700900001"},
	    {"t1", "123456", "+447700900002"},
	    {"t11", "23456", "+447700900001"}, {"", "", ""}};
	struct ledger_pin p = pin_of(1, NOW), q;
	struct book b;
	size_t i;

	book_begin(&b);
	book_at(&b, NOW);
	CHECK(ledger_find_send(b.ledger, &ann, &q, &b.f) == 0);
	CHECK(ledger_find_pin(b.ledger, p.id, &q, &b.f) == 0);
	intend(&b, &ann, &p);
	book_commit(&b);
	/* Also by another program. */
	ledger_close(b.ledger);
	CHECK(book_try(&b, "ledger.db", false) == 0);
	ledger_set_sender(b.ledger, "file:a");
	book_at(&b, NOW + 1);
	q = found(&b);
	CHECK_TEXT(q.id, p.id);
	CHECK_TEXT(q.request, p.id);
	CHECK(q.state == LEDGER_INTENT && q.before == LEDGER_RETRY);
	CHECK(q.requested_s == NOW && q.sent_s == NOW);
	CHECK(q.expires_s == NOW + 600 && q.max_attempts == 3);
	CHECK(q.attempts == 0 && !q.used && q.same_sender);
	CHECK_TEXT(q.sealed, p.sealed);
	CHECK_TEXT(q.from, "Acme");
	CHECK_TEXT(q.message, "Code {pin}");
	CHECK(ledger_find_pin(b.ledger, p.id, &q, &b.f) == 1);
	CHECK_TEXT(q.sealed, p.sealed);
	for (i = 0; i < ARRAY_LEN(others); i++)
		CHECK(ledger_find_send(b.ledger, &others[i], &q, &b.f) == 0);
	ledger_set_sender(b.ledger, "file:b");
	CHECK(!found(&b).same_sender);
	book_end(&b);
}

static void
what_is_rolled_back_is_not(void)
{
	struct ledger_pin p = pin_of(1, NOW);
	struct book b;

	book_begin(&b);
	book_at(&b, NOW);
	intend(&b, &ann, &p);
	ledger_rollback(b.ledger);
	ledger_rollback(b.ledger); /* does nothing outside of one */
	book_at(&b, NOW);
	CHECK(ledger_find_send(b.ledger, &ann, &p, &b.f) == 0);
	intend(&b, &ann, &p);
	ledger_close(b.ledger); /* nor is what was not committed */
	CHECK(book_try(&b, "ledger.db", false) == 0);
	book_at(&b, NOW);
	CHECK(ledger_find_send(b.ledger, &ann, &p, &b.f) == 0);
	book_end(&b);
}

/* From one state to the next, of a first request and of a later one. */
static void
what_an_outcome_changes(void)
{
	static const struct {
		enum ledger_state first, then, wanted;
	} table[] = {
	    {LEDGER_SENT, LEDGER_RETRY, LEDGER_SENT},
	    {LEDGER_SENT, LEDGER_UNKNOWN, LEDGER_SENT},
	    {LEDGER_SENT, LEDGER_REJECTED, LEDGER_SENT},
	    {LEDGER_SENT, LEDGER_SENT, LEDGER_SENT},
	    {LEDGER_UNKNOWN, LEDGER_RETRY, LEDGER_UNKNOWN},
	    {LEDGER_UNKNOWN, LEDGER_SENT, LEDGER_SENT},
	    {LEDGER_UNKNOWN, LEDGER_REJECTED, LEDGER_REJECTED},
	    {LEDGER_RETRY, LEDGER_SENT, LEDGER_SENT},
	    {LEDGER_RETRY, LEDGER_UNKNOWN, LEDGER_UNKNOWN},
	    {LEDGER_REJECTED, LEDGER_RETRY, LEDGER_REJECTED},
	};
	struct ledger_pin p;
	struct book b;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		book_begin(&b);
		book_at(&b, NOW);
		p = pin_of(1, NOW);
		intend(&b, &ann, &p);
		outcome(&b, &p, table[i].first);
		check_state(&b, p.id, table[i].first);
		outcome(&b, &p, table[i].then);
		check_state(&b, p.id, table[i].wanted);
		book_commit(&b);
		/* The history has them all. */
		CHECK(book_sql("ledger.db",
			  "SELECT count(*) FROM history WHERE what = 'send'") ==
		    3);
		book_end(&b);
	}
}

/* A resend: not taken, it leaves what stood there before it. */
static void
a_later_request(void)
{
	static const struct {
		enum ledger_state outcome, wanted;
		bool is_taken_back;
	} table[] = {
	    {LEDGER_SENT, LEDGER_SENT, false},
	    {LEDGER_UNKNOWN, LEDGER_UNKNOWN, false},
	    {LEDGER_RETRY, LEDGER_SENT, true},
	    {LEDGER_REJECTED, LEDGER_SENT, true},
	};
	struct ledger_pin p, again, q;
	struct book b;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		book_begin(&b);
		book_at(&b, NOW);
		p = pin_of(1, NOW);
		intend(&b, &ann, &p);
		outcome(&b, &p, LEDGER_SENT);
		again = p;
		again.before = LEDGER_SENT;
		again.requested_s = NOW + 60;
		memcpy(again.request, pin_of(2, NOW).id, UUID_SIZE);
		intend(&b, &ann, &again);
		check_state(&b, again.request, LEDGER_INTENT);
		CHECK(found(&b).before == LEDGER_SENT);
		/* What comes late about the first one changes nothing. */
		outcome(&b, &p, LEDGER_REJECTED);
		check_state(&b, again.request, LEDGER_INTENT);
		outcome(&b, &again, table[i].outcome);
		q = found(&b);
		CHECK(q.state == table[i].wanted);
		CHECK_TEXT(
		    q.request, table[i].is_taken_back ? p.id : again.request);
		CHECK(
		    q.requested_s == (table[i].is_taken_back ? NOW : NOW + 60));
		CHECK(q.sent_s == NOW);
		book_end(&b);
	}
}

static void
another_pin_in_its_place(void)
{
	struct ledger_pin p = pin_of(1, NOW), n = pin_of(2, NOW + 300), q;
	struct ledger_try t = {&p, NULL, "1111"};
	struct ledger_charge c;
	struct book b;

	book_begin(&b);
	book_at(&b, NOW + 300);
	intend(&b, &ann, &p);
	CHECK(ledger_charge(b.ledger, &ann, &t, &c, &b.f) == 0);
	/* The same one again keeps what was tried. */
	intend(&b, &ann, &p);
	CHECK(found(&b).attempts == 1);
	intend(&b, &ann, &n);
	q = found(&b);
	CHECK_TEXT(q.id, n.id);
	CHECK(q.attempts == 0 && !q.used && q.sent_s == NOW + 300);
	CHECK(ledger_find_pin(b.ledger, p.id, &q, &b.f) == 0);
	book_end(&b);
}

/* --- limits -----------------------------------------------------------------
 */

/* n sends to that party, one a second from now_s on. */
static void
send_many(struct book *b, const struct seal_binding *who, int n, int64_t now_s)
{
	static int last = 100;
	char task[32];
	struct seal_binding one = *who;
	struct ledger_pin p;
	int i;

	for (i = 0; i < n; i++) {
		p = pin_of(++last, now_s + i);
		(void)snprintf(task, sizeof task, "task-%d", last);
		one.task_id = task;
		book_at(b, now_s + i);
		intend(b, &one, &p);
		book_commit(b);
	}
}

/* Exactly N in exactly the period, whatever is limited. */
static void
limits_are_exact(void)
{
	static const struct seal_binding same_number = {
	    "x", "999999", "+447700900001"};
	static const struct seal_binding same_customer = {
	    "x", "123456", "+447700900002"};
	static const struct seal_binding same_country = {
	    "x", "999999", "+447700900003"};
	static const struct seal_binding other = {
	    "x", "999999", "+436641234567"};
	const struct limit three = {{{3, 600}}, 1};
	const struct {
		struct send_limits limits;
		const char *reason;
		const struct seal_binding *who, *free;
	} table[] = {
	    {{.number = three}, REASON_LIMIT_NUMBER, &same_number,
		&same_customer},
	    {{.customer = three}, REASON_LIMIT_CUSTOMER, &same_customer,
		&same_number},
	    {{.country = three}, REASON_LIMIT_COUNTRY, &same_country, &other},
	    {{.all = three}, REASON_LIMIT_ALL, &other, NULL},
	};
	const struct send_limits none = {.number = {{{0, 0}}, 0}};
	struct book b;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		book_begin(&b);
		send_many(&b, &ann, 2, NOW);
		book_at(&b, NOW + 1);
		check_forbidden(&b, table[i].who, &table[i].limits, NULL);
		ledger_rollback(b.ledger);
		send_many(&b, &ann, 1, NOW + 2);
		book_at(&b, NOW + 599);
		CHECK(check_forbidden(&b, table[i].who, &table[i].limits,
			  table[i].reason) == NOW + 600);
		check_forbidden(&b, table[i].who, &none, NULL);
		if (table[i].free != NULL)
			check_forbidden(
			    &b, table[i].free, &table[i].limits, NULL);
		ledger_rollback(b.ledger);
		/* The first of the three is a whole period ago. */
		book_at(&b, NOW + 600);
		check_forbidden(&b, table[i].who, &table[i].limits, NULL);
		book_end(&b);
	}
}

static void
all_rates_of_a_limit_hold(void)
{
	const struct send_limits limits = {.number = {{{2, 60}, {3, 3600}}, 2}};
	struct book b;

	book_begin(&b);
	send_many(&b, &ann, 2, NOW);
	book_at(&b, NOW + 1);
	CHECK(check_forbidden(&b, &ann, &limits, REASON_LIMIT_NUMBER) ==
	    NOW + 60);
	ledger_rollback(b.ledger);
	send_many(&b, &ann, 1, NOW + 61);
	book_at(&b, NOW + 3599);
	CHECK(check_forbidden(&b, &ann, &limits, REASON_LIMIT_NUMBER) ==
	    NOW + 3600);
	ledger_rollback(b.ledger);
	book_at(&b, NOW + 3600);
	check_forbidden(&b, &ann, &limits, NULL);
	book_end(&b);
}

/* What the service did not take is not counted; all else is. */
static void
what_is_counted(void)
{
	static const struct {
		enum ledger_state outcome;
		bool is_counted;
	} table[] = {{LEDGER_INTENT, true}, {LEDGER_SENT, true},
	    {LEDGER_REJECTED, true}, {LEDGER_UNKNOWN, true},
	    {LEDGER_RETRY, false}};
	const struct send_limits limits = {.number = {{{1, 600}}, 1}};
	struct ledger_pin p;
	struct book b;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		book_begin(&b);
		book_at(&b, NOW);
		p = pin_of(1, NOW);
		intend(&b, &ann, &p);
		if (table[i].outcome != LEDGER_INTENT)
			outcome(&b, &p, table[i].outcome);
		check_forbidden(&b, &ann, &limits,
		    table[i].is_counted ? REASON_LIMIT_NUMBER : NULL);
		/* Sent after all: a repeat of the request counts once. */
		intend(&b, &ann, &p);
		outcome(&b, &p, LEDGER_UNKNOWN);
		outcome(&b, &p, LEDGER_RETRY);
		check_forbidden(&b, &ann, &limits, REASON_LIMIT_NUMBER);
		book_commit(&b);
		CHECK(
		    book_sql("ledger.db", "SELECT count(*) FROM request") == 1);
		book_end(&b);
	}
}

int
main(void)
{
	scratch_begin();
	json_wipe_freed();
	RUN(what_is_intended_is_found);
	RUN(what_is_rolled_back_is_not);
	RUN(what_an_outcome_changes);
	RUN(a_later_request);
	RUN(another_pin_in_its_place);
	RUN(limits_are_exact);
	RUN(all_rates_of_a_limit_hold);
	RUN(what_is_counted);
	return check_done();
}
