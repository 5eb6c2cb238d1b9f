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

/* Whatever a stranger wrote into a task cannot steer a terminal. */
static int
append_plain(struct buf *out, const char *text, size_t max, struct fault *f)
{
	char shown[VALUE_SHOWN + 1];
	size_t len = strlen(text), cut = len < max ? len : max;

	/* Not in the middle of a character. */
	while (cut < len && cut > 0 && (text[cut] & 0xc0) == 0x80)
		cut--;
	memcpy(shown, text, cut);
	shown[cut] = '\0';
	if (buf_append_plain(out, shown, f) == -1)
		return -1;
	return cut == len ? 0 : buf_append_text(out, "...", f);
}

static int
append_value(
    struct buf *out, const char *name, const char *value, struct fault *f)
{
	char masked[E164_SIZE];

	if (value == NULL)
		return buf_append_text(out, "(not set)", f);
	if (strcmp(name, NAME_PIN) == 0)
		return buf_append_text(out, "(hidden)", f);
	if (strcmp(name, NAME_GENERATED_PIN) == 0)
		return strncmp(value, "v1.", 3) == 0 &&
			append_plain(out, value, SEAL_SHOWN, f) == 0
		    ? buf_append_text(out, " (sealed)", f)
		    : buf_append_text(out, "(hidden; not sealed)", f);
	if (e164_is_valid(value)) {
		e164_mask(masked, value);
		return buf_append_text(out, masked, f);
	}
	return append_plain(out, value, VALUE_SHOWN, f);
}

static int
append_line(struct buf *out, size_t width, const char *name, const char *value,
    struct fault *f)
{
	size_t column = strlen(name);

	if (buf_append_text(out, "  ", f) == -1 ||
	    append_plain(out, name, VALUE_SHOWN, f) == -1)
		return -1;
	/* Two blanks at least. */
	do
		if (buf_append_char(out, ' ', f) == -1)
			return -1;
	while (++column < width + 2);
	if (append_value(out, name, value, f) == -1)
		return -1;
	return buf_append_char(out, '\n', f);
}

static int
show_write(
    void *self, const struct item *item, struct buf *out, struct fault *f)
{
	const struct task *t = &item->task;
	const char *name, *value, *event = task_event_name(t);
	size_t cursor = 0, width = widest_name(t);

	(void)self;
	if (buf_printf(out, f, "task %s%s", task_id(t),
		!task_is_event(t)   ? ""
		    : event == NULL ? ", event"
				    : ", event ") == -1 ||
	    (event != NULL && append_plain(out, event, VALUE_SHOWN, f) == -1) ||
	    buf_append_char(out, '\n', f) == -1)
		return -1;
	while ((name = task_parameter_next(t, &cursor, &value)) != NULL)
		if (append_line(out, width, name, value, f) == -1)
			return -1;
	return 0;
}

const struct filter filter_show = {
    .write = show_write, .no_answer = ANSWER_NONE};
