/*
 * twofa-task show: a task for people. Without PIN or full number; a seal is
 * cut.
 */
#include "cmd/twofa-task/commands.h"

#include "common/base/plain.h"
#include "common/task/e164.h"
#include "common/task/names.h"

#include <string.h>

enum {
	SEAL_SHOWN = 12, /* "v1.", the key id, a dot */
	WIDTH_MAX = 40,	 /* of the column of names: longer ones stand out */
	VALUE_SHOWN = 200,
};

static size_t
widest_name(const struct task *t)
{
	const char *name, *value;
	size_t cursor = 0, width = 0;

	while ((name = task_parameter_next(t, &cursor, &value)) != NULL)
		if (strlen(name) > width)
			width = strlen(name);
	return width < WIDTH_MAX ? width : WIDTH_MAX;
}

/* At most max bytes; the text of a task must not control a terminal. */
static void
add_plain(struct buf *out, const char *text, size_t max)
{
	char shown[VALUE_SHOWN + 1];
	size_t len = strlen(text), cut = len < max ? len : max;

	/* Not in the middle of a character. */
	while (cut < len && cut > 0 && (text[cut] & 0xc0) == 0x80)
		cut--;
	memcpy(shown, text, cut);
	shown[cut] = '\0';
	plain_make(shown);
	buf_add_text(out, shown);
	if (cut < len)
		buf_add_text(out, "...");
}

static void
add_value(struct buf *out, const char *name, const char *value)
{
	char masked[E164_SIZE];

	if (value == NULL) {
		buf_add_text(out, "(not set)");
	} else if (strcmp(name, NAME_PIN) == 0) {
		buf_add_text(out, "(hidden)");
	} else if (strcmp(name, NAME_GENERATED_PIN) == 0) {
		if (strncmp(value, "v1.", 3) != 0) {
			buf_add_text(out, "(hidden; not sealed)");
			return;
		}
		add_plain(out, value, SEAL_SHOWN);
		buf_add_text(out, " (sealed)");
	} else if (e164_is_valid(value)) {
		e164_mask(masked, value);
		buf_add_text(out, masked);
	} else {
		add_plain(out, value, VALUE_SHOWN);
	}
}

static int
show_write(
    void *self, const struct item *item, struct buf *out, struct fault *f)
{
	const struct task *t = &item->task;
	const char *name, *value, *event = task_event_name(t);
	size_t cursor = 0, column, width = widest_name(t) + 2;

	(void)self;
	buf_add_text(out, "task ");
	buf_add_text(out, task_id(t));
	buf_add_text(out, task_is_event(t) ? ", event" : "");
	if (event != NULL) {
		buf_add_text(out, " ");
		add_plain(out, event, VALUE_SHOWN);
	}
	buf_add_text(out, "\n");
	while ((name = task_parameter_next(t, &cursor, &value)) != NULL) {
		buf_add_text(out, "  ");
		add_plain(out, name, VALUE_SHOWN);
		column = strlen(name);
		do
			buf_add_text(out, " ");
		while (++column < width);
		add_value(out, name, value);
		buf_add_text(out, "\n");
	}
	return buf_check(out, f);
}

const struct filter filter_show = {
    .write = show_write, .no_answer = ANSWER_NONE};
