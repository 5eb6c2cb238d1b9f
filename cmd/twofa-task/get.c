/*
 * twofa-task get: the values of parameters.
 */
#include "cmd/twofa-task/commands.h"

#include "common/base/memory.h"
#include "common/base/prog.h"

#include <string.h>

static int
get_open(void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct task_command *c = self;
	char *name, *comma;

	(void)window;
	if (settings->operand_count == 0)
		return fault_set(f, STATUS_USAGE,
		    "get: give NAME[,NAME...]; see %s --help", prog_name());
	c->names_text = memory_copy(settings->operands[0]);
	settings->operands++;
	settings->operand_count--;
	for (name = c->names_text; name != NULL; name = comma) {
		comma = strchr(name, ',');
		if (comma != NULL)
			*comma++ = '\0';
		if (!name_is_valid(name, strlen(name)) ||
		    c->name_count == GET_MAX_NAMES)
			return fault_set(f, STATUS_USAGE,
			    "get: '%s' is no name of a parameter", name);
		c->names[c->name_count++] = name;
	}
	return 0;
}

static const char *
value_of(const struct task *t, const char *name)
{
	return strcmp(name, COLUMN_TASK_ID) == 0 ? task_id(t)
						 : task_get(t, name);
}

static int
get_begin(void *self, struct item *item, struct fault *f)
{
	const struct task_command *c = self;
	int i;

	(void)f;
	item->answer = ANSWER_YES;
	for (i = 0; i < c->name_count; i++)
		if (value_of(&item->task, c->names[i]) == NULL)
			item->answer = ANSWER_NO;
	return 0;
}

/* As jq's @tsv does: a tab, a line end or a backslash cannot break a line. */
static void
add_tsv(struct buf *out, const char *text)
{
	static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
	const char *p;

	for (; *text != '\0'; text++) {
		p = strchr(special, *text);
		if (p != NULL)
			buf_add_text(out, "\\");
		buf_add(out, p == NULL ? text : &letters[p - special], 1);
	}
}

static int
get_write(void *self, const struct item *item, struct buf *out, struct fault *f)
{
	const struct task_command *c = self;
	const char *value;
	int i;

	for (i = 0; i < c->name_count; i++) {
		value = value_of(&item->task, c->names[i]);
		buf_add_text(out, i == 0 ? "" : "\t");
		add_tsv(out, value == NULL ? "" : value);
	}
	buf_add_text(out, "\n");
	return buf_check(out, f);
}

const struct filter filter_get = {.open = get_open,
    .begin = get_begin,
    .write = get_write,
    .no_answer = ANSWER_NONE};
