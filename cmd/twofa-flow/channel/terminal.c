/*
 * Calls on a terminal, where a line ends with Enter and a secret is not echoed:
 * "tty", where the keys of the caller are typed; and the desk, where an agent
 * types letters for the keys that a telephone has (r for *, q for 0, Enter for
 * 1), and knows the customer's identifier.
 */
#include "cmd/twofa-flow/channel/channel.h"

#include "common/process/prompt.h"
#include "common/file/file.h"
#include "common/task/names.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int
open_terminal(struct channel *c)
{
	c->terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	return c->terminal == -1 ? -1 : 0;
}

static int
tty_open(struct channel *c, struct fault *f)
{
	return open_terminal(c) == 0
	    ? 0
	    : fault_set(f, STATUS_USAGE,
		  "no terminal to ask on: -F lines asks on standard output");
}

static int
desk_open(struct channel *c, struct fault *f)
{
	return open_terminal(c) == 0
	    ? 0
	    : fault_set(f, STATUS_USAGE,
		  "desk: no terminal: an agent has to be asked");
}

/* A terminal that cannot be written is gone. */
static enum heard
put(const struct channel *c, const char *text)
{
	struct fault gone = FAULT_INIT;

	return file_write_all(
		   c->terminal, "/dev/tty", text, strlen(text), &gone) == 0 &&
		file_write_all(c->terminal, "/dev/tty", "\n", 1, &gone) == 0
	    ? HEARD_NOTHING
	    : HEARD_HANG_UP;
}

static enum heard
tty_say(struct channel *c, const struct speech *s, struct fault *f)
{
	(void)f;
	return put(c, s->text);
}

/* fresh: what was typed before the prompt is discarded. */
static enum heard
ask(const struct channel *c, const struct speech *s, bool fresh, char *keys,
    struct fault *f)
{
	const struct question q = {.fd = c->terminal,
	    .out = keys,
	    .size = CHANNEL_KEYS_SIZE,
	    .prompt = "> ",
	    .secret = s->secret,
	    .fresh = fresh,
	    .seconds = s->activity->seconds};
	enum heard heard = put(c, s->text);

	if (heard != HEARD_NOTHING)
		return heard;
	switch (prompt_terminal(&q, f)) {
	case PROMPT_LINE:
		return HEARD_KEYS;
	case PROMPT_TIMEOUT:
		return HEARD_NOTHING;
	case PROMPT_END:
		return HEARD_HANG_UP;
	case PROMPT_FAILED:
		break;
	}
	if (f->status != STATUS_DATA)
		return HEARD_FAILED;
	/* A line that is too long is an invalid answer. */
	fault_clear(f);
	return channel_invalid_keys(keys);
}

static enum heard
tty_ask(struct channel *c, const struct speech *s, char *keys, struct fault *f)
{
	return ask(c, s, s->secret, keys, f);
}

static int
tty_end(struct channel *c, const struct ending *e, struct fault *f)
{
	char line[WORKFLOW_TEXT_MAX + 64];

	(void)f;
	(void)snprintf(line, sizeof line, "The call is %s%s%s.", e->outcome,
	    e->to[0] == '\0' ? "" : ": ", e->to);
	(void)put(c, line);
	return 0;
}

static enum heard
desk_say(struct channel *c, const struct speech *s, struct fault *f)
{
	c->asked = NULL;
	return tty_say(c, s, f);
}

/*
 * The key that the letter stands for; Enter alone is yes. The keys themselves
 * are not accepted: a PIN that begins with 0 must not end the call.
 */
static void
translate(const struct activity *a, char *keys)
{
	static const char letters[][2] = {{'r', '*'}, {'q', '0'}};
	const char *first = keys + strspn(keys, " \t");
	size_t i, len = strcspn(first, " \t");
	char key = len == 1 ? '?' : '\0';

	if (first[len + strspn(first + len, " \t")] != '\0')
		return;
	if (len == 0 && !activity_collects(a))
		key = '1';
	for (i = 0; i < ARRAY_LEN(letters) && len == 1; i++)
		if ((*first | 0x20) == letters[i][0])
			key = letters[i][1];
	if (key == '\0')
		return;
	keys[0] = key;
	keys[1] = '\0';
}

/* The last answer to this prompt was invalid: say what is valid. */
static enum heard
say_what_is_valid(const struct channel *c, const struct activity *a)
{
	char text[80] = "Enter, or q.";

	if (activity_collects(a))
		(void)snprintf(text, sizeof text,
		    "It has %u digits. Nothing was checked, no try is used up.",
		    a->digits);
	return put(c, text);
}

static enum heard
desk_ask(struct channel *c, const struct speech *s, char *keys, struct fault *f)
{
	const struct activity *a = s->activity;
	enum heard heard = HEARD_NOTHING;

	if (a->parameter != NULL &&
	    strcmp(a->parameter, NAME_CUSTOMER_IDENTIFIER) == 0) {
		(void)snprintf(keys, CHANNEL_KEYS_SIZE, "%s", c->customer);
		return HEARD_KEYS;
	}
	if (c->asked == a)
		heard = say_what_is_valid(c, a);
	if (heard != HEARD_NOTHING)
		return heard;
	c->asked = NULL;
	heard = ask(c, s, true, keys, f);
	if (heard == HEARD_KEYS) {
		translate(a, keys);
		c->asked = a;
	}
	return heard;
}

const struct channel_type channel_tty = {.name = "tty",
    .open = tty_open,
    .say = tty_say,
    .ask = tty_ask,
    .end = tty_end};

/* It has no end: the line for the ticket says it. */
const struct channel_type channel_desk = {
    .name = "desk", .open = desk_open, .say = desk_say, .ask = desk_ask};
