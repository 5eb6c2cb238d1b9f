/*
 * The limits of a workflow, and the texts in it.
 */
#include "common/base/buf.h"
#include "cmd/twofa-flow/workflow/position.h"
#include "cmd/twofa-flow/workflow/wording.h"
#include "common/text/json.h"
#include "common/task/task.h"
#include "tests/unit/check.h"

#include <stdarg.h>
#include <stdlib.h>

static const struct workflow_settings settings = {
    .identifier_digits = 6, .pin_digits = 4, .max_attempts = 3};

static const char message_of_name[] =
    "give a name: letters, digits and _, a letter first, at most 64";

/* --- limits -----------------------------------------------------------------
 */

/* "aaa…": so many, and borrowed until the next one. */
static const char *
letters(size_t count)
{
	static char text[4000];

	memset(text, 'a', count);
	text[count] = '\0';
	return text;
}

/* What is wrong with a workflow, behind its name; "" if nothing is. */
static const char *
verdict(const struct buf *json)
{
	static struct fault f;
	struct workflow w;

	f = (struct fault)FAULT_INIT;
	if (workflow_parse(&w, "w", buf_text(json), json->len, &settings, &f) ==
	    0)
		workflow_release(&w);
	else
		CHECK(f.status == STATUS_CONFIG);
	return strncmp(f.message, "w: ", 3) == 0 ? f.message + 3 : f.message;
}

/* The same of printf()'s text, in which ' stands for ". */
#define VERDICT(...) verdict_of(&(struct buf)BUF_INIT(1 << 20), __VA_ARGS__)

static const char *verdict_of(struct buf *json, const char *format, ...)
    PRINTF_LIKE(2, 3);

static const char *
verdict_of(struct buf *json, const char *format, ...)
{
	char text[8000], *at;
	struct fault f = FAULT_INIT;
	const char *said;
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text, sizeof text, format, list);
	va_end(list);
	for (at = text; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	CHECK(buf_append_text(json, text, &f) == 0);
	said = verdict(json);
	buf_release(json);
	return said;
}

#define ONE "{'start':'A','activities':{'A':{'type':'disconnect'}%s}%s}"

static void
names(void)
{
	char message[5000];

	CHECK_TEXT(VERDICT(ONE, "", ""), "");
	CHECK_TEXT(VERDICT("{'start':'%s','activities':{'%s':"
			   "{'type':'disconnect'}}}",
		       letters(64), letters(64)),
	    "");
	(void)snprintf(message, sizeof message, "start: %s", message_of_name);
	CHECK_TEXT(VERDICT("{'start':'%s','activities':{'A':"
			   "{'type':'disconnect'}}}",
		       letters(65)),
	    message);
	(void)snprintf(message, sizeof message,
	    "activity '%s': give it a name of letters, digits and _, a letter "
	    "first, at most 64",
	    letters(65));
	CHECK_TEXT(VERDICT("{'start':'A','activities':{'%s':"
			   "{'type':'disconnect'}}}",
		       letters(65)),
	    message);
	(void)snprintf(
	    message, sizeof message, "activity 'B': next: %s", message_of_name);
	CHECK_TEXT(
	    VERDICT(ONE, ",'B':{'type':'accept','next':'_'}", ""), message);
}

/* An object of count members '"PREFIX0":VALUE', from from on. */
static void
add_members(
    struct buf *json, const char *prefix, int from, int to, const char *value)
{
	struct fault f = FAULT_INIT;

	for (; from < to; from++)
		CHECK(buf_printf(json, &f, "%s\"%s%d\":%s",
			  json->data[json->len - 1] == '{' ? "" : ",", prefix,
			  from, value) == 0);
}

