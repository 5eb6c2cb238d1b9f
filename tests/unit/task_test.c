#include "common/text/json.h"
#include "common/task/task.h"
#include "tests/unit/check.h"
#include "tests/unit/quote.h"

#include <stdlib.h>

#define PARAMETERS(list)                                                       \
	"{'taskId':'x','taskInformation':{'customContextParameters':[" list    \
	"]}}"

/* Parse text of the form of q(); the task may be in use. */
static int
parse(struct task *t, const char *text, struct fault *f)
{
	const char *json = q(text);

	return task_parse(t, json, strlen(json), f);
}

static void
check_written(const struct task *t, const char *wanted)
{
	struct buf out = BUF_INIT(TASK_MAX_WRITTEN);
	struct fault f = FAULT_INIT;

	CHECK(task_write(t, &out, &f) == 0);
	CHECK_TEXT(buf_text(&out), q(wanted));
	buf_release(&out);
}

static const struct {
	const char *in, *wanted; /* NULL: refused */
} texts[] = {
    {"{'taskId':'x'}", "{'taskId':'x'}"},
    {" {\n 'taskId'\t: 'x' ,\r\n'a':[ 1 , {} ] } ",
	"{'taskId':'x','a':[1,{}]}"},
    {"{'taskId':'x','a':' {} [ ] , : '}", "{'taskId':'x','a':' {} [ ] , : '}"},
    {"{'a':12345678901234567890,'taskId':'x'}",
	"{'a':12345678901234567890,'taskId':'x'}"},
    {"{'taskId':'x','a':[1.0,0.1,-0,1E5,1e-999]}",
	"{'taskId':'x','a':[1.0,0.1,-0,1E5,1e-999]}"},
    {"{'taskId':'\\u0078','\\u00e9':'\\/\\\\\\\"'}",
	"{'taskId':'\\u0078','\\u00e9':'\\/\\\\\\\"'}"},
    {"{'taskId':'x','a':'\\ud83d\\ude00'}",
	"{'taskId':'x','a':'\\ud83d\\ude00'}"},
    {"{'TaskID':'x'}", "{'TaskID':'x'}"},
    {"{'taskId':'x','taskInformation':{}}",
	"{'taskId':'x','taskInformation':{}}"},
    {PARAMETERS("{'name':'A'}"), PARAMETERS("{'name':'A'}")},
    {PARAMETERS("{'Value':'1','NAME':'A'}"),
	PARAMETERS("{'Value':'1','NAME':'A'}")},
    {"", NULL},
    {"{}", NULL},
    {"[]", NULL},
    {"'x'", NULL},
    {"1", NULL},
    {"null", NULL},
    {"{'taskId':'x'", NULL},
    {"{'taskId':'x'}}", NULL},
    {"{'taskId':'x'}{'taskId':'y'}", NULL},
    {"{'taskId':'x',}", NULL},
    {"{'taskId':''}", NULL},
    {"{'taskId':'NULL'}", NULL},
    {"{'taskId':1}", NULL},
    {"{'taskId':null}", NULL},
    {"{'taskId':{}}", NULL},
    {"{'taskId':'\\n'}", NULL},
    {"{'taskId':'\\u00e9'}", NULL},
    {"{'taskId':'\\u007f'}", NULL},
    {"{'taskId':'x','taskId':'y'}", NULL},
    {"{'taskId':'x','a':{'b':1,'\\u0062':2}}", NULL},
    {"{'taskId':'x','a':1e999}", NULL},
    {"{'taskId':'x','a':'\\ud800'}", NULL},
    {"{'taskId':'x','a':'\\u0000'}", NULL},
    {"{'taskId':'x','taskInformation':null}", NULL},
    {"{'taskId':'x','taskInformation':[]}", NULL},
    {"{'taskId':'x','taskInformation':'x'}", NULL},
    {"{'taskId':'x','taskInformation':"
     "{'customContextParameters':null}}",
	NULL},
    {"{'taskId':'x','taskInformation':"
     "{'customContextParameters':{}}}",
	NULL},
    {PARAMETERS("1"), NULL},
    {PARAMETERS("null"), NULL},
    {PARAMETERS("[]"), NULL},
    {PARAMETERS("{}"), NULL},
    {PARAMETERS("{'value':'1'}"), NULL},
    {PARAMETERS("{'name':1}"), NULL},
    {PARAMETERS("{'name':null}"), NULL},
    {PARAMETERS("{'name':'A'},{'name':[]}"), NULL},
};

