/*
 * Faults planted in the built-in workflow, each a small change to its JSON:
 * found, nothing else is, and the call that shows it does so on a real task.
 */
#include "cmd/twofa-flow/checker/checker.h"

#include "common/base/buf.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "common/text/json.h"
#include "tests/unit/check.h"
#include "tests/unit/call_replay.h"

static const struct workflow_settings settings = {6, 4, 3};

static const char *const kinds[] = {
    [FINDING_NO_START] = "no-start",
    [FINDING_NO_ACTIVITY] = "no-activity",
    [FINDING_NO_EXIT] = "no-exit",
    [FINDING_NO_TIMEOUT] = "no-timeout",
    [FINDING_DIGITS] = "digits",
    [FINDING_NOT_VERIFIED] = "not-verified",
    [FINDING_MESSAGES] = "messages",
    [FINDING_LOOP] = "loop",
    [FINDING_NOT_REACHED] = "not-reached",
};

/* In the place of from, behind the first near; both stand there. */
struct change {
	const char *near, *from, *to;
};

enum {
	MAX_CHANGES = 3,
	TEXT_MAX = 1 << 16,
};

struct plant {
	const char *name;
	struct change changes[MAX_CHANGES];
	const char *wanted; /* "KIND ACTIVITY; …" */
};

#define END_OF_LIST "\"NewCustomer\": {"

