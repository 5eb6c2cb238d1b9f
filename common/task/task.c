/*
 * What a task holds, how it is changed and written. It is read in
 * task_parse.c.
 */
#include "common/task/task.h"

#include "common/base/memory.h"
#include "common/text/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
task_make(struct task *t, const char *id, struct fault *f)
{
	struct buf text = BUF_INIT(TASK_MAX_LEN);
	int r = -1;

	buf_add_text(&text, "{\"taskId\":");
	json_add_string(id, &text);
	buf_add_text(
	    &text, ",\"taskInformation\":{\"customContextParameters\":[]}}");
	if (buf_check(&text, f) == 0)
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

static struct task_parameter *
parameter_add(struct task *t, const char *name)
{
	struct task_parameter *p;

	t->parameters = memory_room(
	    t->parameters, t->parameter_count, &t->parameter_size, sizeof *p);
	p = &t->parameters[t->parameter_count++];
	p->name = arena_copy(&t->strings, name, strlen(name));
	return p;
}

void
task_set(struct task *t, const char *name, const char *value)
{
	struct task_parameter *p = parameter_find(t, name);
	char *text;

	if (p == NULL)
		p = parameter_add(t, name);
	if (p->text == NULL || strcmp(p->text, value) != 0) {
		text = arena_copy(&t->strings, value, strlen(value));
		p->text = task_text_is_set(text) ? text : NULL;
		p->changed = true;
		t->parameters_changed = true;
	}
	/* Those in front of the first one have other names. */
	remove_from(t, (size_t)(p - t->parameters) + 1, name);
}

void
task_set_count(struct task *t, const char *name, unsigned long count)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%lu", count);
	if (count == 0)
		task_remove(t, name);
	else
		task_set(t, name, text);
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

/* The value that then counts: NULL when text means that it is not set. */
static const char *
member_set(struct task *t, enum task_member_kind kind, const char *text)
{
	struct task_member *m;

	t->members = memory_room(
	    t->members, t->member_count, &t->member_size, sizeof *m);
	m = &t->members[t->member_count++];
	m->kind = kind;
	m->fresh = arena_copy(&t->strings, text, strlen(text));
	t->used[kind] = t->member_count;
	t->changed = true;
	return task_text_is_set(text) ? m->fresh : NULL;
}

void
task_make_event(struct task *t, const char *name, const char *value)
{
	task_make_state(t);
	t->updated_name = member_set(t, MEMBER_UPDATED_NAME, name);
	t->updated_value = member_set(t, MEMBER_UPDATED_VALUE, value);
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
			t->members[i].fresh = "";
			t->changed = true;
		}
	t->updated_value = NULL;
}

/* --- writing -------------------------------------------------------------- */

static void
add_slice(const struct task *t, struct slice s, struct buf *out)
{
	buf_add(out, t->text.data + s.start, s.end - s.start);
}

static void
add_value(const struct task_parameter *p, struct buf *out)
{
	json_add_string(p->text == NULL ? "" : p->text, out);
}

/* The element as it was, except its value. */
static void
add_changed_parameter(
    const struct task *t, const struct task_parameter *p, struct buf *out)
{
	struct slice before = {p->whole.start, p->value.start};
	struct slice after = {p->value.end, p->whole.end};

	if (p->value.end == 0) {
		before.end = after.start = p->whole.end - 1;
		add_slice(t, before, out);
		buf_add_text(out, ",\"value\":");
	} else {
		add_slice(t, before, out);
	}
	add_value(p, out);
	add_slice(t, after, out);
}

static void
add_parameter(
    const struct task *t, const struct task_parameter *p, struct buf *out)
{
	if (p->whole.end == 0) {
		buf_add_text(out, "{\"name\":");
		json_add_string(p->name, out);
		buf_add_text(out, ",\"value\":");
		add_value(p, out);
		buf_add_text(out, "}");
	} else if (p->changed) {
		add_changed_parameter(t, p, out);
	} else {
		add_slice(t, p->whole, out);
	}
}

static void
add_parameters(const struct task *t, struct buf *out)
{
	const char *comma = "";
	size_t i;

	buf_add_text(out, "[");
	for (i = 0; i < t->parameter_count; i++) {
		if (t->parameters[i].gone)
			continue;
		buf_add_text(out, comma);
		add_parameter(t, &t->parameters[i], out);
		comma = ",";
	}
	buf_add_text(out, "]");
}

/* taskInformation, with its key, around the new array. */
static void
add_information(
    const struct task *t, const struct task_member *m, struct buf *out)
{
	struct slice before = {m->whole.start, t->array.start};
	struct slice after = {t->array.end, m->whole.end};

	if (t->array.end == 0) {
		before.end = after.start = m->whole.end - 1;
		add_slice(t, before, out);
		if (t->text.data[before.end - 1] != '{')
			buf_add_text(out, ",");
		buf_add_text(out, "\"customContextParameters\":");
	} else {
		add_slice(t, before, out);
	}
	add_parameters(t, out);
	add_slice(t, after, out);
}

static void
add_member(const struct task *t, const struct task_member *m, struct buf *out)
{
	if (t->parameters_changed && m->kind == MEMBER_INFORMATION &&
	    m == &t->members[t->used[MEMBER_INFORMATION] - 1]) {
		add_information(t, m, out);
		return;
	}
	if (m->fresh == NULL) {
		add_slice(t, m->whole, out);
		return;
	}
	if (m->whole.end != 0)
		add_slice(t, m->key, out);
	else
		buf_add_text(out,
		    m->kind == MEMBER_UPDATED_NAME
			? "\"updatedParameterName\""
			: "\"updatedParameterValue\"");
	buf_add_text(out, ":");
	json_add_string(m->fresh, out);
}

int
task_write(const struct task *t, struct buf *out, struct fault *f)
{
	const char *comma = "{";
	size_t i;

	if (!task_is_changed(t))
		return buf_append(out, t->text.data, t->text.len, f);
	for (i = 0; i < t->member_count; i++) {
		if (t->members[i].gone)
			continue;
		buf_add_text(out, comma);
		add_member(t, &t->members[i], out);
		comma = ",";
	}
	if (t->parameters_changed && t->used[MEMBER_INFORMATION] == 0) {
		buf_add_text(
		    out, ",\"taskInformation\":{\"customContextParameters\":");
		add_parameters(t, out);
		buf_add_text(out, "}");
	}
	buf_add_text(out, "}");
	return buf_check(out, f);
}
