/*
 * From JSON to a workflow. What a member is called, which activities have it
 * and what form it has stands in workflow_table.c.
 */
#include "cmd/twofa-flow/workflow/workflow_inside.h"

#include "common/text/json.h"

#include <stdlib.h>
#include <string.h>

static const char phone_keys[] = "0123456789*#";

/* The target may stand further down: it is found when all are read. */
static int
add_exit(struct workflow *w, struct activity *a, enum exit_kind kind,
    const char *key, const json_t *value, struct fault *f)
{
	struct workflow_exit *e;

	if (a->exit_count == WORKFLOW_MAX_EXITS)
		return workflow_bad(f, "at most 32 exits");
	e = &a->exits[a->exit_count++];
	e->kind = kind;
	e->key = key;
	e->to = -1;
	return workflow_read_name(w, &e->target, value, f);
}

static int
add_keyed_exits(struct workflow *w, struct activity *a, enum exit_kind kind,
    json_t *value, struct fault *f)
{
	const char *key, *kept;
	json_t *target;

	if (json_object_size(value) == 0)
		return workflow_bad(f, "an object of keys and activities");
	json_object_foreach(value, key, target)
	{
		if (kind == EXIT_CHOICE &&
		    (strlen(key) != 1 || strchr(phone_keys, key[0]) == NULL))
			return workflow_bad(
			    f, "keys of a telephone: 0 to 9, * and #");
		if (kind == EXIT_CASE &&
		    (!workflow_is_plain(key, VALUE_MAX) ||
			strcmp(key, "NULL") == 0))
			return workflow_bad(
			    f, "values that a parameter can have");
		kept = workflow_keep(w, key, f);
		if (kept == NULL || add_exit(w, a, kind, kept, target, f) == -1)
			return -1;
	}
	return 0;
}

static int
read_member(struct workflow *w, struct activity *a,
    const struct member_row *row, json_t *value, struct fault *f)
{
	void *at = (char *)a + row->offset;

	switch (row->form) {
	case FORM_NAME:
		return workflow_read_parameter(w, at, value, f);
	case FORM_VALUE:
		return workflow_read_value(w, at, value, f);
	case FORM_PLAIN:
		return workflow_read_plain(w, at, value, f);
	case FORM_TEXT:
	case FORM_AUDIO:
		return workflow_read_wording(
		    w, at, value, row->form == FORM_AUDIO, f);
	case FORM_SECONDS:
		return workflow_read_number(
		    at, value, 1, WORKFLOW_MAX_SECONDS, f);
	case FORM_COUNT:
	case FORM_DIGITS:
		return workflow_read_setting(w, row->form, at, value, f);
	case FORM_EXIT:
		return add_exit(w, a, row->exit, NULL, value, f);
	case FORM_CHOICES:
	case FORM_CASES:
	default:
		return add_keyed_exits(w, a, row->exit, value, f);
	}
}

static const struct member_row *
find_row(const struct activity *a, const char *member)
{
	size_t i;

	for (i = 0; i < member_row_count; i++)
		if (strcmp(member_rows[i].name, member) == 0 &&
		    (member_rows[i].types & 1U << a->type) != 0)
			return &member_rows[i];
	return NULL;
}

static int
check_needed(const struct activity *a, const json_t *object, struct fault *f)
{
	size_t i;

	for (i = 0; i < member_row_count; i++)
		if ((member_rows[i].needed & 1U << a->type) != 0 &&
		    json_object_get(object, member_rows[i].name) == NULL)
			return fault_set(f, STATUS_CONFIG,
			    "an activity of type %s needs %s",
			    activity_type_name(a->type), member_rows[i].name);
	if (activity_exit(a, EXIT_EXCEEDED, NULL) != NULL && a->max == 0)
		return fault_set(
		    f, STATUS_CONFIG, "exceeded needs max, how often at most");
	return 0;
}

static int
read_members(
    struct workflow *w, struct activity *a, json_t *object, struct fault *f)
{
	const struct member_row *row;
	const char *member;
	json_t *value;

	json_object_foreach(object, member, value)
	{
		if (strcmp(member, "type") == 0)
			continue;
		row = find_row(a, member);
		if (row == NULL)
			return fault_set(f, STATUS_CONFIG,
			    "%s: an activity of type %s has no such member",
			    member, activity_type_name(a->type));
		if (read_member(w, a, row, value, f) == -1) {
			fault_prefix(f, "%s", member);
			return -1;
		}
	}
	return check_needed(a, object, f);
}

static int
read_activity(
    struct workflow *w, const char *name, json_t *object, struct fault *f)
{
	struct activity *a = &w->activities[w->activity_count++];
	const char *type = json_member_text(object, "type");

	if (!workflow_is_name(name))
		return workflow_bad(f,
		    "it a name of letters, digits and _, a letter first, at "
		    "most 64");
	a->name = workflow_keep(w, name, f);
	if (a->name == NULL)
		return -1;
	if (!json_is_object(object) || type == NULL)
		return workflow_bad(f, "an object with a type");
	a->type = activity_type_find(type);
	if (a->type == ACTIVITY_TYPES)
		return fault_set(
		    f, STATUS_CONFIG, "type: there is no type '%s'", type);
	return read_members(w, a, object, f);
}