static void
reads_and_writes(void)
{
	struct task t = TASK_INIT;
	struct fault f;
	const char *value;
	size_t i, cursor;

	for (i = 0; i < ARRAY_LEN(texts); i++) {
		fault_clear(&f);
		cursor = 0;
		/* What it held before is forgotten in either case. */
		CHECK(
		    parse(&t, PARAMETERS("{'name':'B','value':'2'}"), &f) == 0);
		task_set(&t, "C", "3");
		if (texts[i].wanted == NULL) {
			CHECK(parse(&t, texts[i].in, &f) == -1);
			CHECK(f.status == STATUS_DATA);
			CHECK(f.message[0] != '\0');
			CHECK(task_id(&t) == NULL);
			CHECK(t.member_count == 0 && t.text.len == 0);
		} else {
			CHECK(parse(&t, texts[i].in, &f) == 0);
			CHECK_TEXT(task_id(&t), "x");
			check_written(&t, texts[i].wanted);
		}
		if (check_failures > 0)
			printf("# in: %s\n", texts[i].in);
		CHECK(!task_is_changed(&t));
		CHECK(task_get(&t, "B") == NULL);
		CHECK(task_get(&t, "C") == NULL);
		while (task_parameter_next(&t, &cursor, &value) != NULL)
			CHECK(cursor <= t.parameter_count);
	}
	task_release(&t);
}

static void
limits(void)
{
	char id[200], *text = malloc(TASK_MAX_LEN + 8);
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	size_t n;

	for (n = 127; n <= 129; n++) {
		memset(id, 'x', sizeof id);
		id[n] = '\0';
		(void)snprintf(text, 300, "{\"taskId\":\"%s\"}", id);
		fault_clear(&f);
		CHECK(task_parse(&t, text, strlen(text), &f) ==
		    (n <= TASK_ID_MAX ? 0 : -1));
		fault_clear(&f);
		CHECK(task_make(&t, id, &f) == (n <= TASK_ID_MAX ? 0 : -1));
	}
	memset(text, ' ', TASK_MAX_LEN + 8);
	memcpy(text, "{\"taskId\":\"x\"", 13);
	text[TASK_MAX_LEN - 1] = '}';
	fault_clear(&f);
	CHECK(task_parse(&t, text, TASK_MAX_LEN, &f) == 0);
	text[TASK_MAX_LEN - 1] = ' ';
	text[TASK_MAX_LEN] = '}';
	CHECK(task_parse(&t, text, TASK_MAX_LEN + 1, &f) == -1);
	CHECK(f.status == STATUS_DATA);
	task_release(&t);
	free(text);
}

static void
makes(void)
{
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;

	CHECK(task_make(&t, "a\"\\b", &f) == 0);
	CHECK_TEXT(task_id(&t), "a\"\\b");
	check_written(&t,
	    "{'taskId':'a\\\"\\\\b','taskInformation':"
	    "{'customContextParameters':[]}}");
	CHECK(!task_is_changed(&t));
	CHECK(task_make(&t, "", &f) == -1);
	fault_clear(&f);
	CHECK(task_make(&t, "NULL", &f) == -1);
	fault_clear(&f);
	CHECK(task_make(&t, "\t", &f) == -1);
	fault_clear(&f);
	CHECK(task_make(&t, "\xc3\xa9", &f) == -1);
	task_release(&t);
}

