#include "common/filter/loop.h"

#include "common/base/clock.h"
#include "common/text/json.h"
#include "tests/unit/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	WINDOW = 2,
	CALLS_MAX = 32,
};

/* Work that ends as the test says, call by call; then it works. */
struct fake {
	const int *statuses; /* ends with STATUS_OK */
	int calls;	     /* of work */
	size_t asked;	     /* items it was given */
	bool waits;	     /* until work would be tried again */
	struct loop *loop;
};

static int
fake_begin(void *self, struct item *item, struct fault *f)
{
	struct fake *fake = self;

	(void)f;
	item->acts = true;
	item->answer = ANSWER_YES;
	if (fake->waits)
		clock_sleep_until_ms(fake->loop->again_ms);
	return 0;
}

static int
fake_work(void *self, struct item *const items[], size_t n, struct fault *f)
{
	struct fake *fake = self;
	int status = *fake->statuses;

	(void)items;
	fake->calls++;
	fake->asked += n;
	if (status == STATUS_OK)
		return 0;
	fake->statuses++;
	return fault_set(f, status, "not now");
}

static int
fake_finish(void *self, struct item *item, struct fault *f)
{
	(void)self;
	(void)item;
	(void)f;
	return 0;
}

/* So many tasks, two to a window. Returns the status of the run. */
static int
loop_tasks(struct fake *fake, struct loop *loop, int tasks)
{
	const struct filter filter = {.self = fake,
	    .begin = fake_begin,
	    .work = fake_work,
	    .finish = fake_finish};
	struct decision_log log = DECISION_LOG_INIT;
	struct fault f = FAULT_INIT;
	FILE *in = tmpfile();
	int i, null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;

	CHECK(in != NULL && null != -1);
	for (i = 0; i < tasks; i++)
		(void)fprintf(in, "{\"taskId\":\"t%d\"}\n", i);
	rewind(in);
	fake->calls = 0;
	fake->asked = 0;
	fake->loop = loop;
	loop_open(loop, &filter, WINDOW, &log);
	CHECK(loop_stream(loop, fileno(in), "in", null, "out", &f) == 0);
	status = loop->status;
	loop_release(loop);
	(void)fclose(in);
	(void)close(null);
	return status;
}

/* The window that failed has no answer, the next one has. */
static void
temporary_is_for_the_window(void)
{
	static const int busy[] = {STATUS_TEMPORARY, STATUS_OK};
	static const int full[] = {STATUS_IO, STATUS_OK};
	static const int *const table[] = {busy, full};
	struct fake fake;
	struct loop loop;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fake = (struct fake){.statuses = table[i]};
		CHECK(loop_tasks(&fake, &loop, 6) == table[i][0]);
		CHECK(fake.calls == 3);
		CHECK(loop.counts.unanswered == 2);
		CHECK(loop.counts.yes == 4);
	}
}

/* Settings, a refusal, a bug: they are the same for the whole run. */
static void
the_rest_is_for_good(void)
{
	static const int table[] = {STATUS_CONFIG, STATUS_PERMISSION,
	    STATUS_SERVICE, STATUS_BUG, STATUS_DATA};
	int statuses[2] = {0, STATUS_OK};
	struct fake fake;
	struct loop loop;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		statuses[0] = table[i];
		fake = (struct fake){.statuses = statuses};
		CHECK(loop_tasks(&fake, &loop, 6) == table[i]);
		CHECK(fake.calls == 1);
		CHECK(loop.counts.unanswered == 6);
	}
}

/* A long input ends soon, however long it stays so: it is tried seldom. */
static void
seldom_when_it_stays(void)
{
	int statuses[CALLS_MAX];
	struct fake fake = {.statuses = statuses};
	struct loop loop;
	int i;

	for (i = 0; i < CALLS_MAX - 1; i++)
		statuses[i] = STATUS_TEMPORARY;
	statuses[i] = STATUS_OK;
	CHECK(loop_tasks(&fake, &loop, 2000) == STATUS_TEMPORARY);
	CHECK(fake.calls < CALLS_MAX - 1);
	CHECK(loop.counts.unanswered == 2000);
}

/* Each time twice as late, then as before. */
static void
later_and_later(void)
{
	static const int statuses[] = {STATUS_TEMPORARY, STATUS_IO,
	    STATUS_TEMPORARY, STATUS_TEMPORARY, STATUS_OK};
	struct fake fake = {.statuses = statuses, .waits = true};
	struct loop loop;

	CHECK(loop_tasks(&fake, &loop, 12) == STATUS_IO);
	CHECK(fake.calls == 6);
	CHECK(loop.counts.unanswered == 8);
	CHECK(loop.pause_ms == 0);
}

int
main(void)
{
	json_wipe_freed();
	RUN(temporary_is_for_the_window);
	RUN(the_rest_is_for_good);
	RUN(seldom_when_it_stays);
	RUN(later_and_later);
	return check_done();
}
