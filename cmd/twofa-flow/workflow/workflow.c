#include "cmd/twofa-flow/workflow/workflow.h"

#include "common/task/names.h"

#include <stdlib.h>
#include <string.h>

void
workflow_release(struct workflow *w)
{
	free(w->activities);
	arena_release(&w->strings);
	*w = (struct workflow)WORKFLOW_INIT;
}

int
workflow_find(const struct workflow *w, const char *name)
{
	size_t i;

	for (i = 0; i < w->activity_count; i++)
		if (strcmp(w->activities[i].name, name) == 0)
			return (int)i;
	return -1;
}

const struct trigger *
workflow_trigger(const struct workflow *w, const char *parameter)
{
	size_t i;

	for (i = 0; i < w->trigger_count; i++)
		if (strcmp(w->triggers[i].parameter, parameter) == 0)
			return &w->triggers[i];
	return NULL;
}

const char *
trigger_program(const struct trigger *t)
{
	const char *slash = strrchr(t->argv[0], '/');

	return slash == NULL ? t->argv[0] : slash + 1;
}

bool
trigger_runs(const struct trigger *t, const char *program)
{
	return strcmp(trigger_program(t), program) == 0;
}

bool
trigger_sets(const struct trigger *t, const char *parameter)
{
	size_t i;

	for (i = 0; i < t->set_count; i++)
		if (strcmp(t->sets[i], parameter) == 0)
			return true;
	return false;
}

bool
trigger_verifies(const struct trigger *t)
{
	return strcmp(t->parameter, NAME_PIN) == 0 &&
	    trigger_runs(t, "twofa-verify");
}

const struct workflow_exit *
activity_exit(const struct activity *a, enum member kind, const char *key)
{
	const struct workflow_exit *e;
	size_t i;

	for (i = 0; i < a->exit_count; i++) {
		e = &a->exits[i];
		if (e->kind == kind &&
		    (e->key == NULL ||
			(key != NULL && strcmp(e->key, key) == 0)))
			return e;
	}
	return NULL;
}

bool
activity_collects(const struct activity *a)
{
	return a->type->asks && a->type->saves;
}

bool
activity_asks_for_pin(const struct activity *a)
{
	return activity_collects(a) && strcmp(a->parameter, NAME_PIN) == 0;
}

static const char *
find_language(const struct wording *w, const char *language, size_t len)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		if (w->list[i].language != NULL &&
		    strlen(w->list[i].language) == len &&
		    strncmp(w->list[i].language, language, len) == 0)
			return w->list[i].text;
	return NULL;
}

const char *
wording_find(const struct wording *w, const char *language)
{
	const char *text = NULL;

	if (language != NULL)
		text = find_language(w, language, strlen(language));
	if (language != NULL && text == NULL)
		text = find_language(w, language, strcspn(language, "_-"));
	if (text != NULL)
		return text;
	return w->count == 0 ? NULL : w->list[0].text;
}