static void
gets(void)
{
	static const struct {
		const char *parameters, *wanted; /* of A */
	} table[] = {
	    {"", NULL},
	    {"{'name':'A','value':'1'}", "1"},
	    {"{'name':'B','value':'2'},{'name':'A','value':'1'}", "1"},
	    {"{'Name':'A','Value':'1'}", "1"},
	    {"{'NAME':'A','vAlUe':'1'}", "1"},
	    {"{'\\u006eame':'\\u0041','value':'\\u0031'}", "1"},
	    /* exact before any other spelling, wherever it stands */
	    {"{'Name':'B','name':'A','Value':'2','value':'1'}", "1"},
	    {"{'name':'A','Name':'B','value':'1','Value':'2'}", "1"},
	    {"{'Name':'B','NAME':'A','value':'1'}", NULL},
	    {"{'NAME':'A','Name':'B','value':'1'}", "1"},
	    {"{'value':null,'Value':'2','name':'A'}", NULL},
	    /* names of parameters are exact */
	    {"{'name':'a','value':'1'}", NULL},
	    {"{'name':'A ','value':'1'}", NULL},
	    /* not set */
	    {"{'name':'A'}", NULL},
	    {"{'name':'A','value':null}", NULL},
	    {"{'name':'A','value':''}", NULL},
	    {"{'name':'A','value':'NULL'}", NULL},
	    /* but these are */
	    {"{'name':'A','value':'null'}", "null"},
	    {"{'name':'A','value':'Null'}", "Null"},
	    {"{'name':'A','value':' '}", " "},
	    {"{'name':'A','value':'NULL '}", "NULL "},
	    /* numbers as their text */
	    {"{'name':'A','value':123456}", "123456"},
	    {"{'name':'A','value':0}", "0"},
	    {"{'name':'A','value':-1.50}", "-1.50"},
	    {"{'name':'A','value':12345678901234567890}",
		"12345678901234567890"},
	    {"{'name':'A','value':1e3}", "1e3"},
	    {"{'name':'A','value':true}", "true"},
	    {"{'name':'A','value':[1,{}]}", "[1,{}]"},
	    /* the first one counts, also when it is not set */
	    {"{'name':'A','value':'1'},{'name':'A','value':'2'}", "1"},
	    {"{'name':'A','value':''},{'name':'A','value':'2'}", NULL},
	    {"{'name':'A','value':'\\u00e9\\n\\\"'}", "\xc3\xa9\n\""},
	};
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	char text[1024];
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		(void)snprintf(
		    text, sizeof text, PARAMETERS("%s"), table[i].parameters);
		CHECK(parse(&t, text, &f) == 0);
		CHECK_TEXT(task_get(&t, "A"), table[i].wanted);
		check_written(&t, text);
	}
	task_release(&t);
}

static void
finds_members_of_the_object(void)
{
	static const struct {
		const char *in, *id, *a;
	} table[] = {
	    {"{'TASKID':'y','taskId':'x'}", "x", NULL},
	    {"{'taskId':'null'}", "null", NULL},
	    {"{'taskId':'x','TASKID':'y'}", "x", NULL},
	    {"{'TASKID':'y','taskid':'z'}", "y", NULL},
	    {"{'taskId':'x','TaskInformation':{'CustomContextParameters':"
	     "[{'name':'A','value':'1'}]}}",
		"x", "1"},
	    {"{'taskId':'x','TaskInformation':{'customContextParameters':"
	     "[{'name':'A','value':'2'}]},'taskInformation':"
	     "{'CUSTOMCONTEXTPARAMETERS':[{'name':'A','value':'3'}],"
	     "'customContextParameters':[{'name':'A','value':'1'}]}}",
		"x", "1"},
	    /* not at another place */
	    {"{'taskId':'x','customContextParameters':"
	     "[{'name':'A','value':'1'}]}",
		"x", NULL},
	    {"{'taskId':'x','a':{'taskId':'y','taskInformation':"
	     "{'customContextParameters':[{'name':'A','value':'1'}]}}}",
		"x", NULL},
	};
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		CHECK(parse(&t, table[i].in, &f) == 0);
		CHECK_TEXT(task_id(&t), table[i].id);
		CHECK_TEXT(task_get(&t, "A"), table[i].a);
		check_written(&t, table[i].in);
	}
	task_release(&t);
}

