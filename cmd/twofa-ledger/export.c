/*
 * twofa-ledger export: for programs.
 */
#include "cmd/twofa-ledger/commands_inside.h"

#include "common/base/clock.h"
#include "common/base/plain.h"
#include "common/text/json.h"

enum {
	PLAIN_MAX = 4096,
};

/* A member that is left out when it is empty; of what a service said the bytes
 * that are no text become '?'. */
static int
add(json_t *object, const char *name, const char *text)
{
	struct buf plain = BUF_INIT(PLAIN_MAX);
	struct fault f = FAULT_INIT;
	int r = 0;

	if (text[0] != '\0')
		r = plain_append(&plain, text, &f) == -1
		    ? -1
		    : json_object_set_new(
			  object, name, json_string(buf_text(&plain)));
	buf_release(&plain);
	return r;
}

static json_t *
object_of(const struct ledger_line *line)
{
	char at[CLOCK_TEXT_SIZE];
	json_t *o;

	clock_rfc3339(at, line->at_s);
	o = json_pack("{s:s, s:s, s:s}", "time", at, "what", line->what,
	    "outcome", line->outcome);
	if (o == NULL || add(o, "reason", line->reason) == -1 ||
	    add(o, "pinId", line->pin_id) == -1 ||
	    add(o, "messageId", line->provider) == -1 ||
	    add(o, "number", line->masked) == -1 ||
	    (line->tries_left >= 0 &&
		json_object_set_new(
		    o, "attemptsLeft", json_integer(line->tries_left)) == -1) ||
	    add(o, "who", line->who) == -1 || add(o, "ref", line->ref) == -1 ||
	    add(o, "taskHash", line->task) == -1 ||
	    add(o, "customerHash", line->customer) == -1 ||
	    add(o, "numberHash", line->number) == -1) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
put_object(void *arg, const struct ledger_line *line, struct fault *f)
{
	struct tend *t = arg;
	json_t *o = object_of(line);
	int r;

	if (o == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	r = json_write(o, &t->out.buf, f);
	json_decref(o);
	if (r == -1 || buf_append_char(&t->out.buf, '\n', f) == -1)
		return -1;
	return out_written(&t->out, f);
}

int
tend_export(struct tend *t, struct fault *f)
{
	return ledger_history(t->ledger, NULL, put_object, t, f) == -1
	    ? -1
	    : STATUS_OK;
}
