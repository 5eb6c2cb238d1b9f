#include "cmd/twofa-flow/channel/channel_desk.h"

#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

static int
accept_call(void *self, struct fault *f)
{
	const struct face_desk *d = self;

	return face_tty.accept(d->terminal, f);
}

static enum heard
say(void *self, const struct speech *s, struct fault *f)
{
	struct face_desk *d = self;

	d->asked = NULL;
	return face_tty.say(d->terminal, s, f);
}

/*
 * The key that the letter stands for; Enter alone is yes. The keys themselves
 * are none: a PIN that is begun with 0 is no wish to end the call.
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
	if (len == 0 && a->type == ACTIVITY_INPUT_CUSTOMER)
		key = '1';
	for (i = 0; i < ARRAY_LEN(letters) && len == 1; i++)
		if ((*first | 0x20) == letters[i][0])
			key = letters[i][1];
	if (key == '\0')
		return;
	keys[0] = key;
	keys[1] = '\0';
}

/* What was typed last was no answer to this prompt. */
static enum heard
say_so(const struct face_desk *d, const struct activity *a, struct fault *f)
{
	char text[80] = "Enter, or q.";
	const struct speech s = {.activity = a, .text = text};

	if (a->type == ACTIVITY_COLLECT_INFORMATION)
		(void)snprintf(text, sizeof text,
		    "It has %u digits. Nothing was checked, no try is used up.",
		    a->digits);
	return face_tty.say(d->terminal, &s, f);
}

static enum heard
ask(void *self, const struct speech *s, char *keys, struct fault *f)
{
	struct face_desk *d = self;
	struct speech fresh = *s;
	enum heard heard = HEARD_NOTHING;

	if (s->activity->parameter != NULL &&
	    strcmp(s->activity->parameter, NAME_CUSTOMER_IDENTIFIER) == 0) {
		(void)snprintf(keys, CHANNEL_KEYS_SIZE, "%s", d->customer);
		return HEARD_KEYS;
	}
	if (d->asked == s->activity)
		heard = say_so(d, s->activity, f);
	if (heard != HEARD_NOTHING)
		return heard;
	fresh.fresh = true;
	d->asked = NULL;
	heard = face_tty.ask(d->terminal, &fresh, keys, f);
	if (heard == HEARD_KEYS) {
		translate(s->activity, keys);
		d->asked = s->activity;
	}
	return heard;
}

/* What there is to say is the line for the ticket. */
static int
end(void *self, const struct ending *e, struct fault *f)
{
	(void)self;
	(void)e;
	(void)f;
	return 0;
}

int
face_desk_open(struct face_desk *d, struct fault *f)
{
	struct fault none = FAULT_INIT;
	const char *language = NULL;

	if (face_tty.open(&d->terminal, &language, &none) == 0)
		return 0;
	return fault_set(
	    f, STATUS_USAGE, "desk: no terminal: an agent has to be asked");
}

void
face_desk_close(struct face_desk *d)
{
	face_tty.close(d->terminal);
	d->terminal = NULL;
}

const struct face face_desk = {
    "desk", NULL, NULL, accept_call, say, ask, end, NULL};