static const struct {
	const char *in, *value, *wanted; /* of A */
} changes[] = {
    {"{'taskId':'x'}", "1",
	"{'taskId':'x','taskInformation':{'customContextParameters':"
	"[{'name':'A','value':'1'}]}}"},
    {"{'taskId':'x','taskInformation':{}}", "1",
	"{'taskId':'x','taskInformation':{'customContextParameters':"
	"[{'name':'A','value':'1'}]}}"},
    {"{'taskInformation':{'b':[]},'taskId':'x'}", "1",
	"{'taskInformation':{'b':[],'customContextParameters':"
	"[{'name':'A','value':'1'}]},'taskId':'x'}"},
    {PARAMETERS(""), "1", PARAMETERS("{'name':'A','value':'1'}")},
    {PARAMETERS("{'name':'B','value':0.1}"), "1",
	PARAMETERS("{'name':'B','value':0.1},"
		   "{'name':'A','value':'1'}")},
    /* in its place, and nothing beside it */
    {PARAMETERS("{'a':0.1,'value':'0','name':'A','b':'\\/'},"
		"{'name':'B'}"),
	"1",
	PARAMETERS("{'a':0.1,'value':'1','name':'A','b':'\\/'},"
		   "{'name':'B'}")},
    {PARAMETERS("{'Name':'A','VALUE':null}"), "1",
	PARAMETERS("{'Name':'A','VALUE':'1'}")},
    {PARAMETERS("{'name':'A'}"), "1", PARAMETERS("{'name':'A','value':'1'}")},
    {PARAMETERS("{'name':'A','Value':'2','value':'3'}"), "1",
	PARAMETERS("{'name':'A','Value':'2','value':'1'}")},
    /* the same value: untouched */
    {PARAMETERS("{'name':'A','value':'\\u0031'}"), "1",
	PARAMETERS("{'name':'A','value':'\\u0031'}")},
    {PARAMETERS("{'name':'A','value':1}"), "1",
	PARAMETERS("{'name':'A','value':1}")},
    /* duplicates go, the first stays */
    {PARAMETERS("{'name':'A','value':'1'},{'name':'B'},"
		"{'name':'A','value':'2'}"),
	"1", PARAMETERS("{'name':'A','value':'1'},{'name':'B'}")},
    {PARAMETERS("{'name':'A','value':''},{'Name':'A','Value':'1'}"), "1",
	PARAMETERS("{'name':'A','value':'1'}")},
    {PARAMETERS("{'name':'A','value':'1'}"), "a\"\\\n\x01",
	PARAMETERS("{'name':'A','value':'a\\\"\\\\\\n\\u0001'}")},
    {PARAMETERS(""), "\xc3\xa9",
	PARAMETERS("{'name':'A','value':'"
		   "\xc3\xa9'}")},
};

static void
sets(void)
{
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(changes); i++) {
		CHECK(parse(&t, changes[i].in, &f) == 0);
		task_set(&t, "A", changes[i].value);
		CHECK_TEXT(task_get(&t, "A"), changes[i].value);
		check_written(&t, changes[i].wanted);
		CHECK(task_is_changed(&t) ==
		    (strcmp(changes[i].in, changes[i].wanted) != 0));
		/* A second time nothing changes. */
		task_set(&t, "A", changes[i].value);
		check_written(&t, changes[i].wanted);
	}
	task_release(&t);
}

static void
sets_many(void)
{
	struct buf out = BUF_INIT(TASK_MAX_WRITTEN);
	struct task t = TASK_INIT, again = TASK_INIT;
	struct fault f = FAULT_INIT;
	char name[16], value[16];
	int i, round;

	CHECK(task_make(&t, "x", &f) == 0);
	for (round = 0; round < 2; round++)
		for (i = 0; i < 500; i++) {
			(void)snprintf(name, sizeof name, "N%d", i);
			(void)snprintf(value, sizeof value, "%d", i + round);
			task_set(&t, name, value);
		}
	CHECK(task_write(&t, &out, &f) == 0);
	CHECK(task_parse(&again, out.data, out.len, &f) == 0);
	CHECK(again.parameter_count == 500);
	for (i = 0; i < 500; i++) {
		(void)snprintf(name, sizeof name, "N%d", i);
		(void)snprintf(value, sizeof value, "%d", i + 1);
		CHECK_TEXT(task_get(&again, name), value);
	}
	buf_release(&out);
	task_release(&t);
	task_release(&again);
}

