#include "cmd/twofa-flow/speech.h"

#include "common/base/number.h"
#include "cmd/twofa-flow/workflow/wording.h"
#include "common/task/names.h"
#include "common/task/reason.h"

#include <stdio.h>
#include <string.h>

struct values {
	const struct session *session;
	char tries_left[16];
	char resent[80];
};

static const char *
why(const struct task *t)
{
	const char *word = task_get(t, NAME_REASON);
	const struct reason *reason = reason_find(word);

	if (word == NULL)
		return "there was no answer";
	return reason == NULL ? word : reason->why;
}

static const char *
tries_left(struct values *v)
{
	const char *attempts = task_get(&v->session->task, NAME_PIN_ATTEMPTS);
	unsigned long left = v->session->workflow.settings.max_attempts;
	unsigned long used = 0;

	if (attempts != NULL && !number_parse(&used, attempts, 0, left))
		used = left;
	(void)snprintf(v->tries_left, sizeof v->tries_left, "%lu", left - used);
	return v->tries_left;
}

/* After a StartValidation with the value Resend: one that was granted leaves
 * SMSSent and no reason. */
static const char *
resent(struct values *v)
{
	const char *sent = task_get(&v->session->task, NAME_SMS_SENT);
	const char *reason = task_get(&v->session->task, NAME_REASON);

	if (reason == NULL && sent != NULL && strcmp(sent, VALUE_YES) == 0)
		return "sent again";
	if (reason != NULL && strcmp(reason, REASON_UNKNOWN_OUTCOME) == 0)
		return "perhaps sent again: nobody knows";
	(void)snprintf(v->resent, sizeof v->resent, "not sent again: %s",
	    why(&v->session->task));
	return v->resent;
}

static const char *
value_of(void *self, const char *name)
{
	struct values *v = self;

	if (strcmp(name, "TriesLeft") == 0)
		return tries_left(v);
	if (strcmp(name, "Why") == 0)
		return why(&v->session->task);
	if (strcmp(name, "Resent") == 0)
		return resent(v);
	return task_get(&v->session->task, name);
}

enum heard
speech_say(
    struct session *s, const struct activity *a, char *keys, struct fault *f)
{
	struct values values = {.session = s};
	struct buf text = BUF_INIT(WORDING_MAX), digits = BUF_INIT(WORDING_MAX);
	const char *words = wording_find(&a->text, s->language);
	enum heard heard = HEARD_FAILED;
	struct speech speech;

	if (channel_hung_up())
		return HEARD_HANG_UP;
	if (wording_fill(words, value_of, &values, &text, f) == -1 ||
	    wording_digits(words, value_of, &values, &digits, f) == -1)
		goto out;
	speech = (struct speech){.activity = a,
	    .text = buf_text(&text),
	    .digits = buf_text(&digits),
	    .audio = wording_find(&a->audio, s->language),
	    .secret = activity_asks_for_pin(a)};
	heard = keys == NULL
	    ? s->channel.type->say(&s->channel, &speech, f)
	    : s->channel.type->ask(&s->channel, &speech, keys, f);
out:
	buf_release(&text);
	buf_release(&digits);
	return heard;
}