static int
read_activities(struct workflow *w, json_t *object, struct fault *f)
{
	size_t count = json_object_size(object);
	const char *name;
	json_t *value;

	if (count == 0 || count > WORKFLOW_MAX_ACTIVITIES)
		return workflow_bad(
		    f, "activities: an object of 1 to 256 of them");
	w->activities = calloc(count, sizeof *w->activities);
	if (w->activities == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	json_object_foreach(
	    object, name, value) if (read_activity(w, name, value, f) == -1)
	{
		fault_prefix(f, "activity '%s'", name);
		return -1;
	}
	return 0;
}

static int
read_words(
    struct workflow *w, struct trigger *t, const json_t *list, struct fault *f)
{
	const char *word;
	size_t i;

	t->word_count = json_array_size(list);
	if (t->word_count == 0 || t->word_count > WORKFLOW_MAX_WORDS)
		return workflow_bad(f, "run: an array of 1 to 32 texts");
	for (i = 0; i < t->word_count; i++) {
		word = json_string_value(json_array_get(list, i));
		if (word == NULL || (i == 0 && word[0] == '\0'))
			return workflow_bad(
			    f, "run: a program and its arguments");
		t->words[i] = arena_copy(&w->strings, word, strlen(word), f);
		if (t->words[i] == NULL)
			return -1;
	}
	return 0;
}

static int
read_sets(
    struct workflow *w, struct trigger *t, const json_t *list, struct fault *f)
{
	size_t i, count = json_array_size(list);

	if (count == 0 || count > WORKFLOW_MAX_SETS)
		return workflow_bad(f, "sets: an array of 1 to 16 parameters");
	for (i = 0; i < count; i++)
		if (workflow_read_parameter(w, &t->sets[t->set_count++],
			json_array_get(list, i), f) == -1) {
			fault_prefix(f, "sets");
			return -1;
		}
	return 0;
}

static int
read_trigger(
    struct workflow *w, const char *name, json_t *object, struct fault *f)
{
	struct trigger *t;

	if (w->trigger_count == WORKFLOW_MAX_TRIGGERS)
		return workflow_bad(f, "at most 32 triggers");
	t = &w->triggers[w->trigger_count++];
	if (!workflow_is_name(name) || json_object_size(object) != 2)
		return workflow_bad(f, "a parameter's name, with run and sets");
	t->parameter = workflow_keep(w, name, f);
	if (t->parameter == NULL ||
	    read_words(w, t, json_object_get(object, "run"), f) == -1)
		return -1;
	return read_sets(w, t, json_object_get(object, "sets"), f);
}

static int
read_triggers(struct workflow *w, json_t *object, struct fault *f)
{
	const char *name;
	json_t *value;

	if (object != NULL && !json_is_object(object))
		return workflow_bad(f, "triggers: an object");
	json_object_foreach(
	    object, name, value) if (read_trigger(w, name, value, f) == -1)
	{
		fault_prefix(f, "trigger '%s'", name);
		return -1;
	}
	return 0;
}

static void
find_targets(struct workflow *w)
{
	struct activity *a;
	size_t i, j;

	for (i = 0; i < w->activity_count; i++) {
		a = &w->activities[i];
		for (j = 0; j < a->exit_count; j++)
			a->exits[j].to = workflow_find(w, a->exits[j].target);
	}
	w->start = workflow_find(w, w->start_name);
}

static int
read_top(struct workflow *w, json_t *top, struct fault *f)
{
	static const char *const members[] = {
	    "start", "maxSMS", "activities", "triggers"};
	json_t *value, *max_sms = json_object_get(top, "maxSMS");
	const char *name;
	size_t i;

	if (!json_is_object(top))
		return workflow_bad(
		    f, "an object with start, activities and triggers");
	json_object_foreach(top, name, value)
	{
		for (i = 0; i < ARRAY_LEN(members); i++)
			if (strcmp(members[i], name) == 0)
				break;
		if (i == ARRAY_LEN(members))
			return fault_set(f, STATUS_CONFIG,
			    "%s: a workflow has no such member", name);
	}
	w->max_sms = 1;
	if (max_sms != NULL &&
	    workflow_read_number(
		&w->max_sms, max_sms, 0, WORKFLOW_MAX_COUNT, f) == -1) {
		fault_prefix(f, "maxSMS");
		return -1;
	}
	if (workflow_read_name(
		w, &w->start_name, json_object_get(top, "start"), f) == -1) {
		fault_prefix(f, "start");
		return -1;
	}
	if (read_activities(w, json_object_get(top, "activities"), f) == -1)
		return -1;
	return read_triggers(w, json_object_get(top, "triggers"), f);
}

int
workflow_parse(struct workflow *w, const char *name, const char *text,
    size_t len, const struct workflow_settings *settings, struct fault *f)
{
	json_t *top = NULL;
	int r;

	*w = (struct workflow){.name = name, .settings = *settings};
	r = json_parse(&top, text, len, f);
	if (r == 0)
		r = read_top(w, top, f);
	json_decref(top);
	if (r == -1) {
		if (f->status == STATUS_DATA)
			f->status = STATUS_CONFIG;
		fault_prefix(f, "%s", name);
		workflow_release(w);
		return -1;
	}
	find_targets(w);
	return 0;
}
