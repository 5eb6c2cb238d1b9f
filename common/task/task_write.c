#include "common/task/task_inside.h"

#include "common/text/json.h"

#include <string.h>

static int
append_slice(
    const struct task *t, struct slice s, struct buf *out, struct fault *f)
{
	return buf_append(out, t->text.data + s.start, s.end - s.start, f);
}

static int
append_new_parameter(
    const struct task_parameter *p, struct buf *out, struct fault *f)
{
	if (buf_append_text(out, "{\"name\":", f) == -1 ||
	    json_write_string(p->name, out, f) == -1 ||
	    buf_append_text(out, ",\"value\":", f) == -1 ||
	    json_write_string(p->text == NULL ? "" : p->text, out, f) == -1)
		return -1;
	return buf_append_char(out, '}', f);
}

/* The element as it was, but for its value. */
static int
append_changed_parameter(const struct task *t, const struct task_parameter *p,
    struct buf *out, struct fault *f)
{
	struct slice before = {p->whole.start, p->value.start};
	struct slice after = {p->value.end, p->whole.end};

	if (p->value.end == 0) {
		before.end = after.start = p->whole.end - 1;
		if (append_slice(t, before, out, f) == -1 ||
		    buf_append_text(out, ",\"value\":", f) == -1)
			return -1;
	} else if (append_slice(t, before, out, f) == -1) {
		return -1;
	}
	if (json_write_string(p->text == NULL ? "" : p->text, out, f) == -1)
		return -1;
	return append_slice(t, after, out, f);
}

static int
append_parameters(const struct task *t, struct buf *out, struct fault *f)
{
	const struct task_parameter *p;
	const char *comma = "[";
	size_t i;
	int r;

	for (i = 0; i < t->parameter_count; i++) {
		p = &t->parameters[i];
		if (p->gone)
			continue;
		if (buf_append_text(out, comma, f) == -1)
			return -1;
		comma = ",";
		if (p->whole.end == 0)
			r = append_new_parameter(p, out, f);
		else if (p->changed)
			r = append_changed_parameter(t, p, out, f);
		else
			r = append_slice(t, p->whole, out, f);
		if (r == -1)
			return -1;
	}
	return buf_append_text(out, comma[0] == '[' ? "[]" : "]", f);
}

/* taskInformation, with its key, around the new array. */
static int
append_information(const struct task *t, const struct task_member *m,
    struct buf *out, struct fault *f)
{
	struct slice before = {m->whole.start, t->array.start};
	struct slice after = {t->array.end, m->whole.end};

	if (t->array.end == 0) {
		before.end = after.start = m->whole.end - 1;
		if (append_slice(t, before, out, f) == -1 ||
		    (t->text.data[before.end - 1] != '{' &&
			buf_append_char(out, ',', f) == -1) ||
		    buf_append_text(out, "\"customContextParameters\":", f) ==
			-1)
			return -1;
	} else if (append_slice(t, before, out, f) == -1) {
		return -1;
	}
	if (append_parameters(t, out, f) == -1)
		return -1;
	return append_slice(t, after, out, f);
}

static int
append_member(const struct task *t, const struct task_member *m,
    struct buf *out, struct fault *f)
{
	if (t->parameters_changed && m->kind == MEMBER_INFORMATION &&
	    m == &t->members[t->used[MEMBER_INFORMATION] - 1])
		return append_information(t, m, out, f);
	if (m->fresh == NULL)
		return append_slice(t, m->whole, out, f);
	if (m->whole.end == 0) {
		if (json_write_string(task_member_name(m->kind), out, f) == -1)
			return -1;
	} else if (append_slice(t, m->key, out, f) == -1) {
		return -1;
	}
	if (buf_append_char(out, ':', f) == -1)
		return -1;
	return buf_append_text(out, m->fresh, f);
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
		if (buf_append_text(out, comma, f) == -1 ||
		    append_member(t, &t->members[i], out, f) == -1)
			return -1;
		comma = ",";
	}
	if (t->parameters_changed && t->used[MEMBER_INFORMATION] == 0 &&
	    (buf_append_text(out,
		 ",\"taskInformation\":{\"customContextParameters\":", f) ==
		    -1 ||
		append_parameters(t, out, f) == -1 ||
		buf_append_char(out, '}', f) == -1))
		return -1;
	return buf_append_char(out, '}', f);
}