static const struct plant plants[] = {
    {"nothing", {{NULL, NULL, NULL}}, ""},
    /* --- a queue without a verified PIN ------------------------------- */
    {"the check is skipped",
	{{"\"WaitValidation\": {", "\"CheckValidation\"", "\"Verified\""}},
	"not-verified Agents; not-reached CheckValidation"},
    {"any other verdict will do",
	{{"\"OK\": \"Verified\"", "\"NotVerified\"", "\"Verified\""}},
	"not-verified Agents"},
    {"Failed will do",
	{{NULL, "\"OK\": \"Verified\"",
	    "\"OK\": \"Verified\", \"Failed\": \"Verified\""}},
	"not-verified Agents"},
    {"queued when the verdict is late",
	{{"\"ValidationCheck\", \"seconds\"", "\"timeout\": \"NotVerified\"",
	    "\"timeout\": \"Verified\""}},
	"not-verified Agents"},
    {"queued when the verifier fails",
	{{"\"ValidationCheck\", \"seconds\"", "\"failure\": \"NotVerified\"",
	    "\"failure\": \"Verified\""}},
	"not-verified Agents"},
    {"queued before anything",
	{{NULL, "\"1\": \"AskIdentifier\"",
	    "\"1\": \"AskIdentifier\", \"3\": \"Agents\""}},
	"not-verified Agents"},
    {"queued when nobody keys a PIN",
	{{"\"WaitValidation\", \"noInput\"", "\"NotVerified\"",
	    "\"Verified\""}},
	"not-verified Agents"},
    {"queued when the message was sent",
	{{NULL, "\"cases\": {\"Yes\": \"AskPIN\"}",
	    "\"cases\": {\"Yes\": \"AskPIN\", \"No\": \"Agents\"}"}},
	"not-verified Agents"},
    {"an old OK of the task will do",
	{{"\"Accept\": {", "\"AskCustomer\"}",
	    "\"Known\"}, \"Known\": {\"type\": \"check-parameter\", "
	    "\"parameter\": \"ValidationCheck\", "
	    "\"cases\": {\"OK\": \"Agents\"}, "
	    "\"otherwise\": \"AskCustomer\"}"}},
	"not-verified Agents"},
    {"an old OK is waited for",
	{{NULL, "\"Yes\": \"AskPIN\"", "\"Yes\": \"WaitValidation\""}},
	"not-verified Agents; not-reached AskPIN"},
    {"the workflow says OK itself",
	{{"\"WaitValidation\": {", "\"CheckValidation\"", "\"Say\""},
	    {NULL, END_OF_LIST,
		"\"Say\": {\"type\": \"save-parameter\", "
		"\"parameter\": \"ValidationCheck\", \"value\": \"OK\", "
		"\"next\": \"CheckValidation\"}, " END_OF_LIST}},
	"not-verified Agents"},
    {"the workflow knows a PIN",
	{{NULL, "\"Yes\": \"AskPIN\"", "\"Yes\": \"KnowPIN\""},
	    {NULL, "\"retries\": 1, \"next\": \"WaitValidation\"",
		"\"retries\": 1, \"next\": \"AskPIN\""},
	    {NULL, END_OF_LIST,
		"\"KnowPIN\": {\"type\": \"save-parameter\", "
		"\"parameter\": \"PIN\", \"value\": \"1234\", "
		"\"next\": \"WaitValidation\"}, " END_OF_LIST}},
	"not-verified Agents; not-reached AskPIN"},
    {"the workflow takes the verdict back",
	{{NULL, "\"OK\": \"Verified\"", "\"OK\": \"Say\""},
	    {NULL, END_OF_LIST,
		"\"Say\": {\"type\": \"save-parameter\", "
		"\"parameter\": \"ValidationCheck\", \"value\": \"Failed\", "
		"\"next\": \"Verified\"}, " END_OF_LIST}},
	"not-verified Agents"},
    {"a verdict that comes late, on another customer",
	{{NULL, "\"retries\": 1, \"next\": \"WaitValidation\"",
	     "\"retries\": 1, \"next\": \"Other\""},
	    {NULL, END_OF_LIST,
		"\"Other\": {\"type\": \"save-parameter\", "
		"\"parameter\": \"CustomerIdentifier\", \"value\": \"111111\", "
		"\"next\": \"WaitValidation\"}, " END_OF_LIST},
	    {NULL, "\"CustomerIdentifier\": {\"run\"",
		"\"Nothing\": {\"run\""}},
	"not-verified Agents"},
    {"another program verifies", {{NULL, "\"twofa-verify\"", "\"my-verify\""}},
	"not-verified Agents"},
    {"a program that is called alike",
	{{NULL, "\"twofa-verify\"", "\"twofa-verify-not\""}},
	"not-verified Agents"},
    {"nobody is asked to verify",
	{{NULL, "\"PIN\": {\"run\"", "\"Nothing\": {\"run\""}},
	"not-verified Agents"},
    {"another customer after the PIN",
	{{NULL, "\"OK\": \"Verified\"", "\"OK\": \"AskOther\""},
	    {NULL, END_OF_LIST,
		"\"AskOther\": {\"type\": \"collect-information\", "
		"\"text\": \"Who?\", \"parameter\": \"CustomerIdentifier\", "
		"\"digits\": 6, \"seconds\": 9, \"next\": \"Verified\", "
		"\"noInput\": \"NotVerified\"}, " END_OF_LIST}},
	"not-verified Agents"},
    {"another customer between the PIN and its verdict",
	{{NULL, "\"retries\": 1, \"next\": \"WaitValidation\"",
	     "\"retries\": 1, \"next\": \"AskOther\""},
	    {NULL, END_OF_LIST,
		"\"AskOther\": {\"type\": \"collect-information\", "
		"\"text\": \"Who?\", \"parameter\": \"CustomerIdentifier\", "
		"\"digits\": 6, \"seconds\": 9, \"next\": \"WaitValidation\", "
		"\"noInput\": \"NotVerified\"}, " END_OF_LIST}},
	"not-verified Agents"},
    {"another PIN after the check",
	{{NULL, "\"OK\": \"Verified\"", "\"OK\": \"AskMore\""},
	    {NULL, END_OF_LIST,
		"\"AskMore\": {\"type\": \"collect-information\", "
		"\"text\": \"Again\", \"parameter\": \"PIN\", "
		"\"digits\": 4, \"seconds\": 9, \"next\": \"Verified\", "
		"\"noInput\": \"NotVerified\"}, " END_OF_LIST}},
	"not-verified Agents"},
    {"a trigger changes the customer after the check",
	{{NULL, "\"OK\": \"Verified\"", "\"OK\": \"Note\""},
	    {NULL, END_OF_LIST,
		"\"Note\": {\"type\": \"save-parameter\", "
		"\"parameter\": \"Noted\", \"value\": \"Yes\", "
		"\"next\": \"Verified\"}, " END_OF_LIST},
	    {NULL, "\"triggers\": {",
		"\"triggers\": {\"Noted\": {\"run\": [\"note\"], "
		"\"sets\": [\"CustomerIdentifier\"]}, "}},
	"not-verified Agents"},
    {"the verifier changes the customer",
	{{NULL, "\"sets\": [\"ValidationCheck\"",
	    "\"sets\": [\"CustomerIdentifier\", \"ValidationCheck\""}},
	"not-verified Agents"},
    /* --- messages ------------------------------------------------------ */
    {"none is allowed", {{NULL, "\"maxSMS\": 1", "\"maxSMS\": 0"}},
	"messages StartValidation"},
    {"a second one in a loop",
	{{"\"Yes\": \"AskPIN\"", "\"NotVerified\"", "\"StartValidation\""},
	    {"\"StartValidation\": {", "\"value\"",
		"\"max\": 2, \"exceeded\": \"NotVerified\", \"value\""}},
	"messages StartValidation"},
    {"a second one after the check",
	{{NULL, "\"OK\": \"Verified\"", "\"OK\": \"Again\""},
	    {NULL, END_OF_LIST,
		"\"Again\": {\"type\": \"save-parameter\", "
		"\"parameter\": \"StartValidation\", \"value\": \"Resend\", "
		"\"next\": \"Verified\"}, " END_OF_LIST}},
	"not-verified Agents; messages Again"},
    /* --- loops --------------------------------------------------------- */
    {"the PIN again for ever",
	{{"\"OK\": \"Verified\"", "\"NotVerified\"", "\"AskPIN\""}},
	"loop AskPIN"},
    {"the menu again for ever",
	{{"\"noResponse\"", "\"NotVerified\"", "\"AskCustomer\""}},
	"loop AskCustomer"},
    {"a key that comes back",
	{{NULL, "\"2\": \"NewCustomer\"",
	    "\"2\": \"NewCustomer\", \"9\": \"Accept\""}},
	"loop Accept"},
    {"no move needs the outside",
	{{"\"Accept\": {", "\"AskCustomer\"}", "\"Hello\"}"},
	    {NULL, END_OF_LIST,
		"\"Hello\": {\"type\": \"announcement\", \"text\": \"Hello\", "
		"\"next\": \"Which\"}, \"Which\": {\"type\": "
		"\"check-parameter\", \"parameter\": \"Kind\", "
		"\"cases\": {\"ours\": \"AskCustomer\"}, "
		"\"otherwise\": \"Hello\"}, " END_OF_LIST}},
	"loop Hello"},
    {"beyond its max it comes back",
	{{"\"OK\": \"Verified\"", "\"NotVerified\"", "\"AskPIN\""},
	    {"\"AskPIN\": {", "\"text\"",
		"\"max\": 2, \"exceeded\": \"AskCustomer\", \"text\""},
	    {NULL, "\"maxSMS\": 1", "\"maxSMS\": 100"}},
	"messages StartValidation; loop AskCustomer"},
    {"a wait again for ever",
	{{"\"SMSSent\", \"seconds\"", "\"timeout\": \"NotVerified\"",
	    "\"timeout\": \"WaitSent\""}},
	"loop WaitSent"},
    /* --- time-outs ----------------------------------------------------- */
    {"a wait without one",
	{{"\"CustomerRecognized\", \"seconds\"", "\"next\"", "\"next\""},
	    {NULL, "\"CustomerRecognized\", \"seconds\": 30",
		"\"CustomerRecognized\""}},
	"no-timeout WaitRecognized"},
    {"the last wait without one",
	{{NULL, "\"ValidationCheck\", \"seconds\": 30", "\"ValidationCheck\""}},
	"no-timeout WaitValidation"},
    {"a menu without one", {{NULL, "\"seconds\": 10, ", ""}},
	"no-timeout AskCustomer"},
    {"a question without one",
	{{NULL, "\"seconds\": 60, \"digitSeconds\"", "\"digitSeconds\""}},
	"no-timeout AskPIN"},
    /* --- exits --------------------------------------------------------- */
    {"nowhere to begin",
	{{NULL, "\"start\": \"Accept\"", "\"start\": \"Begin\""}},
	"no-start -"},
    {"a time-out that leads nowhere",
	{{"\"SMSSent\", \"seconds\"", "\"timeout\": \"NotVerified\"",
	    "\"timeout\": \"Nowhere\""}},
	"no-activity WaitSent"},
    {"a failure that leads nowhere",
	{{"\"SMSSent\", \"seconds\"", "\"failure\": \"NotVerified\"",
	    "\"failure\": \"Nowhere\""}},
	"no-activity WaitSent"},
    {"a key that leads nowhere",
	{{NULL, "\"2\": \"NewCustomer\"",
	    "\"2\": \"NewCustomer\", \"#\": \"Nowhere\""}},
	"no-activity AskCustomer"},
    {"a value that leads nowhere",
	{{NULL, "\"Yes\": \"AskPIN\"",
	    "\"Yes\": \"AskPIN\", \"No\": \"Nowhere\""}},
	"no-activity CheckSent"},
    {"two that lead nowhere",
	{{"\"SMSSent\", \"seconds\"", "\"timeout\": \"NotVerified\"",
	     "\"timeout\": \"Nowhere\""},
	    {"\"SMSSent\", \"seconds\"", "\"failure\": \"NotVerified\"",
		"\"failure\": \"Neither\""}},
	"no-activity WaitSent; no-activity WaitSent"},
    {"no time-out",
	{{"\"SMSSent\", \"seconds\"", "\"timeout\": \"NotVerified\", ", ""}},
	"no-exit WaitSent"},
    {"no failure",
	{{"\"SMSSent\", \"seconds\"", ", \"failure\": \"NotVerified\"", ""}},
	"no-exit WaitSent"},
    {"no input", {{NULL, ", \"noInput\": \"NotVerified\"", ""}},
	"no-exit AskIdentifier"},
    {"no other value",
	{{"\"OK\": \"Verified\"", ", \"otherwise\": \"NotVerified\"", ""}},
	"no-exit CheckValidation"},
    {"nothing next", {{"\"Verified\": {", ", \"next\": \"Agents\"", ""}},
	"no-exit Verified"},
    {"nothing beyond a max",
	{{"\"OK\": \"Verified\"", "\"NotVerified\"", "\"AskPIN\""},
	    {"\"AskPIN\": {", "\"text\"", "\"max\": 2, \"text\""}},
	"no-exit AskPIN"},
    /* --- digits, and what is never reached ---------------------------- */
    {"other digits of a PIN", {{NULL, "\"pin_digits\"", "6"}}, "digits AskPIN"},
    {"other digits of an identifier", {{NULL, "\"identifier_digits\"", "7"}},
	"digits AskIdentifier"},
    {"other digits, and no way for whom it turns down",
	{{NULL, "\"pin_digits\"", "6"},
	    {"\"AskPIN\": {", "\"retries\": 1, ", ""},
	    {"\"AskPIN\": {", ", \"noInput\": \"NotVerified\"", ""}},
	"no-exit AskPIN; digits AskPIN"},
    {"nobody comes there",
	{{NULL, END_OF_LIST,
	    "\"Lost\": {\"type\": \"disconnect\"}, " END_OF_LIST}},
	"not-reached Lost"},
    {"a check that was decided before",
	{{NULL, "\"Yes\": \"AskPIN\"", "\"Yes\": \"CheckAgain\""},
	    {NULL, END_OF_LIST,
		"\"CheckAgain\": {\"type\": \"check-parameter\", "
		"\"parameter\": \"SMSSent\", \"cases\": {\"Yes\": \"AskPIN\"}, "
		"\"otherwise\": \"Lost\"}, "
		"\"Lost\": {\"type\": \"disconnect\"}, " END_OF_LIST}},
	"not-reached Lost"},
};

