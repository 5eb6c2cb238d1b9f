#include "cmd/twofa-flow/workflow_open.h"

#include "common/base/prog.h"
#include "cmd/twofa-flow/checker/checker.h"
#include "common/file/file.h"

#include <string.h>

/* The Makefile makes strings of these files. */
static const char call[] =
#include "cmd/twofa-flow/workflow/call.json.inc"
    ;

/*
 * Every way back to the PIN is through AskPIN, whose visits are limited; Again
 * limits how often a PIN is sent. Restore gets back what was there before a
 * message that was not sent again: it never sends, but counts as if it did.
 * With more limits check_workflow() would have too many states to visit.
 */
static const char desk[] =
#include "cmd/twofa-flow/workflow/desk.json.inc"
    ;

const struct builtin builtins[] = {
    {"call", call},
    {"desk", desk},
};

const size_t builtin_count = ARRAY_LEN(builtins);

const char *
builtin_find(const char *name)
{
	size_t i;

	for (i = 0; i < builtin_count; i++)
		if (strcmp(builtins[i].name, name) == 0)
			return builtins[i].json;
	return NULL;
}

static struct workflow_settings
workflow_settings(const struct settings *settings)
{
	return (struct workflow_settings){
	    .identifier_digits = settings->identifier_digits,
	    .pin_digits = settings->pin.digits,
	    .max_attempts = settings->pin.max_attempts,
	};
}

int
workflow_open_builtin(struct workflow *w, const struct settings *settings,
    const char *name, struct fault *f)
{
	const char *json = builtin_find(name);
	struct workflow_settings s = workflow_settings(settings);

	return workflow_parse(w, name, json, strlen(json), &s, f);
}

static int
open_file(struct workflow *w, const char *path,
    const struct workflow_settings *s, struct fault *f)
{
	struct buf text = BUF_INIT(WORKFLOW_MAX_LEN);
	int r = -1;

	if (file_load(path, FILE_TRUSTED, &text, f) == 0)
		r = workflow_parse(w, path, text.data, text.len, s, f);
	buf_release(&text);
	return r;
}

int
workflow_open(struct workflow *w, const struct settings *settings,
    const char *path, const char *builtin, struct fault *f)
{
	const char *setting = settings->flow.workflow;
	struct workflow_settings s = workflow_settings(settings);

	if (path != NULL)
		return open_file(w, path, &s, f);
	if (setting == NULL)
		return workflow_open_builtin(w, settings, builtin, f);
	return open_file(w, setting, &s, f) == 0
	    ? 0
	    : settings_blame(settings, &settings->flow.workflow, f);
}

int
workflow_open_checked(struct workflow *w, const struct settings *settings,
    const char *builtin, struct fault *f)
{
	struct check_result result = CHECK_RESULT_INIT;
	int r;

	if (workflow_open(w, settings, NULL, builtin, f) == -1)
		return -1;
	r = check_workflow(w, CHECK_MAX_STATES, &result, f);
	if (r == 0 && result.count > 0)
		r = fault_set(f, STATUS_CONFIG, "%s: %s; see %s check %s",
		    w->name, result.findings[0].message, prog_name(), w->name);
	check_release(&result);
	if (r == -1 && settings->flow.workflow != NULL)
		return settings_blame(settings, &settings->flow.workflow, f);
	return r;
}

int
workflow_operand(const char **path, const char *command,
    const struct settings *settings, struct fault *f)
{
	bool is_given = settings_is_option(settings, &settings->flow.workflow);

	if (settings->operand_count + (is_given ? 1 : 0) > 1)
		return fault_set(f, STATUS_USAGE,
		    "%s: give one workflow, by -w or as a file; see %s --help",
		    command, prog_name());
	*path = settings->operand_count > 0 ? settings->operands[0] : NULL;
	return 0;
}
