/*
 * A call on Asterisk. What is said is an audio file, the activity's own or
 * twofa/ACTIVITY, and behind it the digits that its text has parameters for.
 */
#include "common/call/face.h"

#include "common/base/number.h"
#include "common/base/prog.h"
#include "common/call/agi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NUMBER_SIZE = 24,
	AUDIO_SIZE = 300,
	DIGITS_SIZE = 64,
	VALUE_SIZE = 201,
	DEFAULT_SECONDS = 10, /* without a time-out in the workflow */
};

/* Behind the digits, in the place of a prompt; every Asterisk has it. */
static const char beep[] = "beep";

static int
set_all(const char *validation, const char *outcome, const char *to,
    struct fault *f)
{
	if (agi_set("VALIDATIONCHECK", validation, f) == -1 ||
	    agi_set("FLOWOUTCOME", outcome, f) == -1)
		return -1;
	return agi_set("FLOWTARGET", to, f);
}

static int
agi_open(void **self, const char **language, struct fault *f)
{
	struct agi *a = calloc(1, sizeof *a);

	if (a == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	*self = a;
	/* What an earlier call left there must not open a door. */
	if (agi_begin(a, f) == -1 || set_all("", "", "", f) == -1)
		return -1;
	if (*language == NULL && a->language[0] != '\0')
		*language = a->language;
	return 0;
}

static bool
has_failed(const struct agi_reply *reply)
{
	return strcmp(reply->result, "-1") == 0;
}

/* Something failed; 0: because of a hang-up, 1: for another reason. */
static int
is_up(struct fault *f)
{
	static const char *const words[] = {"WAIT", "FOR", "DIGIT", "1", NULL};
	struct agi_reply reply;
	int r = agi_command(words, &reply, f);

	if (r == 1 && has_failed(&reply)) {
		face_hang_up();
		r = 0;
	}
	return r;
}

/* Send it; 1: done, 0: hung up. What cannot be played is said to the log, and
 * the reply has_failed(). */
static int
perform(const char *const words[], const char *what, struct agi_reply *reply,
    struct fault *f)
{
	int r = agi_command(words, reply, f);

	if (r != 1 || !has_failed(reply))
		return r;
	r = is_up(f);
	if (r == 1)
		prog_message(PROG_WARNING,
		    "%s: cannot be played: is the audio file there?", what);
	return r;
}

static int
agi_accept(void *self, struct fault *f)
{
	static const char *const words[] = {"ANSWER", NULL};
	struct agi_reply reply;
	int r = agi_command(words, &reply, f);

	(void)self;
	if (r == 1 && strcmp(reply.result, "0") != 0)
		face_hang_up();
	return r == -1 ? -1 : 0;
}

static void
audio_name(char out[AUDIO_SIZE], const struct speech *s)
{
	if (s->audio != NULL)
		(void)snprintf(out, AUDIO_SIZE, "%s", s->audio);
	else
		(void)snprintf(out, AUDIO_SIZE, "twofa/%s", s->activity->name);
}

static int
say_digits(const char *digits, struct fault *f)
{
	char word[DIGITS_SIZE];
	const char *const words[] = {"SAY", "DIGITS", word, "", NULL};
	struct agi_reply reply;
	int r = 1;

	while (r == 1 && *digits != '\0') {
		(void)snprintf(word, sizeof word, "%.*s",
		    (int)strcspn(digits, " "), digits);
		digits += strcspn(digits, " ");
		digits += *digits == ' ';
		r = perform(words, "digits", &reply, f);
	}
	return r;
}

/* 1: all was said, 0: hung up. */
static int
say_all(const struct speech *s, struct fault *f)
{
	char audio[AUDIO_SIZE];
	const char *const words[] = {"STREAM", "FILE", audio, "", NULL};
	struct agi_reply reply;
	int r;

	audio_name(audio, s);
	r = perform(words, audio, &reply, f);
	return r == 1 ? say_digits(s->digits, f) : r;
}

static enum heard
agi_say(void *self, const struct speech *s, struct fault *f)
{
	int r = say_all(s, f);

	(void)self;
	if (r == -1)
		return HEARD_FAILED;
	return r == 0 ? HEARD_HANG_UP : HEARD_NOTHING;
}

/* A digit, or '\0': none, or the '#' that ends them. 1, 0 hung up, -1. */
static int
read_digit(const char *wait_ms, char *digit, struct fault *f)
{
	const char *const words[] = {"WAIT", "FOR", "DIGIT", wait_ms, NULL};
	struct agi_reply reply;
	unsigned long key = 0;
	int r = agi_command(words, &reply, f);

	*digit = '\0';
	if (r == 1 && has_failed(&reply)) {
		face_hang_up();
		r = 0;
	}
	if (r == 1 && number_parse(&key, reply.result, '!', '~') && key != '#')
		*digit = (char)key;
	explicit_bzero(&reply, sizeof reply);
	return r;
}

/* The digits that follow the first, one by one; each has its own time. */
static int
read_more(const struct activity *act, char *keys, struct fault *f)
{
	char wait_ms[NUMBER_SIZE];
	size_t len;
	int r = 1;

	(void)snprintf(wait_ms, sizeof wait_ms, "%u000", act->digit_seconds);
	for (len = strlen(keys); len > 0 && len < act->digits && r == 1;
	     len++) {
		r = read_digit(wait_ms, &keys[len], f);
		if (keys[len] == '\0')
			break;
		keys[len + 1] = '\0';
	}
	return r;
}

static bool
is_one_by_one(const struct activity *a)
{
	return a->type == ACTIVITY_COLLECT_INFORMATION &&
	    a->digit_seconds > 0 && a->digit_seconds != a->seconds;
}

/* What GET DATA says was keyed in; it leaves the '#' at the end out. */
static void
take_keys(char *keys, const struct agi_reply *reply)
{
	if (has_failed(reply))
		keys[0] = '\0';
	else if (reply->result[0] == '\0' && !reply->timed_out)
		(void)snprintf(keys, FACE_KEYS_SIZE, "#");
	else
		(void)snprintf(keys, FACE_KEYS_SIZE, "%.*s",
		    FACE_KEYS_SIZE - WORKFLOW_MAX_DIGITS - 1, reply->result);
}

/* One prompt and its digits into keys; 1, 0 hung up, -1. */
static int
get_data(
    const char *audio, const struct activity *act, char *keys, struct fault *f)
{
	char wait_ms[NUMBER_SIZE], digits[NUMBER_SIZE];
	const char *words[] = {"GET", "DATA", audio, wait_ms, digits, NULL};
	struct agi_reply reply;
	int r;

	(void)snprintf(wait_ms, sizeof wait_ms, "%u000",
	    act->seconds > 0 ? act->seconds : DEFAULT_SECONDS);
	(void)snprintf(digits, sizeof digits, "%u",
	    is_one_by_one(act) || act->digits == 0 ? 1 : act->digits);
	r = perform(words, audio, &reply, f);
	if (r == 1 && has_failed(&reply) && strcmp(audio, beep) != 0) {
		words[2] = beep;
		r = perform(words, beep, &reply, f);
	}
	if (r == 1)
		take_keys(keys, &reply);
	explicit_bzero(&reply, sizeof reply);
	return r;
}

static enum heard
agi_ask(void *self, const struct speech *s, char *keys, struct fault *f)
{
	const struct activity *act = s->activity;
	char audio[AUDIO_SIZE];
	int r = 1;

	(void)self;
	audio_name(audio, s);
	if (s->digits[0] != '\0')
		r = say_all(s, f);
	if (r == 1)
		r = get_data(s->digits[0] == '\0' ? audio : beep, act, keys, f);
	if (r == 1 && is_one_by_one(act) && strcmp(keys, "#") != 0 &&
	    activity_exit(act, EXIT_CHOICE, keys) == NULL)
		r = read_more(act, keys, f);
	if (r == -1)
		return HEARD_FAILED;
	if (r == 0)
		return HEARD_HANG_UP;
	return keys[0] == '\0' ? HEARD_NOTHING : HEARD_KEYS;
}

static int
agi_end(void *self, const struct ending *e, struct fault *f)
{
	static const char *const words[] = {"HANGUP", NULL};
	char validation[VALUE_SIZE];
	struct agi_reply reply;

	(void)self;
	/* A trigger may have said anything. */
	(void)snprintf(validation, sizeof validation, "%s", e->validation);
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

const struct face face_agi = {
    "agi", agi_open, agi_accept, agi_say, agi_ask, agi_end, agi_close};
