#include "common/filter/decision_log.h"

#include "common/task/names.h"
#include "tests/unit/check.h"
#include "tests/unit/usages.h"
#include "tests/unit/quote.h"
#include "tests/unit/scratch.h"

#include <errno.h>
#include <sys/syscall.h>

/* What the next write(2) to the log does; a line is one of them. */
static struct {
	int log_fd;
	int error; /* 0: none */
	bool is_short;
	int calls;
} next = {.log_fd = -1};

ssize_t
write(int fd, const void *data, size_t len)
{
	int error = next.error;

	if (fd != next.log_fd)
		return syscall(SYS_write, fd, data, len);
	next.calls++;
	next.error = 0;
	if (error != 0) {
		errno = error;
		return -1;
	}
	return syscall(SYS_write, fd, data, next.is_short ? len / 2 : len);
}

/* --- events ----------------------------------------------------------------
 */

static const struct {
	enum program program;
	const char *reason;
	const char *event;
} wanted[] = {
    {PROGRAM_LOOKUP, NULL, "sensitive_read"},
    {PROGRAM_LOOKUP, "bad-identifier", "input_validation_fail"},
    {PROGRAM_LOOKUP, "not-found", "authn_login_fail"},
    {PROGRAM_LOOKUP, "not-unique", "authn_login_fail"},
    {PROGRAM_LOOKUP, "bad-number", "authn_login_fail"},
    {PROGRAM_LOOKUP, "service", "sys_crash"},
    {PROGRAM_LOOKUP, "temporary", "sys_crash"},
    {PROGRAM_LOOKUP, "configuration", "sys_crash"},
    {PROGRAM_SENDPIN, NULL, "authn_token_created"},
    {PROGRAM_SENDPIN, "not-recognised", "authz_fail"},
    {PROGRAM_SENDPIN, "bad-number", "input_validation_fail"},
    {PROGRAM_SENDPIN, "number-changed", "authz_fail"},
    {PROGRAM_SENDPIN, "rejected", "input_validation_fail"},
    {PROGRAM_SENDPIN, "country", "authz_fail"},
    {PROGRAM_SENDPIN, "premium", "authz_fail"},
    {PROGRAM_SENDPIN, "locked", "authn_login_lock"},
    {PROGRAM_SENDPIN, "revoked", "authn_login_lock"},
    {PROGRAM_SENDPIN, "limit-number", "excess_rate_limit_exceeded"},
    {PROGRAM_SENDPIN, "limit-customer", "excess_rate_limit_exceeded"},
    {PROGRAM_SENDPIN, "limit-country", "excess_rate_limit_exceeded"},
    {PROGRAM_SENDPIN, "limit-all", "excess_rate_limit_exceeded"},
    {PROGRAM_SENDPIN, "cool-down", "excess_rate_limit_exceeded"},
    {PROGRAM_SENDPIN, "used", "authz_fail"},
    {PROGRAM_SENDPIN, "exhausted", "authz_fail"},
    {PROGRAM_SENDPIN, "expired", "authz_fail"},
    {PROGRAM_SENDPIN, "service", "sys_crash"},
    {PROGRAM_SENDPIN, "temporary", "sys_crash"},
    {PROGRAM_SENDPIN, "unknown-outcome", "authn_token_created"},
    {PROGRAM_VERIFY, NULL, "authn_login_success"},
    {PROGRAM_VERIFY, "not-sent", "authn_login_fail"},
    {PROGRAM_VERIFY, "no-pin", "authn_login_fail"},
    {PROGRAM_VERIFY, "malformed", "input_validation_fail"},
    {PROGRAM_VERIFY, "forged", "authn_login_fail"},
    {PROGRAM_VERIFY, "unknown-pin", "authn_login_fail"},
    {PROGRAM_VERIFY, "locked", "authn_login_lock"},
    {PROGRAM_VERIFY, "used", "authn_token_reuse"},
    {PROGRAM_VERIFY, "exhausted", "authn_login_fail_max"},
    {PROGRAM_VERIFY, "expired", "authn_login_fail"},
    {PROGRAM_VERIFY, "limit-wrong-all", "excess_rate_limit_exceeded"},
    {PROGRAM_VERIFY, "wrong", "authn_login_fail"},
    {PROGRAM_VERIFY, "temporary", "sys_crash"},
};

