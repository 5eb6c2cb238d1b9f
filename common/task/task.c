/*
 * The task as others see it. How it is read stands in task_parse.c, how it is
 * written in task_write.c.
 */
#include "common/task/task.h"

#include "common/text/json.h"
#include "common/task/task_inside.h"

#include <stdlib.h>
#include <string.h>

int
task_make(struct task *t, const char *id, struct fault *f)
{
	struct buf text = BUF_INIT(TASK_MAX_LEN);
	int r = -1;

	if (buf_append_text(&text, "{\"taskId\":", f) == 0 &&
	    json_write_string(id, &text, f) == 0 &&
	    buf_append_text(&text,
		",\"taskInformation\":{\"customContextParameters\":[]}}",
		f) == 0)
		r = task_parse(t, text.data, text.len, f);
	buf_release(&text);
	return r;
}

void
task_release(struct task *t)
{
	buf_release(&t->text);
	arena_release(&t->strings);
	free(t->members);
	free(t->parameters);
	*t = (struct task)TASK_INIT;
}

const char *
task_id(const struct task *t)
{
	return t->id;
}

bool
task_is_changed(const struct task *t)
{
	return t->changed || t->parameters_changed;
}

static struct task_parameter *
parameter_find(const struct task *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->parameter_count; i++)
		if (!t->parameters[i].gone &&
		    strcmp(t->parameters[i].name, name) == 0)
			return &t->parameters[i];
	return NULL;
}

const char *
task_get(const struct task *t, const char *name)
{
	const struct task_parameter *p = parameter_find(t, name);

	return p == NULL ? NULL : p->text;
}

bool
task_has(const struct task *t, const char *name, const char *value)
{
	const char *has = task_get(t, name);

	return has != NULL && strcmp(has, value) == 0;
}

const char *
task_parameter_next(const struct task *t, size_t *cursor, const char **value)
{
	const struct task_parameter *p;

	while (*cursor < t->parameter_count) {
		p = &t->parameters[(*cursor)++];
		if (p->gone)
			continue;
		*value = p->text;
		return p->name;
	}
	return NULL;
}

static struct task_parameter *
parameter_add(struct task *t, const char *name, struct fault *f)
{
	struct task_parameter *p = task_parameter_append(t, f);

	if (p == NULL)
		return NULL;
	p->name = arena_copy(&t->strings, name, strlen(name), f);
	if (p->name == NULL) {
		t->parameter_count--;
		return NULL;
	}
	return p;
}

/* In one pass: a stranger may have written any number of them. */
static void
remove_from(struct task *t, size_t first, const char *name)
{
	struct task_parameter *p;
	size_t i;

	for (i = first; i < t->parameter_count; i++) {
		p = &t->parameters[i];
		if (p->gone || strcmp(p->name, name) != 0)
			continue;
		p->gone = true;
		t->parameters_changed = true;
	}
}

int
task_set(struct task *t, const char *name, const char *value, struct fault *f)
{
	struct task_parameter *p = parameter_find(t, name);
	char *text;

	if (p == NULL)
		p = parameter_add(t, name, f);
	if (p == NULL)
		return -1;
	if (p->text == NULL || strcmp(p->text, value) != 0) {
		text = arena_copy(&t->strings, value, strlen(value), f);
		if (text == NULL)
			return -1;
		p->text = task_text_is_set(text) ? text : NULL;
		p->changed = true;
		t->parameters_changed = true;
	}
	/* Those in front of the first one have other names. */
	remove_from(t, (size_t)(p - t->parameters) + 1, name);
	return 0;
}

void
task_remove(struct task *t, const char *name)
{
	remove_from(t, 0, name);
}

bool
task_is_event(const struct task *t)
{
	return t->used[MEMBER_UPDATED_NAME] != 0 || t->used[MEMBER_EVENT] != 0;
}

const char *
task_event_name(const struct task *t)
{
	return t->updated_name;
}

const char *
task_event_value(const struct task *t)
{
	return t->updated_value;
}

bool
task_is_event_of(const struct task *t, const char *name)
{
	return t->updated_name != NULL && strcmp(t->updated_name, name) == 0;
}

static void
members_remove(struct task *t, enum task_member_kind kind)
{
	size_t i;

	for (i = 0; i < t->member_count; i++)
		if (t->members[i].kind == kind && !t->members[i].gone) {
			t->members[i].gone = true;
			t->changed = true;
		}
	t->used[kind] = 0;
}

/* *kept: the copy of text, or NULL when that means that it is not set. */
static int
member_set(struct task *t, enum task_member_kind kind, const char *text,
    const char **kept, struct fault *f)
{
	struct buf json = BUF_INIT(TASK_MAX_WRITTEN);
	struct task_member *m;
	int r = -1;

	if (t->used[kind] == 0) {
		if (task_member_append(t, f) == NULL)
			return -1;
		t->used[kind] = t->member_count;
	}
	m = &t->members[t->used[kind] - 1];
	m->kind = kind;
	if (json_write_string(text, &json, f) == -1)
		goto out;
	m->fresh = arena_copy(&t->strings, json.data, json.len, f);
	*kept = arena_copy(&t->strings, text, strlen(text), f);
	if (m->fresh == NULL || *kept == NULL)
		goto out;
	if (!task_text_is_set(text))
		*kept = NULL;
	t->changed = true;
	r = 0;
out:
	buf_release(&json);
	return r;
}

int
task_make_event(
    struct task *t, const char *name, const char *value, struct fault *f)
{
	task_make_state(t);
	if (member_set(t, MEMBER_UPDATED_NAME, name, &t->updated_name, f) == -1)
		return -1;
	return member_set(t, MEMBER_UPDATED_VALUE, value, &t->updated_value, f);
}

void
task_make_state(struct task *t)
{
	members_remove(t, MEMBER_EVENT);
	members_remove(t, MEMBER_UPDATED_NAME);
	members_remove(t, MEMBER_UPDATED_VALUE);
	t->updated_name = t->updated_value = NULL;
}

void
task_empty_event_value(struct task *t)
{
	size_t i;

	for (i = 0; i < t->member_count; i++)
		if (t->members[i].kind == MEMBER_UPDATED_VALUE) {
			t->members[i].fresh = "\"\"";
			t->changed = true;
		}
	t->updated_value = NULL;
}