/* Workflows that differ from it and are as good. */
static const struct plant controls[] = {
    {"the PIN three times",
	{{"\"OK\": \"Verified\"", "\"NotVerified\"", "\"AskPIN\""},
	    {"\"AskPIN\": {", "\"text\"",
		"\"max\": \"max_attempts\", \"exceeded\": \"NotVerified\", "
		"\"text\""}},
	""},
    {"three messages",
	{{NULL, "\"maxSMS\": 1", "\"maxSMS\": 3"},
	    {"\"Yes\": \"AskPIN\"", "\"NotVerified\"", "\"StartValidation\""},
	    {"\"StartValidation\": {", "\"value\"",
		"\"max\": 3, \"exceeded\": \"NotVerified\", \"value\""}},
	""},
    {"the customer a second time",
	{{"\"cases\": {\"Yes\": \"StartValidation\"}", "\"NotVerified\"",
	     "\"AskIdentifier\""},
	    {"\"AskIdentifier\": {", "\"text\"",
		"\"max\": 2, \"exceeded\": \"NotVerified\", \"text\""}},
	""},
    {"the program has a directory and arguments",
	{{NULL, "\"twofa-verify\"",
	    "\"/usr/local/bin/twofa-verify\", \"-k\", \"key\""}},
	""},
    {"a verdict of the sender is forgotten when the PIN is keyed",
	{{NULL, "\"SMSSent\", \"GeneratedPIN\"",
	    "\"SMSSent\", \"ValidationCheck\""}},
	""},
    {"why it failed",
	{{"\"OK\": \"Verified\"", "\"otherwise\": \"NotVerified\"",
	     "\"otherwise\": \"Why\""},
	    {NULL, END_OF_LIST,
		"\"Why\": {\"type\": \"check-parameter\", "
		"\"parameter\": \"TwofaReason\", "
		"\"cases\": {\"wrong\": \"Wrong\", \"expired\": \"Late\"}, "
		"\"otherwise\": \"NotVerified\"}, "
		"\"Wrong\": {\"type\": \"disconnect\"}, "
		"\"Late\": {\"type\": \"disconnect\"}, " END_OF_LIST}},
	""},
    {"a menu before the agent",
	{{NULL, "\"next\": \"Agents\"", "\"next\": \"Menu\""},
	    {NULL, END_OF_LIST,
		"\"Menu\": {\"type\": \"input-customer\", \"text\": \"1\", "
		"\"seconds\": 9, \"retries\": 2, "
		"\"choices\": {\"1\": \"Agents\"}, "
		"\"noResponse\": \"Agents\"}, " END_OF_LIST}},
	""},
};