static void
the_event_of_each_reason(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(wanted); i++) {
		CHECK_TEXT(
		    decision_event(wanted[i].program, wanted[i].reason, 0),
		    wanted[i].event);
		/* Wrong PINs before it change nothing but an OK. */
		if (wanted[i].program != PROGRAM_VERIFY ||
		    wanted[i].reason != NULL)
			CHECK_TEXT(decision_event(wanted[i].program,
				       wanted[i].reason, DECISION_AFTER_WRONG),
			    wanted[i].event);
	}
	CHECK_TEXT(decision_event(PROGRAM_VERIFY, NULL, DECISION_AFTER_WRONG),
	    "authn_login_successafterfail");
}

/* What is given again did not happen again. */
static void
what_was_decided_before(void)
{
	static const struct {
		enum program program;
		const char *reason;
		const char *event;
	} again[] = {
	    {PROGRAM_SENDPIN, NULL, "sensitive_read"},
	    {PROGRAM_SENDPIN, "unknown-outcome", "sys_crash"},
	    {PROGRAM_VERIFY, NULL, "sensitive_read"},
	    {PROGRAM_VERIFY, "wrong", "sensitive_read"},
	    {PROGRAM_VERIFY, "forged", "sensitive_read"},
	};
	size_t i, j;
	bool differs;

	for (i = 0; i < ARRAY_LEN(again); i++)
		CHECK_TEXT(decision_event(again[i].program, again[i].reason,
			       DECISION_AGAIN | DECISION_AFTER_WRONG),
		    again[i].event);
	for (i = 0; i < ARRAY_LEN(wanted); i++) {
		differs = false;
		for (j = 0; j < ARRAY_LEN(again); j++)
			differs = differs ||
			    (again[j].program == wanted[i].program &&
				(again[j].reason == wanted[i].reason ||
				    (again[j].reason != NULL &&
					wanted[i].reason != NULL &&
					strcmp(again[j].reason,
					    wanted[i].reason) == 0)));
		if (!differs)
			CHECK_TEXT(decision_event(wanted[i].program,
				       wanted[i].reason, DECISION_AGAIN),
			    wanted[i].event);
	}
}

/* Every REASON_ of names.h has an event in every program; docs.bats compares
 * each with twofa.7. */
static void
no_reason_without_an_event(void)
{
	static const enum program programs[] = {
	    PROGRAM_LOOKUP, PROGRAM_SENDPIN, PROGRAM_VERIFY};
	char line[256], reason[64];
	FILE *f = fopen("common/task/names.h", "r");
	const char *start;
	size_t i;
	int seen = 0;

	CHECK(f != NULL);
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "#define REASON_", 15) != 0)
			continue;
		start = strchr(line, '"') + 1;
		(void)snprintf(reason, sizeof reason, "%.*s",
		    (int)strcspn(start, "\""), start);
		for (i = 0; i < ARRAY_LEN(programs); i++)
			CHECK(decision_event(programs[i], reason, 0) != NULL);
		seen++;
	}
	if (f != NULL)
		(void)fclose(f);
	CHECK(seen >= 30);
}

static void
what_has_no_event(void)
{
	CHECK(decision_event(PROGRAM_VERIFY, "nonsense", 0) == NULL);
	CHECK(decision_event(PROGRAM_VERIFY, "", DECISION_AFTER_WRONG) == NULL);
	CHECK(decision_event(PROGRAM_TASK, NULL, 0) == NULL);
	CHECK(decision_event(PROGRAM_TASK, "wrong", 0) == NULL);
}