/* So many members between the two texts. */
static const char *
verdict_of_many(const char *before, const char *prefix, int count,
    const char *value, const char *behind)
{
	struct buf json = BUF_INIT(1 << 20);
	struct fault f = FAULT_INIT;
	const char *said;

	CHECK(buf_append_text(&json, before, &f) == 0);
	add_members(&json, prefix, 0, count, value);
	CHECK(buf_append_text(&json, behind, &f) == 0);
	said = verdict(&json);
	buf_release(&json);
	return said;
}

static void
numbers_of_things(void)
{
	static const char activities[] = "{\"start\":\"A0\",\"activities\":{";
	static const char end[] = "{\"type\":\"disconnect\"}";
	static const char cases[] =
	    "{\"start\":\"A\",\"activities\":{\"A\":{\"type\":"
	    "\"check-parameter\",\"parameter\":\"P\",\"otherwise\":\"A\","
	    "\"cases\":{";
	static const char languages[] =
	    "{\"start\":\"A\",\"activities\":{\"A\":{\"type\":"
	    "\"announcement\",\"next\":\"A\",\"text\":{";
	static const char triggers[] =
	    "{\"start\":\"A\",\"activities\":{\"A\":{\"type\":"
	    "\"disconnect\"}},\"triggers\":{";
	static const char trigger[] = "{\"run\":[\"x\"],\"sets\":[\"X\"]}";

	CHECK_TEXT(verdict_of_many(activities, "A", 256, end, "}}"), "");
	CHECK_TEXT(verdict_of_many(activities, "A", 257, end, "}}"),
	    "give activities: an object of 1 to 256 of them");
	/* 31 and the one of otherwise. */
	CHECK_TEXT(verdict_of_many(cases, "c", 31, "\"A\"", "}}}}"), "");
	CHECK_TEXT(verdict_of_many(cases, "c", 32, "\"A\"", "}}}}"),
	    "activity 'A': cases: give at most 32 exits");
	CHECK_TEXT(verdict_of_many(languages, "l", 16, "\"x\"", "}}}}"), "");
	CHECK_TEXT(verdict_of_many(languages, "l", 17, "\"x\"", "}}}}"),
	    "activity 'A': text: give at most 16 languages");
	CHECK_TEXT(verdict_of_many(triggers, "P", 32, trigger, "}}"), "");
	CHECK_TEXT(verdict_of_many(triggers, "P", 33, trigger, "}}"),
	    "trigger 'P32': give at most 32 triggers");
}

static void
lengths(void)
{
	static const char say[] = "{'start':'A','activities':{'A':{'type':"
				  "'announcement','next':'A','text':'%s'}}}";
	static const char queue[] =
	    "{'start':'A','activities':{'A':{'type':'queue','to':'%s'}}}";

	CHECK_TEXT(VERDICT(say, letters(2000)), "");
	CHECK_TEXT(VERDICT(say, letters(2001)),
	    "activity 'A': text: give a text without control characters");
	CHECK_TEXT(VERDICT(queue, letters(200)), "");
	CHECK_TEXT(VERDICT(queue, letters(201)),
	    "activity 'A': to: give a text of 1 to 200 bytes without control "
	    "characters");
}

/* Arrays of a trigger: words 32, 33 and parameters 16, 17. */
static const char *
verdict_of_trigger(int words, int sets)
{
	struct buf json = BUF_INIT(1 << 16);
	struct fault f = FAULT_INIT;
	const char *said;
	int i;

	CHECK(buf_append_text(&json,
		  "{\"start\":\"A\",\"activities\":{\"A\":{\"type\":"
		  "\"disconnect\"}},\"triggers\":{\"P\":{\"run\":[",
		  &f) == 0);
	for (i = 0; i < words; i++)
		CHECK(buf_printf(&json, &f, "%s\"w\"", i ? "," : "") == 0);
	CHECK(buf_append_text(&json, "],\"sets\":[", &f) == 0);
	for (i = 0; i < sets; i++)
		CHECK(buf_printf(&json, &f, "%s\"S%d\"", i ? "," : "", i) == 0);
	CHECK(buf_append_text(&json, "]}}}", &f) == 0);
	said = verdict(&json);
	buf_release(&json);
	return said;
}