static bool
replace(struct buf *text, const struct change *c)
{
	struct fault f = FAULT_INIT;
	struct buf out = BUF_INIT(TEXT_MAX);
	const char *near, *at;
	bool ok = false;

	near = c->near == NULL ? text->data : strstr(text->data, c->near);
	at = near == NULL ? NULL : strstr(near, c->from);
	if (at != NULL &&
	    buf_append(&out, text->data, (size_t)(at - text->data), &f) == 0 &&
	    buf_append_text(&out, c->to, &f) == 0 &&
	    buf_append_text(&out, at + strlen(c->from), &f) == 0) {
		buf_clear(text);
		ok = buf_append(text, out.data, out.len, &f) == 0;
	}
	buf_release(&out);
	return ok;
}

/* The built-in workflow with one blank for each line end and its indentation.
 */
static int
one_line(struct buf *text, struct fault *f)
{
	const char *at;
	size_t len;

	for (at = builtin_find("call"); *at != '\0'; at += len) {
		if (buf_append_char(text, ' ', f) == -1)
			return -1;
		at += strspn(at, "\n ");
		len = strcspn(at, "\n ");
		if (buf_append(text, at, len, f) == -1)
			return -1;
	}
	return 0;
}

static bool
build(struct workflow *w, struct buf *text, const struct plant *p,
    struct fault *f)
{
	size_t i;

