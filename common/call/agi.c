#include "common/call/agi.h"

#include "common/base/buf.h"
#include "common/call/line.h"
#include "common/io/file.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
	MAX_HEADER_LINES = 200,
	MAX_USAGE_LINES = 200,
	REPLY_SECONDS = 3600, /* a prompt that is played takes its time */
};

/* 1: a line, 0: hung up. */
static int
read_line(struct agi *a, char line[AGI_LINE_SIZE], struct fault *f)
{
	switch (
	    line_read(STDIN_FILENO, line, AGI_LINE_SIZE, REPLY_SECONDS, f)) {
	case HEARD_KEYS:
		return 1;
	case HEARD_HANG_UP:
	case HEARD_NOTHING:
		a->hung_up = true;
		return 0;
	case HEARD_FAILED:
	default:
		return -1;
	}
}

int
agi_begin(struct agi *a, struct fault *f)
{
	static const char language[] = "agi_language: ";
	char line[AGI_LINE_SIZE];
	int i, r;

	for (i = 0; i < MAX_HEADER_LINES; i++) {
		r = read_line(a, line, f);
		if (r == -1)
			return -1;
		if (r == 1 && line[0] == '\0' && i > 0)
			return 0;
		if (r == 0 || strncmp(line, "agi_", 4) != 0)
			break;
		if (strncmp(line, language, sizeof language - 1) == 0)
			(void)snprintf(a->language, sizeof a->language, "%.63s",
			    line + sizeof language - 1);
	}
	return fault_set(f, STATUS_DATA,
	    "-F agi is for Asterisk: standard input does not begin with its "
	    "agi_ lines");
}

static int
add_word(struct buf *line, const char *word, struct fault *f)
{
	if (line->len > 0 && buf_append_char(line, ' ', f) == -1)
		return -1;
	if (word[0] != '\0' && strpbrk(word, " \t\"\\") == NULL)
		return buf_append_text(line, word, f);
	if (buf_append_char(line, '"', f) == -1)
		return -1;
	for (; *word != '\0'; word++)
		if (((*word == '"' || *word == '\\') &&
			buf_append_char(line, '\\', f) == -1) ||
		    buf_append_char(line, *word == '\n' ? ' ' : *word, f) == -1)
			return -1;
	return buf_append_char(line, '"', f);
}

static int
send_command(const char *const words[], struct fault *f)
{
	struct buf line = BUF_INIT(AGI_LINE_SIZE);
	int r = 0;

	for (; *words != NULL && r == 0; words++)
		r = add_word(&line, *words, f);
	if (r == 0)
		r = buf_append_char(&line, '\n', f);
	if (r == 0)
		r = file_write_all(
		    STDOUT_FILENO, "Asterisk", line.data, line.len, f);
	buf_release(&line);
	return r;
}

/* "520-..." goes on until a line that begins with "520 ". */
static int
skip_usage(struct agi *a, char line[AGI_LINE_SIZE], struct fault *f)
{
	int i, r = 1;

	for (i = 0; i < MAX_USAGE_LINES && strncmp(line, "520 ", 4) != 0; i++) {
		r = read_line(a, line, f);
		if (r != 1)
			return r;
	}
	return 1;
}

static int
refused(
    struct agi *a, char line[AGI_LINE_SIZE], const char *what, struct fault *f)
{
	char why[80];

	if (strncmp(line, "511", 3) == 0) {
		a->hung_up = true;
		return 0;
	}
	(void)snprintf(why, sizeof why, "%.79s", line);
	if (strncmp(line, "520-", 4) == 0 && skip_usage(a, line, f) == -1)
		return -1;
	return fault_set(
	    f, STATUS_IO, "Asterisk does not take %s: %s", what, why);
}

static int
read_reply(
    struct agi *a, const char *what, struct agi_reply *reply, struct fault *f)
{
	static const char good[] = "200 result=";
	char line[AGI_LINE_SIZE];
	int r;

	/* A network socket says so between replies. */
	do
		r = read_line(a, line, f);
	while (r == 1 && strcasecmp(line, "HANGUP") == 0);
	if (r != 1)
		return r;
	if (strncmp(line, good, sizeof good - 1) != 0)
		r = refused(a, line, what, f);
	else
		(void)snprintf(reply->result, sizeof reply->result, "%.*s",
		    (int)strcspn(line + sizeof good - 1, " "),
		    line + sizeof good - 1);
	explicit_bzero(line, sizeof line);
	return r;
}

int
agi_command(struct agi *a, const char *const words[], struct agi_reply *reply,
    struct fault *f)
{
	struct fault lost = FAULT_INIT;

	if (a->hung_up || face_hung_up())
		return 0;
	/* Nobody listens any more: that is what a hang-up looks like. */
	if (send_command(words, &lost) == -1) {
		a->hung_up = true;
		return 0;
	}
	return read_reply(a, words[0], reply, f);
}

int
agi_set(struct agi *a, const char *name, const char *value, struct fault *f)
{
	const char *const words[] = {"SET", "VARIABLE", name, value, NULL};
	struct fault lost = FAULT_INIT;
	struct agi_reply reply;

	if (!a->hung_up && !face_hung_up())
		return agi_command(a, words, &reply, f) == -1 ? -1 : 0;
	if (send_command(words, &lost) == -1)
		a->hung_up = true;
	return 0;
}