static void
triggers(void)
{
	CHECK_TEXT(verdict_of_trigger(32, 16), "");
	CHECK_TEXT(verdict_of_trigger(33, 16),
	    "trigger 'P': give run: an array of 1 to 32 texts");
	CHECK_TEXT(verdict_of_trigger(32, 17),
	    "trigger 'P': give sets: an array of 1 to 16 parameters");
}

/* The longest FlowCount there can be goes into a task and comes back. */
static void
the_longest_position(void)
{
	struct buf json = BUF_INIT(1 << 20);
	struct workflow w;
	struct position p, back;
	struct task t = TASK_INIT;
	struct parameters parameters = parameters_of_task(&t);
	struct fault f = FAULT_INIT;
	size_t i;

	CHECK(buf_append_text(&json, "{\"start\":\"x\",\"activities\":{", &f) ==
	    0);
	/* 60 letters and 4 digits. */
	add_members(
	    &json, letters(60), 1000, 1256, "{\"type\":\"accept\",\"max\":1}");
	CHECK(buf_append_text(&json, "}}", &f) == 0);
	CHECK(workflow_parse(&w, "w", json.data, json.len, &settings, &f) == 0);
	CHECK(w.activity_count == 256);
	p = (struct position){.activity = 255, .tries = 60000, .since_s = 1};
	for (i = 0; i < w.activity_count; i++)
		p.visits[i] = POSITION_MAX_VISITS;
	/* That is not counted further. */
	position_go(&p, &w, 7, 1);
	CHECK(p.visits[7] == POSITION_MAX_VISITS && p.tries == 0);
	p.tries = 60000;
	CHECK(task_make(&t, "x", &f) == 0);
	position_store(&p, &w, &parameters);
	CHECK(position_load(&back, &w, &parameters, 9, &f) == 0);
	CHECK(back.activity == 7 && back.tries == 60000);
	CHECK(memcmp(back.visits, p.visits, sizeof p.visits) == 0);
	CHECK_TEXT(f.message, "");
	task_release(&t);
	workflow_release(&w);
	buf_release(&json);
}

/* --- texts ------------------------------------------------------------------
 */

static const char place[] =
    "after '{' comes the name of a parameter and '}', or ':last2}'";

static const struct {
	const char *text, *message; /* NULL: it is good */
} checks[] = {
    {"", NULL},
    {"plain } text", NULL},
    {"{A}{b_9:last1}, {SMSNumber:last4}", NULL},
    {"{PINEntry} {pin} {GeneratedPINs}", NULL},
    {"{", place},
    {"{}", place},
    {"{A", place},
    {"{ A}", place},
    {"{A }", place},
    {"{1}", place},
    {"{{A}}", place},
    {"{A{B}", place},
    {"{A} {", place},
    {"{:last2}", place},
    {"{A:}", place},
    {"{A:last}", place},
    {"{A:last0}", place},
    {"{A:last10}", place},
    {"{A:lastx}", place},
    {"{A:Last2}", place},
    {"{A:first2}", place},
    {"{PIN}", "{PIN}: a PIN is never said"},
    {"{A} {PIN:last1}", "{PIN}: a PIN is never said"},
    {"{GeneratedPIN}", "{GeneratedPIN}: a PIN is never said"},
    {"{SMSNumber}",
	"{SMSNumber}: give {SMSNumber:last2}: a number is said by its last "
	"digits, at most 4"},
    {"{SMSNumber:last5}",
	"{SMSNumber}: give {SMSNumber:last2}: a number is said by its last "
	"digits, at most 4"},
};

