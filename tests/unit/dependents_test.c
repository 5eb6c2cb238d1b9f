#include "common/text/json.h"
#include "cmd/twofa-sendpin/sms/rate_limiter.h"
#include "common/task/assign.h"
#include "common/task/dependents.h"
#include "common/task/names.h"
#include "tests/unit/check.h"

static const char *const all[] = {NAME_CUSTOMER_IDENTIFIER,
    NAME_CUSTOMER_RECOGNIZED, NAME_SMS_NUMBER, NAME_START_VALIDATION,
    NAME_SMS_SENT, NAME_GENERATED_PIN, NAME_PIN_EXPIRES, NAME_PIN_ATTEMPTS,
    NAME_PIN, NAME_PIN_ENTRY, NAME_VALIDATION_CHECK, NAME_REASON, "Foreign"};

/* Which of them are left, by their places: "0.2…". */
static void
check_left(const char *name, const char *wanted)
{
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	char left[ARRAY_LEN(all) + 1] = "";
	size_t i;

	CHECK(task_make(&t, "x", &f) == 0);
	for (i = 0; i < ARRAY_LEN(all); i++)
		task_set(&t, all[i], "v");
	dependents_remove(&t, name);
	for (i = 0; i < ARRAY_LEN(all); i++)
		left[i] = task_get(&t, all[i]) == NULL ? '.' : 'x';
	CHECK_TEXT(left, wanted);
	/* Setting it does that and sets it. */
	dependents_set(&t, name, "new");
	CHECK_TEXT(task_get(&t, name), "new");
	task_release(&t);
}

static void
what_follows_from_what(void)
{
	check_left(NAME_CUSTOMER_IDENTIFIER, "x...........x");
	check_left(NAME_CUSTOMER_RECOGNIZED, "xxxxxxxxxxxxx");
	check_left(NAME_SMS_NUMBER, "xxxxxxxxxxxxx");
	check_left(NAME_START_VALIDATION, "xxxx........x");
	check_left(NAME_SMS_SENT, "xxxxxxxxxxxxx");
	check_left(NAME_GENERATED_PIN, "xxxxxxxxxxxxx");
	check_left(NAME_PIN, "xxxxxxxxx...x");
	check_left(NAME_PIN_ENTRY, "xxxxxxxxxxxxx");
	check_left(NAME_VALIDATION_CHECK, "xxxxxxxxxxxxx");
	check_left("Foreign", "xxxxxxxxxxxxx");
	check_left("pin", "xxxxxxxxxxxxx");
}

static void
names(void)
{
	CHECK(name_is_valid("A", 1) && name_is_valid("zA_9", 4));
	CHECK(name_is_valid("A=x", 1));
	CHECK(!name_is_valid("", 0) && !name_is_valid("A", 0));
	CHECK(!name_is_valid("1A", 2) && !name_is_valid("_A", 2));
	CHECK(!name_is_valid("A-", 2) && !name_is_valid("A b", 3));
	CHECK(!name_is_valid("A.", 2) && !name_is_valid("\xc3\xa9", 2));
}

/* --- rate limiter: at most count events in any period ----------------------
 */

static void
no_limit(void)
{
	struct rate_limiter p;
	int i;

	rate_limiter_open(&p, (struct rate){0, 0});
	for (i = 0; i < 10; i++) {
		CHECK(rate_limiter_next_ms(&p) == 0);
		rate_limiter_note(&p, 5);
	}
	rate_limiter_release(&p);
	rate_limiter_release(&p);
}

static void
a_limit(void)
{
	struct rate_limiter p;
	int64_t times[50], now = 1000000;
	int i;

	rate_limiter_open(&p, (struct rate){5, 60});
	for (i = 0; i < 50; i++) {
		now += i % 7 * 100;
		if (rate_limiter_next_ms(&p) > now)
			now = rate_limiter_next_ms(&p);
		times[i] = now;
		rate_limiter_note(&p, now);
		if (i >= 5)
			CHECK(times[i] - times[i - 5] >= 60000);
	}
	/* And it is not slower than it must be. */
	CHECK(times[4] < 1000000 + 60000);
	CHECK(times[49] < 1000000 + 10 * 60000);
	rate_limiter_release(&p);
}

static void
a_clock_that_begins_at_zero(void)
{
	struct rate_limiter p;

	rate_limiter_open(&p, (struct rate){1, 1});
	CHECK(rate_limiter_next_ms(&p) <= 0);
	rate_limiter_note(&p, 0);
	CHECK(rate_limiter_next_ms(&p) >= 1000);
	rate_limiter_release(&p);
}

int
main(void)
{
	json_wipe_freed();
	RUN(what_follows_from_what);
	RUN(names);
	RUN(no_limit);
	RUN(a_limit);
	RUN(a_clock_that_begins_at_zero);
	return check_done();
}