/* What counts as not set does so for who set it and for who reads it next. */
static void
sets_what_is_not_set(void)
{
	static const struct {
		const char *value, *wanted;
	} table[] = {
	    {"", NULL}, {"NULL", NULL}, {"null", "null"}, {"NULL ", "NULL "}};
	struct buf out = BUF_INIT(TASK_MAX_WRITTEN);
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	size_t i, round;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		CHECK(
		    parse(&t, PARAMETERS("{'name':'A','value':'1'}"), &f) == 0);
		task_set(&t, "A", table[i].value);
		task_make_event(&t, "A", table[i].value);
		for (round = 0; round < 2; round++) {
			CHECK_TEXT(task_get(&t, "A"), table[i].wanted);
			CHECK_TEXT(task_event_value(&t), table[i].wanted);
			buf_clear(&out);
			CHECK(task_write(&t, &out, &f) == 0);
			CHECK(task_parse(&t, out.data, out.len, &f) == 0);
		}
	}
	buf_release(&out);
	task_release(&t);
}

static void
removes(void)
{
	static const struct {
		const char *in, *wanted; /* of A */
	} table[] = {
	    {"{'taskId':'x'}", "{'taskId':'x'}"},
	    {PARAMETERS(""), PARAMETERS("")},
	    {PARAMETERS("{'name':'B'}"), PARAMETERS("{'name':'B'}")},
	    {PARAMETERS("{'name':'A','value':'1'}"), PARAMETERS("")},
	    {PARAMETERS("{'name':'A','value':'1'},{'name':'B'}"),
		PARAMETERS("{'name':'B'}")},
	    {PARAMETERS("{'name':'B'},{'name':'A','value':'1'}"),
		PARAMETERS("{'name':'B'}")},
	    {PARAMETERS("{'name':'A'},{'name':'B'},{'Name':'A'},"
			"{'name':'C'},{'name':'A','value':''}"),
		PARAMETERS("{'name':'B'},{'name':'C'}")},
	};
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	const char *value;
	size_t i, cursor = 0;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		CHECK(parse(&t, table[i].in, &f) == 0);
		task_remove(&t, "A");
		CHECK(task_get(&t, "A") == NULL);
		check_written(&t, table[i].wanted);
		CHECK(task_is_changed(&t) ==
		    (strcmp(table[i].in, table[i].wanted) != 0));
	}
	/* What was removed can be set: at the end. */
	CHECK(parse(&t, PARAMETERS("{'name':'A','value':'1'},{'name':'B'}"),
		  &f) == 0);
	task_remove(&t, "A");
	task_set(&t, "A", "2");
	CHECK_TEXT(task_get(&t, "A"), "2");
	check_written(&t, PARAMETERS("{'name':'B'},{'name':'A','value':'2'}"));
	CHECK_TEXT(task_parameter_next(&t, &cursor, &value), "B");
	CHECK_TEXT(value, NULL);
	CHECK_TEXT(task_parameter_next(&t, &cursor, &value), "A");
	CHECK_TEXT(value, "2");
	CHECK(task_parameter_next(&t, &cursor, &value) == NULL);
	task_release(&t);
}

static void
events(void)
{
	static const struct {
		const char *in;
		bool is_event;
		const char *name, *value;
	} table[] = {
	    {"{'taskId':'x'}", false, NULL, NULL},
	    {"{'taskId':'x','updatedParameterValue':'1'}", false, NULL, "1"},
	    {"{'taskId':'x','updatedParameterName':'PIN',"
	     "'updatedParameterValue':'1'}",
		true, "PIN", "1"},
	    {"{'taskId':'x','UpdatedParameterName':'PIN',"
	     "'UPDATEDPARAMETERVALUE':1}",
		true, "PIN", "1"},
	    {"{'taskId':'x','UpdatedParameterName':'A',"
	     "'updatedParameterName':'PIN'}",
		true, "PIN", NULL},
	    {"{'taskId':'x','updatedParameterName':null}", true, NULL, NULL},
	    {"{'taskId':'x','updatedParameterName':''}", true, NULL, NULL},
	    {"{'taskId':'x','updatedParameterName':1}", true, NULL, NULL},
	    {"{'taskId':'x','updatedParameterName':[]}", true, NULL, NULL},
	    {"{'taskId':'x','updatedParameterName':'PIN',"
	     "'updatedParameterValue':null}",
		true, "PIN", NULL},
	    {"{'taskId':'x','updatedParameterName':'PIN',"
	     "'updatedParameterValue':''}",
		true, "PIN", NULL},
	    {"{'taskId':'x','updatedParameterName':'PIN',"
	     "'updatedParameterValue':'NULL'}",
		true, "PIN", NULL},
	    {"{'taskId':'x','event':null}", true, NULL, NULL},
	    {"{'taskId':'x','Event':'x','updatedParameterName':'PIN'}", true,
		"PIN", NULL},
	    {"{'taskId':'x','a':{'updatedParameterName':'PIN'}}", false, NULL,
		NULL},
	};
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		CHECK(parse(&t, table[i].in, &f) == 0);
		CHECK(task_is_event(&t) == table[i].is_event);
		CHECK_TEXT(task_event_name(&t), table[i].name);
		CHECK_TEXT(task_event_value(&t), table[i].value);
		check_written(&t, table[i].in);
	}
	task_release(&t);
}