static void
texts_that_are_checked(void)
{
	char text[100];
	size_t i;

	for (i = 0; i < ARRAY_LEN(checks); i++) {
		struct fault f = FAULT_INIT;
		const int r = wording_check(checks[i].text, &f);

		CHECK(r == (checks[i].message == NULL ? 0 : -1));
		CHECK(r == 0 || f.status == STATUS_CONFIG);
		CHECK_TEXT(
		    f.message, checks[i].message ? checks[i].message : "");
	}
	for (i = 64; i <= 65; i++) {
		struct fault f = FAULT_INIT;

		(void)snprintf(text, sizeof text, "{%.70s}", letters(i));
		CHECK(wording_check(text, &f) == (i == 64 ? 0 : -1));
	}
}

static const char *
value_of(void *self, const char *name)
{
	(void)self;
	if (strcmp(name, "SMSNumber") == 0)
		return "+447700900123";
	if (strcmp(name, "Code") == 0)
		return "0420";
	if (strcmp(name, "Name") == 0)
		return "Zo\xc3\xab \xe2\x82\xac";
	return strcmp(name, "Open") == 0 ? "{Code}" : NULL;
}

static const struct {
	const char *text, *filled, *digits;
} fillings[] = {
    {"", "", ""},
    {"no place: 5", "no place: 5", ""},
    {"Code {Code}.", "Code 0420.", "0420"},
    {"{Code}{Code:last1}", "04200", "0420 0"},
    {"{SMSNumber:last2}/{Code:last9}", "23/0420", "23 0420"},
    {"{SMSNumber:last9}", "700900123", "700900123"},
    {"{Unset}{Unset:last2}.", ".", ""},
    {"{Name}, {Name:last1}", "Zo\xc3\xab \xe2\x82\xac, \xe2\x82\xac", ""},
    {"{Name:last2}", " \xe2\x82\xac", ""},
    {"{Name:last3}", "\xc3\xab \xe2\x82\xac", ""},
    {"{Name:last5}", "Zo\xc3\xab \xe2\x82\xac", ""},
    /* A value is no text. */
    {"{Open}", "{Code}", ""},
};

static void
texts_that_are_filled(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(fillings); i++) {
		struct buf out = BUF_INIT(1 << 10);
		struct buf digits = BUF_INIT(1 << 10);
		struct buf small = BUF_INIT(1);
		struct fault f = FAULT_INIT;

		CHECK(wording_fill(
			  fillings[i].text, value_of, NULL, &out, &f) == 0);
		CHECK_TEXT(buf_text(&out), fillings[i].filled);
		CHECK(wording_digits(
			  fillings[i].text, value_of, NULL, &digits, &f) == 0);
		CHECK_TEXT(buf_text(&digits), fillings[i].digits);
		CHECK_TEXT(f.message, "");
		/* Without room it says so. */
		if (out.len > 1)
			CHECK(wording_fill(fillings[i].text, value_of, NULL,
				  &small, &f) == -1);
		buf_release(&out);
		buf_release(&digits);
		buf_release(&small);
	}
}

static void
languages(void)
{
	struct wording w = {.count = 0};

	CHECK_TEXT(wording_find(&w, NULL), NULL);
	w.list[0].text = "one";
	w.count = 1;
	CHECK_TEXT(wording_find(&w, NULL), "one");
	CHECK_TEXT(wording_find(&w, "de"), "one");
	w.list[0].language = "en";
	w.list[1].language = "de";
	w.list[1].text = "two";
	w.count = 2;
	CHECK_TEXT(wording_find(&w, "de"), "two");
	CHECK_TEXT(wording_find(&w, "en"), "one");
	CHECK_TEXT(wording_find(&w, "fr"), "one");
	CHECK_TEXT(wording_find(&w, NULL), "one");
}

int
main(void)
{
	json_wipe_freed();
	RUN(names);
	RUN(numbers_of_things);
	RUN(lengths);
	RUN(triggers);
	RUN(the_longest_position);
	RUN(texts_that_are_checked);
	RUN(texts_that_are_filled);
	RUN(languages);
	return check_done();
}
