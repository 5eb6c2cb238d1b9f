#include "cmd/twofa-flow/workflow/picture.h"

#include "tests/unit/check.h"

/* What the pictures show is seen in tests/flow-graph.bats. */
static const char json[] =
    "{\"start\":\"A\",\"activities\":{"
    "\"A\":{\"type\":\"save-parameter\",\"parameter\":\"P\","
    "\"value\":\"&\\\"\",\"next\":\"B\"},"
    "\"B\":{\"type\":\"check-parameter\",\"parameter\":\"P\","
    "\"cases\":{\"<\":\"C\"},\"otherwise\":\"D\"},"
    "\"C\":{\"type\":\"queue\",\"to\":\"q\"}},"
    "\"triggers\":{\"P\":{\"run\":[\"p\\u0001\"],\"sets\":[\"S\"]}}}";

static void
open_workflow(struct workflow *w)
{
	const struct workflow_settings settings = {6, 4, 3};
	struct fault f = FAULT_INIT;

	CHECK(workflow_parse(w, "test", json, sizeof json - 1, &settings, &f) ==
	    0);
}

/* Wherever there is no more room, that is the end, and the one fault. */
static void
fails_without_room(void)
{
	struct workflow w = WORKFLOW_INIT;
	struct buf whole = BUF_INIT(GRAPH_MAX_LEN);
	struct fault ok = FAULT_INIT;
	enum graph_language language;
	size_t max;

	open_workflow(&w);
	for (language = GRAPH_DOT; language <= GRAPH_MERMAID; language++) {
		buf_clear(&whole);
		CHECK(graph_draw(&w, language, &whole, &ok) == 0);
		CHECK(whole.len > 200);
		for (max = 0; max < whole.len; max++) {
			struct buf out = BUF_INIT(max);
			struct fault f = FAULT_INIT;

			CHECK(graph_draw(&w, language, &out, &f) == -1);
			CHECK(f.status == STATUS_DATA);
			CHECK(out.len == 0 ||
			    memcmp(out.data, whole.data, out.len) == 0);
			buf_release(&out);
		}
	}
	buf_release(&whole);
	workflow_release(&w);
}

static void
appends(void)
{
	struct workflow w = WORKFLOW_INIT;
	struct buf out = BUF_INIT(GRAPH_MAX_LEN);
	struct fault f = FAULT_INIT;

	open_workflow(&w);
	CHECK(buf_append_text(&out, "x", &f) == 0);
	CHECK(graph_draw(&w, GRAPH_DOT, &out, &f) == 0);
	CHECK(strncmp(buf_text(&out), "xdigraph", 8) == 0);
	buf_release(&out);
	workflow_release(&w);
}

int
main(void)
{
	RUN(fails_without_room);
	RUN(appends);
	return check_done();
}
