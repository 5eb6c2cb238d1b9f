#include "cmd/twofa-flow/channel/agi.h"

#include "common/base/buf.h"
#include "cmd/twofa-flow/channel/channel.h"
#include "common/file/file.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
	MAX_HEADER_LINES = 200,
	MAX_USAGE_LINES = 200,
	REPLY_SECONDS = 7200, /* a prompt and its time-out take their time */
	AT_ONCE_SECONDS = 60, /* of what plays nothing, on a busy machine */
	LINE_SECONDS = 10,    /* what follows a line comes with it */
	MESSAGE_SIZE = AGI_COMMAND_MAX / 2 - 20, /* if all is quoted */
};

/* HEARD_KEYS, HEARD_HANG_UP or HEARD_FAILED. */
static enum heard
read_line(char line[AGI_LINE_SIZE], unsigned seconds, struct fault *f)
{
	enum heard heard =
	    channel_read_line(STDIN_FILENO, line, AGI_LINE_SIZE, seconds, f);

	if (heard == HEARD_KEYS || heard == HEARD_FAILED)
		return heard;
	channel_hang_up();
	return HEARD_HANG_UP;
}

/* "?" is a line that is too long, such as the name of a caller. */
static bool
is_of_block(const char *line, int i)
{
	return strncmp(line, "agi_", 4) == 0 ||
	    (i > 0 && strcmp(line, "?") == 0);
}

int
agi_begin(char *language, size_t size, struct fault *f)
{
	static const char name[] = "agi_language: ";
	char line[AGI_LINE_SIZE];
	enum heard heard;
	int i;

	for (i = 0; i < MAX_HEADER_LINES; i++) {
		heard = read_line(line, LINE_SECONDS, f);
		if (heard == HEARD_FAILED)
			return -1;
		if (heard == HEARD_KEYS && line[0] == '\0' && i > 0)
			return 0;
		if (heard == HEARD_HANG_UP || !is_of_block(line, i))
			break;
		if (strncmp(line, name, sizeof name - 1) == 0)
			(void)snprintf(
			    language, size, "%s", line + sizeof name - 1);
	}
	return fault_set(f, STATUS_DATA,
	    "-F agi is for Asterisk: standard input does not begin with its "
	    "agi_ lines");
}

/* Control characters become blanks. */
static bool
needs_quotes(const char *word)
{
	if (*word == '\0')
		return true;
	for (; *word != '\0'; word++)
		if ((unsigned char)*word <= ' ' || *word == '"' ||
		    *word == '\\')
			return true;
	return false;
}

static void
add_word(struct buf *line, const char *word)
{
	char c;

	if (line->len > 0)
		buf_add_text(line, " ");
	if (!needs_quotes(word)) {
		buf_add_text(line, word);
		return;
	}
	buf_add_text(line, "\"");
	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\')
			buf_add_text(line, "\\");
		c = (unsigned char)*word < ' ' ? ' ' : *word;
		buf_add(line, &c, 1);
	}
	buf_add_text(line, "\"");
}

static int
send_command(const char *const words[], struct fault *f)
{
	struct buf line = BUF_INIT(AGI_COMMAND_MAX);
	struct fault lost = FAULT_INIT;
	int r;

	for (; *words != NULL; words++)
		add_word(&line, *words);
	buf_add_text(&line, "\n");
	r = buf_check(&line, f);
	/* After a hang-up it cannot be written. */
	if (r == 0 &&
	    file_write_all(
		STDOUT_FILENO, "Asterisk", line.data, line.len, &lost) == -1)
		channel_hang_up();
	buf_release(&line);
	return r;
}

/* "520-..." goes on until a line that begins with "520 ". */
static int
skip_usage(char line[AGI_LINE_SIZE], struct fault *f)
{
	enum heard heard = HEARD_KEYS;
	int i;

	for (i = 0; i < MAX_USAGE_LINES && heard == HEARD_KEYS &&
	     strncmp(line, "520 ", 4) != 0;
	     i++)
		heard = read_line(line, LINE_SECONDS, f);
	return heard == HEARD_FAILED ? -1 : 0;
}

static int
refused(char line[AGI_LINE_SIZE], const char *const words[], struct fault *f)
{
	char why[80];

	/* "511": the channel is gone; "HANGUP": so says a network socket,
	 * perhaps in place of a reply. */
	if (strncmp(line, "511", 3) == 0 || strcasecmp(line, "HANGUP") == 0) {
		channel_hang_up();
		return 0;
	}
	(void)snprintf(why, sizeof why, "%.79s", line);
	if (strncmp(line, "520-", 4) == 0 && skip_usage(line, f) == -1)
		return -1;
	return fault_set(f, STATUS_IO, "Asterisk refused %s%s%s: %s", words[0],
	    words[1] == NULL ? "" : " ", words[1] == NULL ? "" : words[1], why);
}

static void
take_reply(struct agi_reply *reply, const char *text)
{
	size_t len = strcspn(text, " ");

	(void)snprintf(
	    reply->result, sizeof reply->result, "%.*s", (int)len, text);
	reply->timed_out = strncmp(text + len, " (timeout)", 10) == 0;
}

static int
read_reply(const char *const words[], unsigned seconds, struct agi_reply *reply,
    struct fault *f)
{
	static const char good[] = "200 result=";
	char line[AGI_LINE_SIZE];
	enum heard heard = read_line(line, seconds, f);
	int r = heard == HEARD_FAILED ? -1 : 0;

	if (heard == HEARD_KEYS && strncmp(line, good, sizeof good - 1) == 0)
		take_reply(reply, line + sizeof good - 1);
	else if (heard == HEARD_KEYS)
		r = refused(line, words, f);
	explicit_bzero(line, sizeof line);
	return r;
}

static int
exchange(const char *const words[], unsigned seconds, struct agi_reply *reply,
    struct fault *f)
{
	*reply = (struct agi_reply){.timed_out = true};
	if (channel_hung_up())
		return 0;
	if (send_command(words, f) == -1)
		return -1;
	return channel_hung_up() ? 0 : read_reply(words, seconds, reply, f);
}

int
agi_command(const char *const words[], struct agi_reply *reply, struct fault *f)
{
	return exchange(words, REPLY_SECONDS, reply, f);
}

/* Also on a channel that was hung up, from which no reply comes. */
static int
send_anyway(const char *const words[], struct fault *f)
{
	struct agi_reply reply;

	return channel_hung_up() ? send_command(words, f)
				 : exchange(words, AT_ONCE_SECONDS, &reply, f);
}

int
agi_set(const char *name, const char *value, struct fault *f)
{
	const char *const words[] = {"SET", "VARIABLE", name, value, NULL};

	return send_anyway(words, f);
}

void
agi_tell(const char *message)
{
	char short_one[MESSAGE_SIZE];
	const char *const words[] = {"VERBOSE", short_one, "1", NULL};
	struct fault unheard = FAULT_INIT;

	(void)snprintf(short_one, sizeof short_one, "%s", message);
	(void)send_anyway(words, &unheard);
}
