#include "common/task/task.h"

#include "common/base/memory.h"
#include "common/text/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const member_names[MEMBER_KINDS] = {
    [MEMBER_TASK_ID] = "taskId",
    [MEMBER_INFORMATION] = "taskInformation",
    [MEMBER_EVENT] = "event",
    [MEMBER_UPDATED_NAME] = "updatedParameterName",
    [MEMBER_UPDATED_VALUE] = "updatedParameterValue",
};

/*
 * A search for one member by exact name, else by any case. The text and the
 * parsed object are walked side by side: jansson keeps the order.
 */
struct hit {
	const char *name;
	bool found, exact;
	struct slice value;
	json_t *json;
};

static bool
hit_try(struct hit *h, const char *key, struct slice value, json_t *json)
{
	bool exact = strcmp(key, h->name) == 0;

	if (h->exact || (h->found && !exact) || strcasecmp(key, h->name) != 0)
		return false;
	h->found = true;
	h->exact = exact;
	h->value = value;
	h->json = json;
	return true;
}

/* Find the members of an object that hits name. */
static void
find_members(const struct task *t, struct slice object, json_t *json,
    struct hit *hits, size_t n)
{
	struct slice_walk walk;
	struct slice key, value;
	void *iter = json_object_iter(json);
	size_t i;

	slice_walk_start(&walk, object);
	while (slice_walk_next(&walk, t->text.data, &key, &value)) {
		for (i = 0; i < n; i++)
			(void)hit_try(&hits[i], json_object_iter_key(iter),
			    value, json_object_iter_value(iter));
		iter = json_object_iter_next(json, iter);
	}
}

bool
task_text_is_set(const char *text)
{
	return text[0] != '\0' && strcmp(text, "NULL") != 0;
}

/* A copy of the text of a value, which the task owns; NULL: not set. */
static const char *
keep_value(struct task *t, const struct hit *h)
{
	const json_t *json = h->json;
	const char *text = t->text.data + h->value.start;
	size_t len = h->value.end - h->value.start;

	if (json == NULL || json_is_null(json))
		return NULL;
	if (json_is_string(json)) {
		text = json_string_value(json);
		len = json_string_length(json);
		if (!task_text_is_set(text))
			return NULL;
	}
	return arena_copy(&t->strings, text, len);
}

static int
read_parameter(
    struct task *t, struct slice element, json_t *json, struct fault *f)
{
	struct hit hits[] = {{.name = "name"}, {.name = "value"}};
	struct task_parameter *p;

	if (json_is_object(json))
		find_members(t, element, json, hits, ARRAY_LEN(hits));
	if (!json_is_string(hits[0].json))
		return fault_set(f, STATUS_DATA,
		    "customContextParameters[%zu] "
		    "is not an object with a name",
		    t->parameter_count);
	t->parameters = memory_room(
	    t->parameters, t->parameter_count, &t->parameter_size, sizeof *p);
	p = &t->parameters[t->parameter_count++];
	p->whole = element;
	p->value = hits[1].value;
	p->name = arena_copy(&t->strings, json_string_value(hits[0].json),
	    json_string_length(hits[0].json));
	p->text = keep_value(t, &hits[1]);
	return 0;
}

static int
read_information(
    struct task *t, struct slice information, json_t *json, struct fault *f)
{
	struct hit hit = {.name = "customContextParameters"};
	struct slice_walk walk;
	struct slice key, value;
	size_t i = 0;

	if (!json_is_object(json))
		return fault_set(
		    f, STATUS_DATA, "taskInformation is not an object");
	find_members(t, information, json, &hit, 1);
	if (!hit.found)
		return 0;
	if (!json_is_array(hit.json))
		return fault_set(
		    f, STATUS_DATA, "customContextParameters is not an array");
	t->array = hit.value;
	slice_walk_start(&walk, hit.value);
	while (slice_walk_next(&walk, t->text.data, &key, &value))
		if (read_parameter(
			t, value, json_array_get(hit.json, i++), f) == -1)
			return -1;
	return 0;
}