/* --- a line ----------------------------------------------------------------
 */

static void
check_line(const struct decision *d, const char *line)
{
	struct buf out = BUF_INIT(DECISION_MAX);
	struct fault f = FAULT_INIT;

	CHECK(decision_write(d, &out, &f) == 0);
	CHECK_TEXT(buf_text(&out), line);
	buf_release(&out);
}

static void
lines(void)
{
	struct decision d = {.time_s = 1795860169,
	    .program = "twofa-verify",
	    .task_id = "t1",
	    .event = "authn_login_fail",
	    .who = "ann"};

	check_line(&d,
	    q("{'time':'2026-11-28T10:02:49Z','program':'twofa-verify',"
	      "'taskId':'t1','event':'authn_login_fail','who':'ann'}\n"));
	d.reason = REASON_WRONG;
	d.ref = "INC \xc3\xa9";
	d.number = "+447700900001";
	check_line(&d,
	    q("{'time':'2026-11-28T10:02:49Z','program':'twofa-verify',"
	      "'taskId':'t1','event':'authn_login_fail','reason':'wrong',"
	      "'who':'ann','ref':'INC \xc3\xa9','number':'+**********01'}\n"));
	d.number = "07700900001";
	d.task_id = "\"\\}";
	check_line(&d,
	    "{\"time\":\"2026-11-28T10:02:49Z\",\"program\":\"twofa-verify\","
	    "\"taskId\":\"\\\"\\\\}\",\"event\":\"authn_login_fail\","
	    "\"reason\":\"wrong\",\"who\":\"ann\",\"ref\":\"INC \xc3\xa9\","
	    "\"number\":\"(no number)\"}\n");
}

static void
fill(char *out, size_t size, char c)
{
	memset(out, c, size - 1);
	out[size - 1] = '\0';
}

/* Everything as long as it can be, and each byte escaped. */
static void
the_longest_line(void)
{
	char id[TASK_ID_MAX + 1], who[LOGIN_SIZE], ref[257];
	struct decision d = {.task_id = id,
	    .program = "twofa-sendpin",
	    .event = "excess_rate_limit_exceeded",
	    .reason = REASON_UNKNOWN_OUTCOME,
	    .who = who,
	    .ref = ref,
	    .number = "+123456789012345"};
	struct buf out = BUF_INIT(DECISION_MAX);
	struct fault f = FAULT_INIT;

	fill(id, sizeof id, '"');
	fill(who, sizeof who, '\\');
	fill(ref, sizeof ref, '"');
	CHECK(decision_write(&d, &out, &f) == 0);
	CHECK(out.len > 1200 && out.len <= DECISION_MAX);
	CHECK(strchr(out.data, '\n') == out.data + out.len - 1);
	buf_release(&out);
}

/* --- the log ---------------------------------------------------------------
 */

static int
open_log(struct decision_log *log, const char *path, struct fault *f)
{
	struct settings o = SETTINGS_INIT;
	int r;

	*log = (struct decision_log)DECISION_LOG_INIT;
	fault_clear(f);
	o.usage = &usage_verify;
	o.log = path;
	r = decision_log_open(log, &o, f);
	next.log_fd = log->fd;
	next.calls = 0;
	next.is_short = false;
	return r;
}

static void
close_log(struct decision_log *log, struct fault *f)
{
	next.log_fd = -1;
	fault_clear(f);
	CHECK(decision_log_close(log, f) == 0);
}

static void
make_item(struct item *item, enum answer answer, const char *text)
{
	struct fault f = FAULT_INIT;

	*item =
	    (struct item){.task = TASK_INIT, .acts = true, .answer = answer};
	CHECK(task_parse(&item->task, text, strlen(text), &f) == 0);
}

#define TASK(parameters)                                                       \
	q("{'taskId':'t1','taskInformation':{'customContextParameters':["      \
	  "{'name':'TwofaReason','value':'wrong'}," parameters "]}}")

