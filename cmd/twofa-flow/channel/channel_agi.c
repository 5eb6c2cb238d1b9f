/*
 * A call on Asterisk. What is said is an audio file, the activity's own or
 * twofa/ACTIVITY, and behind it the digits that its text has parameters for.
 */
#include "cmd/twofa-flow/channel/channel.h"

#include "common/base/prog.h"
#include "cmd/twofa-flow/channel/agi.h"
#include "cmd/twofa-flow/channel/agi_prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	VALUE_SIZE = 201,
};

static int
set_all(const char *validation, const char *outcome, const char *to,
    struct fault *f)
{
	if (agi_set("VALIDATIONCHECK", validation, f) == -1 ||
	    agi_set("FLOWOUTCOME", outcome, f) == -1)
		return -1;
	return agi_set("FLOWTARGET", to, f);
}

/* What an earlier call left there must not open a door. */
static int
agi_first(void **self, struct fault *f)
{
	struct agi *a = calloc(1, sizeof *a);

	if (a == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	*self = a;
	if (agi_begin(a, f) == -1)
		return -1;
	/* stderr of a program that a daemon has started leads nowhere. */
	prog_also_tell(agi_tell);
	return set_all("", "", "", f);
}

static int
agi_open(void **self, const char **language, struct fault *f)
{
	const struct agi *a = *self;

	(void)f;
	if (*language == NULL && a->language[0] != '\0')
		*language = a->language;
	return 0;
}

static int
agi_accept(void *self, struct fault *f)
{
	static const char *const words[] = {"ANSWER", NULL};
	struct agi_reply reply;
	int r = agi_command(words, &reply, f);

	(void)self;
	if (r == 1 && strcmp(reply.result, "0") != 0)
		channel_hang_up();
	return r == -1 ? -1 : 0;
}

static enum heard
agi_say(void *self, const struct speech *s, struct fault *f)
{
	int r = agi_prompt_say(s, f);

	(void)self;
	if (r == -1)
		return HEARD_FAILED;
	return r == 0 ? HEARD_HANG_UP : HEARD_NOTHING;
}

static enum heard
agi_ask(void *self, const struct speech *s, char *keys, struct fault *f)
{
	int r = agi_prompt_ask(s, keys, f);

	(void)self;
	if (r == -1)
		return HEARD_FAILED;
	if (r == 0)
		return HEARD_HANG_UP;
	return keys[0] == '\0' ? HEARD_NOTHING : HEARD_KEYS;
}

/*
 * A trigger may have said anything, and a dialplan puts it between quotes, in
 * $["${VALIDATIONCHECK}" = "OK"]: what could end them becomes '?'.
 */
static void
make_word(char out[VALUE_SIZE], const char *text)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	(void)snprintf(out, VALUE_SIZE, "%s", text);
	for (; *out != '\0'; out++)
		if (strchr(harmless, *out) == NULL)
			*out = '?';
}

static int
agi_end(void *self, const struct ending *e, struct fault *f)
{
	static const char *const words[] = {"HANGUP", NULL};
	char validation[VALUE_SIZE];
	struct agi_reply reply;

	(void)self;
	make_word(validation, e->validation);
	if (set_all(validation, e->outcome, e->to, f) == -1)
		return -1;
	if (strcmp(e->outcome, "disconnected") != 0)
		return 0;
	return agi_command(words, &reply, f) == -1 ? -1 : 0;
}

static void
agi_close(void *self)
{
	free(self);
}

const struct face face_agi = {"agi", agi_first, agi_open, agi_accept, agi_say,
    agi_ask, agi_end, agi_close};