static void
makes_events_and_states(void)
{
	static const struct {
		const char *in, *state, *event;
	} table[] = {
	    {"{'taskId':'x','a':1}", "{'taskId':'x','a':1}",
		"{'taskId':'x','a':1,'updatedParameterName':'N',"
		"'updatedParameterValue':'\\\"'}"},
	    {"{'event':'e','updatedParameterName':'A','taskId':'x',"
	     "'UpdatedParameterName':'B','updatedParameterValue':'1',"
	     "'UPDATEDPARAMETERVALUE':2,'Event':null}",
		"{'taskId':'x'}",
		"{'taskId':'x','updatedParameterName':'N',"
		"'updatedParameterValue':'\\\"'}"},
	};
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		CHECK(parse(&t, table[i].in, &f) == 0);
		task_make_state(&t);
		CHECK(!task_is_event(&t));
		CHECK(task_event_name(&t) == NULL);
		CHECK(task_event_value(&t) == NULL);
		check_written(&t, table[i].state);
		CHECK(parse(&t, table[i].in, &f) == 0);
		task_make_event(&t, "N", "\"");
		CHECK(task_is_event(&t));
		CHECK_TEXT(task_event_name(&t), "N");
		CHECK_TEXT(task_event_value(&t), "\"");
		check_written(&t, table[i].event);
		/* Another one in its place. */
		task_make_event(&t, "M", "");
		CHECK_TEXT(task_event_name(&t), "M");
		CHECK(task_event_value(&t) == NULL);
		task_make_state(&t);
		check_written(&t, table[i].state);
	}
	task_release(&t);
}

static void
empties_the_events_value(void)
{
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;

	CHECK(parse(&t,
		  "{'updatedParameterName':'PIN','UpdatedParameterValue':4711,"
		  "'taskId':'x','updatedParameterValue':'4711'}",
		  &f) == 0);
	task_empty_event_value(&t);
	CHECK(task_event_value(&t) == NULL);
	CHECK_TEXT(task_event_name(&t), "PIN");
	check_written(&t,
	    "{'updatedParameterName':'PIN','UpdatedParameterValue':'',"
	    "'taskId':'x','updatedParameterValue':''}");
	CHECK(
	    parse(&t, "{'taskId':'x','updatedParameterName':'PIN'}", &f) == 0);
	task_empty_event_value(&t);
	check_written(&t, "{'taskId':'x','updatedParameterName':'PIN'}");
	task_release(&t);
}

static void
text_that_is_not_utf8_is_not_written(void)
{
	struct buf out = BUF_INIT(TASK_MAX_WRITTEN);
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;

	CHECK(task_make(&t, "x", &f) == 0);
	task_set(&t, "A", "\xff");
	CHECK(task_write(&t, &out, &f) == -1);
	CHECK(f.status == STATUS_DATA);
	buf_release(&out);
	task_release(&t);
}

int
main(void)
{
	json_wipe_freed();
	RUN(reads_and_writes);
	RUN(limits);
	RUN(makes);
	RUN(gets);
	RUN(finds_members_of_the_object);
	RUN(sets);
	RUN(sets_many);
	RUN(sets_what_is_not_set);
	RUN(removes);
	RUN(events);
	RUN(makes_events_and_states);
	RUN(empties_the_events_value);
	RUN(text_that_is_not_utf8_is_not_written);
	return check_done();
}
