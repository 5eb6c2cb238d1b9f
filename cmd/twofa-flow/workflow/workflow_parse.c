/*
 * From JSON to a workflow: its activities and triggers.
 */
#include "cmd/twofa-flow/workflow/workflow_member.h"

#include "common/base/memory.h"

#include <string.h>

/* --- activities ----------------------------------------------------------- */

/* The members that activities of that type can have, but type itself. */
static unsigned
members_of(const struct activity_type *type)
{
	unsigned members = type->needs | type->may | type->exits;

	return type->outcome != NULL
	    ? members
	    : members | MEMBER_BIT(MEMBER_MAX) | MEMBER_BIT(EXIT_EXCEEDED);
}

static enum member
find_member(const struct activity_type *type, const char *name)
{
	enum member member;

	for (member = 0; member < MEMBERS; member++)
		if (strcmp(member_name(member), name) == 0 &&
		    (members_of(type) & MEMBER_BIT(member)) != 0)
			break;
	return member;
}

static int
check_needed(const struct activity *a, const json_t *object, struct fault *f)
{
	enum member member;

	for (member = 0; member < MEMBERS; member++)
		if ((a->type->needs & MEMBER_BIT(member)) != 0 &&
		    json_object_get(object, member_name(member)) == NULL)
			return fault_set(f, STATUS_CONFIG,
			    "an activity of type %s needs %s", a->type->name,
			    member_name(member));
	if (activity_exit(a, EXIT_EXCEEDED, NULL) != NULL && a->max == 0)
		return fault_set(
		    f, STATUS_CONFIG, "exceeded needs max, how often at most");
	return 0;
}

static int
read_members(
    struct workflow *w, struct activity *a, json_t *object, struct fault *f)
{
	enum member member;
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		if (strcmp(name, "type") == 0)
			continue;
		member = find_member(a->type, name);
		if (member == MEMBERS)
			return fault_set(f, STATUS_CONFIG,
			    "%s: an activity of type %s has no such member",
			    name, a->type->name);
		if (member_read(w, a, member, value, f) == -1)
			return fault_prefix(f, "%s", name);
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
	a->name = workflow_keep(w, name);
	if (!json_is_object(object) || type == NULL)
		return workflow_bad(f, "an object with a type");
	a->type = activity_type_find(type);
	if (a->type == NULL)
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
	w->activities = memory_new(count, sizeof *w->activities);
	json_object_foreach(object, name, value)
	{
		if (read_activity(w, name, value, f) == -1)
			return fault_prefix(f, "activity '%s'", name);
	}
	return 0;
}

/* --- triggers ------------------------------------------------------------- */

static int
read_run(
    struct workflow *w, struct trigger *t, const json_t *list, struct fault *f)
{
	const char *arg;
	size_t i;

	t->argc = json_array_size(list);
	if (t->argc == 0 || t->argc > WORKFLOW_MAX_ARGS)
		return workflow_bad(f, "run: an array of 1 to 32 texts");
	for (i = 0; i < t->argc; i++) {
		arg = json_string_value(json_array_get(list, i));
		if (arg == NULL || (i == 0 && arg[0] == '\0'))
			return workflow_bad(
			    f, "run: a program and its arguments");
		t->argv[i] = arena_copy(&w->strings, arg, strlen(arg));
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
			json_array_get(list, i), f) == -1)
			return fault_prefix(f, "sets");
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
	t->parameter = workflow_keep(w, name);
	return read_run(w, t, json_object_get(object, "run"), f) == -1
	    ? -1
	    : read_sets(w, t, json_object_get(object, "sets"), f);
}

static int
read_triggers(struct workflow *w, json_t *object, struct fault *f)
{
	const char *name;
	json_t *value;

	if (object != NULL && !json_is_object(object))
		return workflow_bad(f, "triggers: an object");
	json_object_foreach(object, name, value)
	{
		if (read_trigger(w, name, value, f) == -1)
			return fault_prefix(f, "trigger '%s'", name);
	}
	return 0;
}

/* --- all of it ------------------------------------------------------------ */

/* Of what leads to each activity, its index. */
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
check_top(json_t *top, struct fault *f)
{
	static const char *const members[] = {
	    "start", "maxSMS", "activities", "triggers"};
	const char *name;
	json_t *value;
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
	return 0;
}

static int
read_top(struct workflow *w, json_t *top, struct fault *f)
{
	json_t *max_sms = json_object_get(top, "maxSMS");

	if (check_top(top, f) == -1)
		return -1;
	w->max_sms = 1;
	if (max_sms != NULL &&
	    workflow_read_number(
		&w->max_sms, max_sms, 0, WORKFLOW_MAX_COUNT, f) == -1)
		return fault_prefix(f, "maxSMS");
	if (workflow_read_name(
		w, &w->start_name, json_object_get(top, "start"), f) == -1)
		return fault_prefix(f, "start");
	return read_activities(w, json_object_get(top, "activities"), f) == -1
	    ? -1
	    : read_triggers(w, json_object_get(top, "triggers"), f);
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