	if (one_line(text, f) == -1)
		return false;
	for (i = 0; i < MAX_CHANGES && p->changes[i].from != NULL; i++)
		if (!replace(text, &p->changes[i])) {
			(void)fault_set(f, STATUS_BUG, "change %zu", i);
			return false;
		}
	return workflow_parse(
		   w, p->name, text->data, text->len, &settings, f) == 0;
}

static void
describe(const struct check_result *r, struct buf *out)
{
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < r->count; i++)
		CHECK(buf_printf(out, &f, "%s%s %s", i > 0 ? "; " : "",
			  kinds[r->findings[i].kind],
			  r->findings[i].at == NULL
			      ? "-"
			      : r->findings[i].at->name) == 0);
}

static void
check_plant(const struct plant *p)
{
	struct workflow w = WORKFLOW_INIT;
	struct check_result r = CHECK_RESULT_INIT;
	struct buf text = BUF_INIT(TEXT_MAX), got = BUF_INIT(TEXT_MAX);
	struct fault f = FAULT_INIT;
	size_t i;

	if (!build(&w, &text, p, &f) ||
	    check_workflow(&w, CHECK_MAX_STATES, &r, &f) == -1) {
		printf("# %s: %s\n", p->name, f.message);
		CHECK(false);
	} else {
		describe(&r, &got);
		if (strcmp(buf_text(&got), p->wanted) != 0)
			printf("# %s\n", p->name);
		CHECK_TEXT(buf_text(&got), p->wanted);
		for (i = 0; i < r.count; i++)
			if (!replay_proves(&w, &r.findings[i])) {
				printf("# %s\n", p->name);
				CHECK(false);
			}
	}
	check_release(&r);
	workflow_release(&w);
	buf_release(&text);
	buf_release(&got);
}

