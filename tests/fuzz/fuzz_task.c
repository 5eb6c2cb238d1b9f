/*
 * Any bytes as a stream of tasks. What is taken for a task is written so that
 * it reads the same, to us and to jansson; and what is set is what is got.
 */
#include "common/text/json.h"
#include "common/file/stream.h"
#include "common/task/dependents.h"
#include "common/task/names.h"
#include "common/task/task.h"
#include "tests/fuzz/fuzz.h"

static bool
is_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct fault f = FAULT_INIT;
	json_t *left = NULL, *right = NULL;
	bool equal;

	MUST(json_parse(&left, a, a_len, &f) == 0);
	MUST(json_parse(&right, b, b_len, &f) == 0);
	equal = json_equal(left, right) == 1;
	json_decref(left);
	json_decref(right);
	return equal;
}

/* The task as text, which parses again and is written as it is. */
static void
check_text(const struct task *t, struct buf *out)
{
	struct buf again = BUF_INIT(TASK_MAX_WRITTEN);
	struct task other = TASK_INIT;
	struct fault f = FAULT_INIT;

	buf_clear(out);
	MUST(task_write(t, out, &f) == 0);
	/* What was set may have made it longer than what is read. */
	if (out->len <= TASK_MAX_LEN) {
		MUST(task_parse(&other, out->data, out->len, &f) == 0);
		MUST(strcmp(task_id(&other), task_id(t)) == 0);
		MUST(task_is_event(&other) == task_is_event(t));
		MUST(task_write(&other, &again, &f) == 0);
		MUST(again.len == out->len &&
		    memcmp(again.data, out->data, out->len) == 0);
	}
	task_release(&other);
	buf_release(&again);
}

static void
check_changes(struct task *t, struct buf *out)
{
	task_set(t, "A", "\"\xc3\xa9\n");
	MUST(strcmp(task_get(t, "A"), "\"\xc3\xa9\n") == 0);
	check_text(t, out);
	dependents_set(t, NAME_CUSTOMER_IDENTIFIER, "1");
	MUST(task_get(t, NAME_SMS_SENT) == NULL);
	check_text(t, out);
	task_empty_event_value(t);
	MUST(task_event_value(t) == NULL);
	check_text(t, out);
	task_make_event(t, NAME_PIN, "4711");
	MUST(strcmp(task_event_value(t), "4711") == 0);
	check_text(t, out);
	task_make_state(t);
	MUST(!task_is_event(t));
	task_remove(t, "A");
	MUST(task_get(t, "A") == NULL);
	check_text(t, out);
}

static void
check_object(const char *text, size_t len)
{
	struct buf out = BUF_INIT(TASK_MAX_WRITTEN);
	struct task t = TASK_INIT;
	struct fault f = FAULT_INIT;

	if (task_parse(&t, text, len, &f) == 0) {
		check_text(&t, &out);
		MUST(is_equal(text, len, out.data, out.len));
		check_changes(&t, &out);
	} else {
		MUST(f.status == STATUS_DATA && f.message[0] != '\0');
	}
	task_release(&t);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE];
	struct stream s;
	struct fault f = FAULT_INIT;
	enum stream_result r;
	size_t seen = 0;
	int fd = fuzz_file(path, data, size);

	stream_open(&s, fd, "fuzz");
	while ((r = stream_next(&s, true, &f)) != STREAM_END) {
		MUST(r == STREAM_OBJECT || r == STREAM_MALFORMED ||
		    r == STREAM_SKIPPED);
		MUST(s.len > 0);
		seen += s.len;
		fault_clear(&f);
		if (r == STREAM_OBJECT)
			check_object(s.text, s.len);
	}
	MUST(seen <= size);
	stream_release(&s);
	(void)close(fd);
	return 0;
}