static bool
id_is_valid(const json_t *json)
{
	const char *id = json_string_value(json);
	size_t i, len;

	/* What must be there cannot count as not set. */
	if (id == NULL || !task_text_is_set(id))
		return false;
	len = strlen(id);
	for (i = 0; i < len; i++)
		if (id[i] < ' ' || id[i] > '~')
			return false;
	return len <= TASK_ID_MAX;
}

/* A member of the object: what it is, and whether it is the one that counts. */
static void
classify(struct task *t, struct hit hits[MEMBER_KINDS], void *iter,
    struct slice value)
{
	struct task_member *m = &t->members[t->member_count - 1];
	const char *key = json_object_iter_key(iter);
	enum task_member_kind kind;

	for (kind = MEMBER_FOREIGN + 1; kind < MEMBER_KINDS; kind++) {
		/* Most members are foreign: one byte tells. */
		if ((key[0] | 0x20) != member_names[kind][0] ||
		    strcasecmp(key, member_names[kind]) != 0)
			continue;
		m->kind = kind;
		if (hit_try(
			&hits[kind], key, value, json_object_iter_value(iter)))
			t->used[kind] = t->member_count;
	}
}

static void
read_members(struct task *t, json_t *json, struct hit hits[MEMBER_KINDS])
{
	struct slice_walk walk;
	struct slice key, value;
	void *iter = json_object_iter(json);
	struct task_member *m;

	slice_walk_start(&walk, (struct slice){0, t->text.len});
	while (slice_walk_next(&walk, t->text.data, &key, &value)) {
		t->members = memory_room(
		    t->members, t->member_count, &t->member_size, sizeof *m);
		m = &t->members[t->member_count++];
		m->key = key;
		m->whole = (struct slice){key.start, value.end};
		classify(t, hits, iter, value);
		iter = json_object_iter_next(json, iter);
	}
}

static int
read_object(struct task *t, json_t *json, struct fault *f)
{
	struct hit hits[MEMBER_KINDS] = {{0}};
	enum task_member_kind kind;

	if (!json_is_object(json))
		return fault_set(f, STATUS_DATA, "not an object");
	for (kind = MEMBER_FOREIGN + 1; kind < MEMBER_KINDS; kind++)
		hits[kind].name = member_names[kind];
	read_members(t, json, hits);
	if (!id_is_valid(hits[MEMBER_TASK_ID].json))
		return fault_set(f, STATUS_DATA,
		    "no taskId of 1 to %d printable ASCII characters, "
		    "other than NULL",
		    TASK_ID_MAX);
	t->id = keep_value(t, &hits[MEMBER_TASK_ID]);
	t->updated_value = keep_value(t, &hits[MEMBER_UPDATED_VALUE]);
	if (json_is_string(hits[MEMBER_UPDATED_NAME].json))
		t->updated_name = keep_value(t, &hits[MEMBER_UPDATED_NAME]);
	if (!hits[MEMBER_INFORMATION].found)
		return 0;
	return read_information(t, hits[MEMBER_INFORMATION].value,
	    hits[MEMBER_INFORMATION].json, f);
}

static void
forget(struct task *t)
{
	buf_clear(&t->text);
	arena_reset(&t->strings);
	t->member_count = t->parameter_count = 0;
	memset(t->used, 0, sizeof t->used);
	t->array = (struct slice){0, 0};
	t->parameters_changed = t->changed = false;
	t->id = t->updated_name = t->updated_value = NULL;
}

int
task_parse(struct task *t, const char *text, size_t len, struct fault *f)
{
	json_t *json = NULL;
	int r = -1;

	forget(t);
	if (json_parse(&json, text, len, f) == -1)
		return -1;
	if (buf_reserve(&t->text, len, f) == -1)
		goto out;
	t->text.len = slice_compact(t->text.data, text, len);
	t->text.data[t->text.len] = '\0';
	r = read_object(t, json, f);
out:
	json_decref(json);
	if (r == -1)
		forget(t);
	return r;
}
