/*
 * A call on Asterisk. What is said is an audio file, the activity's own or
 * twofa/ACTIVITY, and behind it the digits that its text has parameters for.
 */
#include "common/call/face.h"

#include "common/base/prog.h"
#include "common/call/agi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NUMBER_SIZE = 24,
	AUDIO_SIZE = 300,
	DIGITS_SIZE = 64,
	DEFAULT_SECONDS = 10, /* without a time-out in the workflow */
};

/* Behind the digits, in the place of a prompt; every Asterisk has it. */
static const char beep[] = "beep";

static int
agi_open(void **self, const char **language, struct fault *f)
{
	struct agi *a = calloc(1, sizeof *a);

	if (a == NULL)
		return fault_set(f, STATUS_IO, "out of memory");
	*self = a;
	/* What an earlier call left there must not open a door. */
	if (agi_begin(a, f) == -1 ||
	    agi_set(a, "VALIDATIONCHECK", "", f) == -1 ||
	    agi_set(a, "FLOWOUTCOME", "", f) == -1 ||
	    agi_set(a, "FLOWTARGET", "", f) == -1)
		return -1;
	if (*language == NULL && a->language[0] != '\0')
		*language = a->language;
	return 0;
}

/* It failed; 0: because of a hang-up, 1: for another reason. */
static int
is_up(struct agi *a, struct fault *f)
{
	const char *const words[] = {"WAIT", "FOR", "DIGIT", "1", NULL};
	struct agi_reply reply;
	int r = agi_command(a, words, &reply, f);

	if (r == 1 && strcmp(reply.result, "-1") == 0) {
		a->hung_up = true;
		r = 0;
	}
	return r;
}

/* Send it; 1: done, 0: hung up. What cannot be played is said to the log. */
static int
perform(struct agi *a, const char *const words[], const char *what,
    struct agi_reply *reply, struct fault *f)
{
	int r = agi_command(a, words, reply, f);

	if (r != 1 || strcmp(reply->result, "-1") != 0)
		return r;
	reply->result[0] = '\0';
	r = is_up(a, f);
	if (r == 1)
		prog_message(PROG_WARNING,
		    "%s: cannot be played: is the audio file there?", what);
	return r;
}

static int
agi_accept(void *self, struct fault *f)
{
	static const char *const words[] = {"ANSWER", NULL};
	struct agi *a = self;
	struct agi_reply reply;
	int r = agi_command(a, words, &reply, f);

	if (r == 1 && strcmp(reply.result, "0") != 0)
		a->hung_up = true;
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
say_digits(struct agi *a, const char *digits, struct fault *f)
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
		r = perform(a, words, "digits", &reply, f);
	}
	return r;
}

/* 1: all was said, 0: hung up. */
static int
say_all(struct agi *a, const struct speech *s, struct fault *f)
{
	char audio[AUDIO_SIZE];
	const char *const words[] = {"STREAM", "FILE", audio, "", NULL};
	struct agi_reply reply;
	int r;

	audio_name(audio, s);
	r = perform(a, words, audio, &reply, f);
	return r == 1 ? say_digits(a, s->digits, f) : r;
}

static enum heard
agi_say(void *self, const struct speech *s, struct fault *f)
{
	int r = say_all(self, s, f);

	if (r == -1)
		return HEARD_FAILED;
	return r == 0 ? HEARD_HANG_UP : HEARD_NOTHING;
}

/* The digits that follow the first, one by one; each has its own time. */
static int
read_more(
    struct agi *a, const struct activity *act, char *keys, struct fault *f)
{
	char wait_ms[NUMBER_SIZE];
	const char *const words[] = {"WAIT", "FOR", "DIGIT", wait_ms, NULL};
	struct agi_reply reply;
	size_t len;
	long key;
	int r;

	(void)snprintf(wait_ms, sizeof wait_ms, "%u000", act->digit_seconds);
	while ((len = strlen(keys)) < act->digits) {
		r = agi_command(a, words, &reply, f);
		key = r == 1 ? strtol(reply.result, NULL, 10) : 0;
		explicit_bzero(&reply, sizeof reply);
		if (key < 0)
			a->hung_up = true;
		if (r != 1 || key < 0)
			return r == -1 ? -1 : 0;
		if (key == 0 || key == '#')
			break;
		keys[len] = (char)key;
		keys[len + 1] = '\0';
	}
	return 1;
}

static bool
is_one_by_one(const struct activity *a)
{
	return a->type == ACTIVITY_COLLECT_INFORMATION &&
	    a->digit_seconds > 0 && a->digit_seconds != a->seconds;
}

/* One prompt and its digits into keys; 1, 0 hung up, -1. */
static int
get_data(struct agi *a, const char *audio, const struct activity *act,
    char *keys, struct fault *f)
{
	char wait_ms[NUMBER_SIZE], digits[NUMBER_SIZE];
	const char *const words[] = {
	    "GET", "DATA", audio, wait_ms, digits, NULL};
	struct agi_reply reply;
	int r;

	(void)snprintf(wait_ms, sizeof wait_ms, "%u000",
	    act->seconds > 0 ? act->seconds : DEFAULT_SECONDS);
	(void)snprintf(digits, sizeof digits, "%u",
	    is_one_by_one(act) || act->digits == 0 ? 1 : act->digits);
	r = perform(a, words, audio, &reply, f);
	if (r == 1)
		(void)snprintf(keys, FACE_KEYS_SIZE, "%.*s",
		    FACE_KEYS_SIZE - WORKFLOW_MAX_DIGITS - 1, reply.result);
	explicit_bzero(&reply, sizeof reply);
	if (r != 1 || keys[0] == '\0' || !is_one_by_one(act) ||
	    activity_exit(act, EXIT_CHOICE, keys) != NULL)
		return r;
	return read_more(a, act, keys, f);
}

static enum heard
agi_ask(void *self, const struct speech *s, char *keys, struct fault *f)
{
	struct agi *a = self;
	char audio[AUDIO_SIZE];
	int r = 1;

	audio_name(audio, s);
	if (s->digits[0] != '\0')
		r = say_all(a, s, f);
	if (r == 1)
		r = get_data(a, s->digits[0] == '\0' ? audio : beep,
		    s->activity, keys, f);
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
	struct agi *a = self;
	struct agi_reply reply;

	if (agi_set(a, "VALIDATIONCHECK", e->validation, f) == -1 ||
	    agi_set(a, "FLOWOUTCOME", e->outcome, f) == -1 ||
	    agi_set(a, "FLOWTARGET", e->to, f) == -1)
		return -1;
	if (strcmp(e->outcome, "disconnected") != 0)
		return 0;
	return agi_command(a, words, &reply, f) == -1 ? -1 : 0;
}

static void
agi_close(void *self)
{
	free(self);
}

const struct face face_agi = {
    "agi", agi_open, agi_accept, agi_say, agi_ask, agi_end, agi_close};