static void
check_event(enum answer answer, const char *task, const char *part)
{
	struct decision_log log;
	struct fault f = FAULT_INIT;
	struct item item;

	(void)unlink("log");
	make_item(&item, answer, task);
	CHECK(open_log(&log, "log", &f) == 0);
	CHECK(decision_log_add(&log, &item, &f) == 0);
	CHECK(next.calls == 1);
	close_log(&log, &f);
	CHECK(strstr(scratch_read("log"), q(part)) != NULL);
	task_release(&item.task);
}

static void
answers(void)
{
	check_event(ANSWER_NO, TASK("{'name':'PINAttempts','value':'1'}"),
	    "'event':'authn_login_fail','reason':'wrong','who'");
	/* A reason from before is none of a yes. */
	check_event(ANSWER_YES, TASK("{'name':'x','value':'1'}"),
	    "'event':'authn_login_success','who'");
	check_event(ANSWER_YES, TASK("{'name':'PINAttempts','value':'0'}"),
	    "'event':'authn_login_success','who'");
	check_event(ANSWER_YES, TASK("{'name':'PINAttempts','value':'2'}"),
	    "'event':'authn_login_successafterfail','who'");
	check_event(ANSWER_YES, TASK("{'name':'PINAttempts','value':'-1'}"),
	    "'event':'authn_login_successafterfail','who'");
}

static void
one_write_or_none(void)
{
	struct decision_log log;
	struct fault f = FAULT_INIT;
	struct item item;

	(void)unlink("log");
	make_item(&item, ANSWER_YES, q("{'taskId':'t1'}"));
	CHECK(open_log(&log, "log", &f) == 0);
	/* A signal came before anything was written. */
	next.error = EINTR;
	CHECK(decision_log_add(&log, &item, &f) == 0);
	CHECK(next.calls == 2 && !log.broken);
	next.error = EIO;
	CHECK(decision_log_add(&log, &item, &f) == -1);
	CHECK(f.status == STATUS_IO && log.broken);
	CHECK_TEXT(f.message, "log log: Input/output error");
	close_log(&log, &f);

	CHECK(open_log(&log, "log", &f) == 0);
	next.is_short = true;
	CHECK(decision_log_add(&log, &item, &f) == -1);
	CHECK(f.status == STATUS_IO && log.broken && next.calls == 1);
	CHECK_TEXT(f.message, "log log: a line was written in part");
	close_log(&log, &f);
	task_release(&item.task);
}

static void
a_decision_without_a_word_is_a_bug(void)
{
	struct decision_log log;
	struct fault f = FAULT_INIT;
	struct item item;

	(void)unlink("log");
	make_item(&item, ANSWER_NO, q("{'taskId':'t1'}"));
	CHECK(open_log(&log, "log", &f) == 0);
	CHECK(decision_log_add(&log, &item, &f) == -1);
	CHECK(f.status == STATUS_BUG);
	CHECK(next.calls == 0);
	close_log(&log, &f);
	task_release(&item.task);
}

static void
no_log(void)
{
	struct decision_log log;
	struct fault f = FAULT_INIT;
	struct item item;

	make_item(&item, ANSWER_YES, q("{'taskId':'t1'}"));
	CHECK(open_log(&log, NULL, &f) == 0);
	CHECK(log.fd == -1 && log.who[0] == '\0');
	CHECK(decision_log_add(&log, &item, &f) == 0);
	close_log(&log, &f);
	task_release(&item.task);
}

int
main(void)
{
	RUN(the_event_of_each_reason);
	RUN(what_was_decided_before);
	RUN(no_reason_without_an_event);
	RUN(what_has_no_event);
	scratch_begin();
	RUN(lines);
	RUN(the_longest_line);
	RUN(answers);
	RUN(one_write_or_none);
	RUN(a_decision_without_a_word_is_a_bug);
	RUN(no_log);
	return check_done();
}
