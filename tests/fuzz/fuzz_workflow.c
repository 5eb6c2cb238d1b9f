/*
 * Any bytes as a workflow: read, or refused with a message. Of one that is
 * read every finding has a call that the engine, on a real task, goes along
 * with; at its end is what was said.
 */
#include "cmd/twofa-flow/checker/checker.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/call_replay.h"

enum {
	MAX_STATES = 2000,
};

static const struct workflow_settings settings = {6, 4, 3};

static bool
is_at(const struct replay *r, const struct activity *a)
{
	const char *name = replay_get(r, NAME_FLOW_ACTIVITY);

	return strcmp(name == NULL ? r->w->start_name : name, a->name) == 0;
}

/* All steps but the last, which may lead nowhere. */
static bool
go_along(struct replay *r, const struct finding *finding)
{
	const struct check_step *step;
	size_t i;
	unsigned n;

	for (i = 0; i < finding->step_count; i++) {
		step = &finding->steps[i];
		MUST(step->times > 0);
		MUST(step->stimulus == STIMULUS_START || is_at(r, step->at));
		for (n = 0; n < step->times; n++)
			if (!replay_single(r, step)) {
				MUST(i == finding->step_count - 1);
				return false;
			}
	}
	return true;
}

static void
check_end(const struct replay *r, const struct finding *finding, bool ok)
{
	switch (finding->kind) {
	case FINDING_NO_ACTIVITY:
	case FINDING_NO_EXIT:
		MUST(ok || r->fault.status == STATUS_CONFIG);
		break;
	case FINDING_NOT_VERIFIED:
		MUST(ok && replay_is(r, NAME_FLOW_OUTCOME, VALUE_QUEUED));
		break;
	case FINDING_LOOP:
		MUST(finding->loop < finding->step_count);
		MUST(ok && is_at(r, finding->steps[finding->loop].at));
		break;
	case FINDING_DIGITS:
		/* Turned down, also where there is no way for who is. */
		MUST(ok || replay_leads_nowhere(r));
		break;
	case FINDING_NO_TIMEOUT:
		MUST(ok && is_at(r, finding->at));
		break;
	case FINDING_MESSAGES:
		MUST(ok && r->at.last.at == finding->at);
		break;
	case FINDING_NO_START:
	case FINDING_NOT_REACHED:
	default:
		MUST(finding->step_count == 0);
		break;
	}
}

static void
check_finding(const struct workflow *w, const struct finding *finding)
{
	struct replay r;

	MUST(finding->message[0] != '\0');
	MUST(replay_begin(&r, w));
	if (finding->step_count > 0)
		check_end(&r, finding, go_along(&r, finding));
	task_release(&r.task);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct workflow w = WORKFLOW_INIT;
	struct check_result result = CHECK_RESULT_INIT;
	struct fault f = FAULT_INIT;
	size_t i;

	if (workflow_parse(
		&w, "fuzz", (const char *)data, size, &settings, &f) == -1) {
		MUST(f.status == STATUS_CONFIG);
		MUST(strncmp(f.message, "fuzz: ", 6) == 0);
		return 0;
	}
	if (check_workflow(&w, MAX_STATES, &result, &f) == -1)
		MUST(f.status == STATUS_CONFIG &&
		    strncmp(f.message, "fuzz: ", 6) == 0);
	for (i = 0; f.status == 0 && i < result.count; i++)
		check_finding(&w, &result.findings[i]);
	check_release(&result);
	workflow_release(&w);
	return 0;
}