static void
planted_faults(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(plants); i++)
		check_plant(&plants[i]);
}

static void
good_workflows(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(controls); i++)
		check_plant(&controls[i]);
}

static void
built_in_workflows(void)
{
	struct workflow w = WORKFLOW_INIT;
	struct check_result r = CHECK_RESULT_INIT;
	struct fault f = FAULT_INIT;
	size_t i;

	for (i = 0; i < builtin_count; i++) {
		CHECK(workflow_parse(&w, builtins[i].name, builtins[i].json,
			  strlen(builtins[i].json), &settings, &f) == 0);
		CHECK(check_workflow(&w, CHECK_MAX_STATES, &r, &f) == 0);
		CHECK(r.count == 0 && r.left_out == 0 && r.states > 0);
		printf("# %s: %zu states\n", w.name, r.states);
		check_release(&r);
		workflow_release(&w);
	}
}

/* --- what cannot be looked at, and is not proven then ----------------------
 */

static void
refused(const struct workflow *w, size_t max_states, const char *wanted)
{
	struct check_result r = CHECK_RESULT_INIT;
	struct fault f = FAULT_INIT;

	CHECK(check_workflow(w, max_states, &r, &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(f.message, wanted);
	check_release(&r);
}

static void
too_many_states(void)
{
	struct workflow w = WORKFLOW_INIT;
	struct check_result r = CHECK_RESULT_INIT;
	struct fault f = FAULT_INIT;
	const char *call = builtin_find("call");
	size_t states;

	CHECK(
	    workflow_parse(&w, "call", call, strlen(call), &settings, &f) == 0);
	CHECK(check_workflow(&w, CHECK_MAX_STATES, &r, &f) == 0);
	states = r.states;
	check_release(&r);
	refused(
	    &w, 1, "call: more than 1 states: too many to check every call");
	CHECK(check_workflow(&w, states, &r, &f) == 0 && r.count == 0);
	check_release(&r);
	CHECK(check_workflow(&w, states - 1, &r, &f) == -1);
	check_release(&r);
	workflow_release(&w);
}

/* A chain of checks, each on a parameter or for a value of its own. */
static void
chain(struct workflow *w, int length, bool one_parameter)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct fault f = FAULT_INIT;
	int i;

	CHECK(buf_append_text(
		  &text, "{\"start\":\"A0\",\"activities\":{", &f) == 0);
	for (i = 0; i < length; i++)
		CHECK(buf_printf(&text, &f,
			  "\"A%d\":{\"type\":\"check-parameter\","
			  "\"parameter\":\"P%d\",\"cases\":{\"v%d\":\"End\"},"
			  "\"otherwise\":\"A%d\"},",
			  i, one_parameter ? 0 : i, i, i + 1) == 0);
	CHECK(buf_printf(&text, &f,
		  "\"A%d\":{\"type\":\"accept\",\"next\":\"End\"},"
		  "\"End\":{\"type\":\"disconnect\"}}}",
		  length) == 0);
	CHECK(workflow_parse(w, "chain", text.data, text.len, &settings, &f) ==
	    0);
	buf_release(&text);
}

static void
too_many_parameters(void)
{
	struct workflow w = WORKFLOW_INIT;

	chain(&w, CHECK_MAX_PARAMETERS + 1, false);
	refused(&w, CHECK_MAX_STATES,
	    "chain: more than 64 parameters: too many to check every call");
	workflow_release(&w);
}

static void
too_many_values(void)
{
	struct workflow w = WORKFLOW_INIT;
	struct check_result r = CHECK_RESULT_INIT;
	struct fault f = FAULT_INIT;

	chain(&w, 125, true);
	CHECK(check_workflow(&w, CHECK_MAX_STATES, &r, &f) == 0);
	CHECK(r.count == 0);
	check_release(&r);
	workflow_release(&w);
	chain(&w, 126, true);
	refused(&w, CHECK_MAX_STATES,
	    "chain: more than 125 values of a parameter: too many to check "
	    "every call");
	workflow_release(&w);
}

/* Each is found, those beyond the limit are counted. */
static void
many_findings(void)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct workflow w = WORKFLOW_INIT;
	struct check_result r = CHECK_RESULT_INIT;
	struct fault f = FAULT_INIT;
	int i;

	CHECK(buf_append_text(&text,
		  "{\"start\":\"End\",\"activities\":{"
		  "\"End\":{\"type\":\"disconnect\"}",
		  &f) == 0);
	for (i = 0; i < 100; i++)
		CHECK(buf_printf(&text, &f,
			  ",\"A%d\":{\"type\":\"disconnect\"}", i) == 0);
	CHECK(buf_append_text(&text, "}}", &f) == 0);
	CHECK(workflow_parse(&w, "many", text.data, text.len, &settings, &f) ==
	    0);
	CHECK(check_workflow(&w, CHECK_MAX_STATES, &r, &f) == 0);
	CHECK(r.count == CHECK_MAX_FINDINGS &&
	    r.left_out == 100 - CHECK_MAX_FINDINGS);
	CHECK_TEXT(r.findings[0].message, "A0: no call reaches it");
	check_release(&r);
	workflow_release(&w);
	buf_release(&text);
}

int
main(void)
{
	json_wipe_freed();
	RUN(built_in_workflows);
	RUN(planted_faults);
	RUN(good_workflows);
	RUN(too_many_states);
	RUN(too_many_parameters);
	RUN(too_many_values);
	RUN(many_findings);
	return check_done();
}
