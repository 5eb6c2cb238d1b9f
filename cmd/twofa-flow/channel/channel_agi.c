/*
 * A call on Asterisk. What is said is an audio file, the activity's own or
 * twofa/ACTIVITY, and then the digits that its text has parameters for.
 *
 * Asterisk drops a key while a sound is played that it may not interrupt, and
 * a key that is released while no command runs. So a prompt may be interrupted
 * by any key from its first sound on; that key is the first of the answer,
 * nothing more is played, and one command takes all the others.
 */
#include "cmd/twofa-flow/channel/channel.h"

#include "common/base/number.h"
#include "common/base/prog.h"
#include "cmd/twofa-flow/channel/agi.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

enum {
	NUMBER_SIZE = 24,
	SOUND_SIZE = 300,
	VALUE_SIZE = 201,
	DEFAULT_SECONDS = 10, /* without a time-out in the workflow */
};

static const char any_key[] = "0123456789*#";

/* Played after the digits, in place of the prompt. */
static const char beep[] = "beep";
static const char silence[] = "";

static bool
has_failed(const struct agi_reply *reply)
{
	return strcmp(reply->result, "-1") == 0;
}

/* The key whose code the reply is; '\0': not a key of a telephone. */
static char
key_of(const struct agi_reply *reply)
{
	unsigned long code;

	if (!number_parse(&code, reply->result, '!', '~') ||
	    strchr(any_key, (int)code) == NULL)
		return '\0';
	return (char)code;
}

/* A command has failed: because of a hang-up, or because the sound is missing;
 * then *key was released while that was found out. */
static int
why_failed(const char *sound, char *key, struct fault *f)
{
	static const char *const words[] = {"WAIT", "FOR", "DIGIT", "1", NULL};
	struct agi_reply reply;

	if (agi_command(words, &reply, f) == -1)
		return -1;
	if (has_failed(&reply))
		channel_hang_up();
	if (channel_hung_up())
		return 0;
	*key = key_of(&reply);
	prog_message(PROG_WARNING,
	    "%s: cannot be played: is the audio file there?",
	    sound[0] == '\0' ? "silence" : sound);
	explicit_bzero(&reply, sizeof reply);
	return 0;
}

/* A '#' that belongs to an earlier prompt: many callers key it after digits. */
static bool
is_no_answer(const struct activity *act, char key)
{
	return key == '#' && activity_collects(act) &&
	    activity_exit(act, EXIT_CHOICE, "#") == NULL;
}

/* escape: the keys that interrupt it; *key: the one that did, or '\0'. */
static int
stream(const struct activity *act, const char *sound, const char *escape,
    char *key, struct fault *f)
{
	const char *const words[] = {"STREAM", "FILE", sound, escape, NULL};
	struct agi_reply reply;
	int r = 0;

	*key = '\0';
	if (agi_command(words, &reply, f) == -1)
		return -1;
	if (has_failed(&reply))
		r = why_failed(sound, key, f);
	else
		*key = key_of(&reply);
	if (escape[0] == '\0' || is_no_answer(act, *key))
		*key = '\0';
	explicit_bzero(&reply, sizeof reply);
	return r;
}

static void
sound_name(char out[SOUND_SIZE], const struct speech *s)
{
	if (s->audio != NULL)
		(void)snprintf(out, SOUND_SIZE, "%s", s->audio);
	else
		(void)snprintf(out, SOUND_SIZE, "twofa/%s", s->activity->name);
}

/* Digit by digit: SAY DIGITS does not report a sound that is missing. */
static int
say_all(const struct speech *s, const char *escape, char *key, struct fault *f)
{
	char sound[SOUND_SIZE];
	const char *digit;
	int r;

	sound_name(sound, s);
	r = stream(s->activity, sound, escape, key, f);
	for (digit = s->digits; r == 0 && *key == '\0' && *digit != '\0';
	     digit++) {
		if (*digit == ' ')
			continue;
		(void)snprintf(sound, sizeof sound, "digits/%c", *digit);
		r = stream(s->activity, sound, escape, key, f);
	}
	return r;
}

static enum heard
agi_say(struct channel *c, const struct speech *s, struct fault *f)
{
	char key;

	(void)c;
	if (say_all(s, "", &key, f) == -1)
		return HEARD_FAILED;
	return channel_hung_up() ? HEARD_HANG_UP : HEARD_NOTHING;
}

/* Up to count digits, each within seconds. */
static int
get_data(const char *sound, unsigned seconds, unsigned count,
    struct agi_reply *reply, struct fault *f)
{
	char wait_ms[NUMBER_SIZE], digits[NUMBER_SIZE];
	const char *const words[] = {
	    "GET", "DATA", sound, wait_ms, digits, NULL};

	(void)snprintf(wait_ms, sizeof wait_ms, "%u000", seconds);
	(void)snprintf(digits, sizeof digits, "%u", count);
	return agi_command(words, reply, f);
}

static unsigned
first_seconds(const struct activity *act)
{
	return act->seconds > 0 ? act->seconds : DEFAULT_SECONDS;
}

static bool
has_another_time_for_more(const struct activity *act)
{
	return activity_collects(act) && act->digit_seconds > 0 &&
	    act->digit_seconds != act->seconds;
}

