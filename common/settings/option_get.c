/*
 * What the options say, and where that is from.
 */
#include "common/settings/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row *
row_find(unsigned programs, enum option_id id)
{
	size_t i;

	for (i = 0; i < option_table_len; i++)
		if (option_table[i].id == id &&
		    (option_table[i].programs & programs) != 0)
			return &option_table[i];
	return NULL;
}

void
options_release(struct options *o)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		free(o->value[i].owned);
		o->value[i].owned = NULL;
	}
}

const char *
option_text(const struct options *o, enum option_id id)
{
	return o->value[id].text;
}

unsigned long
option_number(const struct options *o, enum option_id id)
{
	return o->value[id].number;
}

struct rate
option_rate(const struct options *o, enum option_id id)
{
	return o->value[id].rate;
}

bool
option_given(const struct options *o, enum option_id id)
{
	return o->value[id].number > 0;
}

int
option_blame(const struct options *o, enum option_id id, struct fault *f)
{
	if (o->value[id].origin == ORIGIN_FILE)
		fault_prefix(f, "%s", o->value[id].place);
	return -1;
}

int
option_note(struct options *o, enum option_id id, const char *text,
    enum option_origin origin, struct fault *f)
{
	struct option_value *v = &o->value[id];

	if (v->text != NULL)
		return 0;
	v->owned = strdup(text);
	if (v->owned == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	v->text = v->owned;
	v->origin = origin;
	return 0;
}

bool
option_describe(
    const struct options *o, enum option_id id, char *out, size_t size)
{
	const struct option_row *row = row_find((unsigned)o->program, id);
	const struct option_value *v = &o->value[id];
	const char *origin[] = {
	    "default", v->place, "environment", "command line"};

	if (row == NULL || (row->key == NULL && id != OPTION_CONFIG))
		return false;
	if (v->text == NULL)
		(void)snprintf(out, size, "%s is not set",
		    row->key == NULL ? row->name : row->key);
	else
		(void)snprintf(out, size, "%s = %s (%s)",
		    row->key == NULL ? row->name : row->key, v->text,
		    origin[v->origin]);
	return true;
}
