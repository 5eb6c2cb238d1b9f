/*
 * twofa-flow check: what is wrong with a workflow, each shown by a call.
 */
#include "cmd/twofa-flow/commands.h"

#include "common/base/plain.h"
#include "cmd/twofa-flow/workflow_open.h"
#include "cmd/twofa-flow/checker/checker.h"
#include "common/task/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define INDENT "    "

enum {
	SAID_MAX = 8192, /* bytes; longer parts are cut */
};

/* A part of a line. Texts of the workflow and file names are made plain. */
static void PRINTF_LIKE(1, 2) say(const char *format, ...)
{
	char text[SAID_MAX];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	plain_make(text);
	(void)fputs(text, stdout);
}

static void
end_line(void)
{
	(void)fputs("\n", stdout);
}

static const char *
program(const struct trigger *t)
{
	const char *name = trigger_program(t);

	return plain_is_label(name) ? name : "its trigger";
}

/* A PIN is never printed. */
static void
print_value(const struct check_step *step)
{
	if (step->value == NULL)
		say("removes %s", step->parameter);
	else if (strcmp(step->parameter, NAME_PIN) == 0)
		say("sets %s", step->parameter);
	else
		say("sets %s = %s", step->parameter, step->value);
}

static void
print_keys(const struct check_step *step)
{
	/* A single key is a choice. */
	bool is_pin = step->at->parameter != NULL &&
	    strcmp(step->at->parameter, NAME_PIN) == 0 &&
	    strspn(step->value, "0123456789") > 1;

	if (step->value[0] == '\0')
		say("the caller enters nothing");
	else if (is_pin)
		say("the caller enters a PIN");
	else
		say("the caller enters %s", step->value);
}

static void
print_step(const struct check_step *step)
{
	say(INDENT "%s",
	    step->stimulus == STIMULUS_START ? "at the start" : step->at->name);
	if (step->stimulus != STIMULUS_NOTHING)
		say(": ");
	switch (step->stimulus) {
	case STIMULUS_START:
		say("%s = %s", step->parameter,
		    strcmp(step->parameter, NAME_PIN) == 0 ? "a PIN"
							   : step->value);
		break;
	case STIMULUS_KEYS:
		print_keys(step);
		break;
	case STIMULUS_RESULT:
		say("%s ", program(step->trigger));
		print_value(step);
		break;
	case STIMULUS_SETS:
		say("another program ");
		print_value(step);
		break;
	case STIMULUS_FAILURE:
		if (step->trigger == NULL)
			say("nobody answers");
		else
			say("%s fails", program(step->trigger));
		break;
	case STIMULUS_TIMEOUT:
		say("the time-out expires");
		break;
	case STIMULUS_NOTHING:
		break;
	}
	if (step->times > 1)
		say(", %u times", step->times);
	end_line();
}

/* A step on by itself is not printed after another step of its activity. */
static void
print_finding(const struct workflow *w, const struct finding *finding)
{
	const struct check_step *step, *before = NULL;
	size_t i;

	say("%s: %s", w->name, finding->message);
	end_line();
	for (i = 0; i < finding->step_count; i++) {
		step = &finding->steps[i];
		if (finding->kind == FINDING_LOOP && i == finding->loop)
			(void)fputs(INDENT "from here on, forever:\n", stdout);
		else if (step->stimulus == STIMULUS_NOTHING && before != NULL &&
		    before->stimulus != STIMULUS_NOTHING &&
		    before->stimulus != STIMULUS_START &&
		    before->at == step->at)
			continue;
		print_step(step);
		before = step;
	}
}

static void
print_result(const struct workflow *w, const struct check_result *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		print_finding(w, &r->findings[i]);
	if (r->count == 0)
		say("%s: in %zu states every call ends, and is queued only "
		    "with a verified PIN",
		    w->name, r->states);
	else if (r->left_out > 0)
		say("%s: and %zu more", w->name, r->left_out);
	else
		return;
	end_line();
}

static int
check(const struct settings *settings, const char *path, const char *builtin,
    struct fault *f)
{
	struct workflow w = WORKFLOW_INIT;
	struct check_result result = CHECK_RESULT_INIT;
	int r = -1;

	if (workflow_open(&w, settings, path, builtin, f) == 0 &&
	    check_workflow(&w, CHECK_MAX_STATES, &result, f) == 0) {
		print_result(&w, &result);
		r = result.count == 0 ? STATUS_OK : STATUS_NO;
	}
	check_release(&result);
	workflow_release(&w);
	return r;
}

int
flow_check(void *self, struct fault *f)
{
	const struct session *s = self;
	const struct settings *settings = s->settings;
	const char *path;
	size_t i;
	int r, status = STATUS_OK;

	if (workflow_operand(&path, "check", settings, f) == -1)
		return -1;
	if (path != NULL || settings->flow.workflow != NULL)
		return check(settings, path, NULL, f);
	for (i = 0; i < builtin_count; i++) {
		r = check(settings, NULL, builtins[i].name, f);
		if (r == -1)
			return -1;
		status = status_worse(status, r);
	}
	return status;
}