/* What was keyed in; GET DATA leaves out the '#' at its end. */
static void
take_keys(char *keys, const struct agi_reply *reply)
{
	if (reply->result[0] == '\0' && !reply->timed_out)
		(void)snprintf(keys, CHANNEL_KEYS_SIZE, "#");
	else
		(void)snprintf(keys, CHANNEL_KEYS_SIZE, "%.*s",
		    CHANNEL_KEYS_SIZE - 1, reply->result);
}

/* With that sound, or the next one if it is missing or was interrupted by a key
 * that is no answer. *alone: keys has one key, and no more were waited for. */
static int
get_first(const char *sound, const struct activity *act, char *keys,
    bool *alone, struct fault *f)
{
	const char *const sounds[] = {sound, beep, silence};
	unsigned count = has_another_time_for_more(act) || act->digits == 0
	    ? 1
	    : act->digits;
	struct agi_reply reply;
	size_t i;

	for (i = sound == beep ? 1 : 0; i < ARRAY_LEN(sounds); i++) {
		if (keys[0] != '\0' || channel_hung_up())
			return 0;
		if (get_data(sounds[i], first_seconds(act), count, &reply, f) ==
		    -1)
			return -1;
		if (has_failed(&reply)) {
			if (why_failed(sounds[i], keys, f) == -1)
				return -1;
			*alone = keys[0] != '\0';
			continue;
		}
		take_keys(keys, &reply);
		explicit_bzero(&reply, sizeof reply);
		if (i > 0 || !is_no_answer(act, keys[0]))
			return 0;
		keys[0] = '\0';
	}
	return 0;
}

/* All but the first; a '#' or no key in time ends them. */
static int
get_more(const struct activity *act, char *keys, struct fault *f)
{
	unsigned seconds =
	    act->digit_seconds > 0 ? act->digit_seconds : first_seconds(act);
	struct agi_reply reply;
	char late;

	if (get_data(silence, seconds, act->digits - 1, &reply, f) == -1)
		return -1;
	if (has_failed(&reply))
		return why_failed(silence, &late, f);
	(void)snprintf(keys + 1, CHANNEL_KEYS_SIZE - 1, "%.*s",
	    CHANNEL_KEYS_SIZE - 2, reply.result);
	explicit_bzero(&reply, sizeof reply);
	return 0;
}

/* A first key, and no answer by itself. */
static bool
wants_more(const struct activity *act, const char *keys)
{
	return activity_collects(act) && act->digits > 1 && strlen(keys) == 1 &&
	    keys[0] != '#' && activity_exit(act, EXIT_CHOICE, keys) == NULL;
}

static enum heard
agi_ask(struct channel *c, const struct speech *s, char *keys, struct fault *f)
{
	const struct activity *act = s->activity;
	bool has_digits = s->digits[0] != '\0', alone;
	char sound[SOUND_SIZE];

	(void)c;
	keys[0] = keys[1] = '\0';
	sound_name(sound, s);
	if (has_digits && say_all(s, any_key, &keys[0], f) == -1)
		return HEARD_FAILED;
	alone = keys[0] != '\0';
	if (!alone &&
	    get_first(has_digits ? beep : sound, act, keys, &alone, f) == -1)
		return HEARD_FAILED;
	if ((alone || has_another_time_for_more(act)) &&
	    wants_more(act, keys) && get_more(act, keys, f) == -1)
		return HEARD_FAILED;
	if (channel_hung_up())
		return HEARD_HANG_UP;
	return keys[0] == '\0' ? HEARD_NOTHING : HEARD_KEYS;
}

static int
set_all(const char *validation, const char *outcome, const char *to,
    struct fault *f)
{
	if (agi_set("VALIDATIONCHECK", validation, f) == -1 ||
	    agi_set("FLOWOUTCOME", outcome, f) == -1)
		return -1;
	return agi_set("FLOWTARGET", to, f);
}

/* What an earlier call left in the variables must not open a door. */
static int
agi_begin_call(struct channel *c, struct fault *f)
{
	if (agi_begin(c->language, sizeof c->language, f) == -1)
		return -1;
	/* stderr of a program that a daemon has started is lost. */
	prog_also_tell(agi_tell);
	return set_all("", "", "", f);
}

static int
agi_accept(struct channel *c, struct fault *f)
{
	static const char *const words[] = {"ANSWER", NULL};
	struct agi_reply reply;

	(void)c;
	if (agi_command(words, &reply, f) == -1)
		return -1;
	if (strcmp(reply.result, "0") != 0)
		channel_hang_up();
	return 0;
}

/*
 * A trigger may have set any value, and a dialplan puts it between quotes, in
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
agi_end(struct channel *c, const struct ending *e, struct fault *f)
{
	static const char *const words[] = {"HANGUP", NULL};
	char validation[VALUE_SIZE];
	struct agi_reply reply;

	(void)c;
	make_word(validation, e->validation);
	if (set_all(validation, e->outcome, e->to, f) == -1)
		return -1;
	return strcmp(e->outcome, VALUE_DISCONNECTED) == 0
	    ? agi_command(words, &reply, f)
	    : 0;
}

const struct channel_type channel_agi = {.name = "agi",
    .begin = agi_begin_call,
    .accept = agi_accept,
    .say = agi_say,
    .ask = agi_ask,
    .end = agi_end};
