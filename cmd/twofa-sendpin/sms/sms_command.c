/*
 * command:PROGRAM ARG…. The number is the last argument, the text comes on
 * stdin. The exit status is the outcome: 0 accepted, 1 rejected, 69 the service
 * refuses, 75 not now, any other unknown. A message is never repeated, because
 * nothing says that the program recognises its id.
 */
#include "cmd/twofa-sendpin/sms/sms.h"

#include "common/base/clock.h"
#include "common/base/memory.h"
#include "common/process/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	WORDS = 32,
};

struct command {
	struct sms_settings settings;
	char text[ADDRESS_MAX + 1];
	char *argv[WORDS + 2]; /* with room for the number and NULL */
	int words;
};

static int
command_open(void **state, const struct address *address,
    const struct sms_settings *settings, struct fault *f)
{
	struct command *c = memory_new(1, sizeof *c);

	c->settings = *settings;
	(void)snprintf(c->text, sizeof c->text, "%s", address->rest);
	c->words = child_split(c->text, c->argv, WORDS + 1, f);
	if (c->words != -1 && access(c->argv[0], X_OK) == -1)
		c->words = fault_errno(f, STATUS_CONFIG, "%s", c->argv[0]);
	if (c->words == -1) {
		free(c);
		return fault_prefix(f, "command");
	}
	*state = c;
	return 0;
}

static void
note_status(struct sms *m, int status)
{
	char detail[80];

	(void)snprintf(detail, sizeof detail,
	    status >= CHILD_SIGNALLED ? "the command ended by signal %d"
				      : "the command ended with status %d",
	    status >= CHILD_SIGNALLED ? status - CHILD_SIGNALLED : status);
	switch (status) {
	case 0:
		sms_note(m, SMS_ACCEPTED, SMS_RECIPIENT, "");
		break;
	case STATUS_NO:
		sms_note(m, SMS_REJECTED, SMS_RECIPIENT, detail);
		break;
	case STATUS_SERVICE:
		sms_note(m, SMS_REJECTED, SMS_SERVICE, detail);
		break;
	case STATUS_TEMPORARY:
		sms_note(m, SMS_RETRY, SMS_SERVICE, detail);
		break;
	default:
		sms_note(m, SMS_UNKNOWN, SMS_SERVICE, detail);
		break;
	}
}

static void
send_one(struct command *c, struct sms *m)
{
	struct child child = CHILD_INIT;
	struct fault f = FAULT_INIT;
	struct buf text = BUF_INIT(2 * SMS_MESSAGE_MAX);
	char number[32];
	int64_t deadline_ms = clock_monotonic_ms() +
	    (int64_t)c->settings.requests.time_allowed_ms;

	(void)snprintf(number, sizeof number, "%s", m->to);
	c->argv[c->words] = number;
	if (buf_printf(&text, &f, "%s\n", m->message) == -1 ||
	    child_start(&child, CHILD_COMMAND, c->argv, &f) == -1)
		sms_note(m, SMS_RETRY, SMS_SERVICE, f.message);
	else if (child_talk(
		     &child, text.data, text.len, NULL, deadline_ms, &f) != -1)
		note_status(m, child_wait(&child, deadline_ms));
	buf_release(&text);
}

static int
command_send(
    void *state, struct sms *const messages[], size_t n, struct fault *f)
{
	size_t i;

	(void)f;
	for (i = 0; i < n; i++)
		send_one(state, messages[i]);
	return 0;
}

const struct sms_backend sms_command = {
    .scheme = "command",
    .open = command_open,
    .send = command_send,
    .close = free,
};
