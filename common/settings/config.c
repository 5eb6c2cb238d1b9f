/*
 * The configuration file: "key = value" a line; '#' or ';' begins a comment.
 */
#include "common/settings/row.h"

#include "common/file/file.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CONFIG_MAX = 65536, /* bytes of the file */
};

/* What libinih's callbacks share. */
struct reading {
	struct settings *settings;
	struct fault *fault;
	const char *next; /* text not yet read */
	unsigned line;
};

/* Which file to read: into s->config.path, "" for none. */
static int
find_file(struct settings *s, struct fault *f)
{
	const char *variable = getenv("TWOFA_CONF");
	struct fault none = FAULT_INIT;
	char *path = s->config.path;

	if (variable != NULL && variable[0] != '\0' &&
	    row_set(s, row_of(s, &s->config.given), variable,
		ORIGIN_ENVIRONMENT, "TWOFA_CONF", f) == -1)
		return -1;
	if (s->config.given != NULL) {
		(void)snprintf(path, DIR_PATH_MAX, "%s", s->config.given);
		return 0;
	}
	if (dir_config(path, &none) == 0) {
		(void)strncat(path, "/twofa.conf", 16);
		if (access(path, F_OK) == 0)
			return 0;
	}
	(void)snprintf(path, DIR_PATH_MAX, "/etc/twofa/twofa.conf");
	if (access(path, F_OK) != 0)
		path[0] = '\0';
	return 0;
}

/*
 * What is wrong with a line that is copied into size bytes; NULL: nothing.
 * libinih joins a line that begins with a blank to the one before, cuts long
 * lines, cuts at " ;" and takes ':' for '=', which addresses have: each would
 * change a setting silently.
 */
static const char *
line_fault(const char *line, size_t len, size_t size)
{
	char text[CONFIG_MAX_LINE + 1];

	if (len > CONFIG_MAX_LINE || len >= size)
		return "line too long: at most 198 bytes; give a long message "
		       "with -m or TWOFA_MESSAGE";
	(void)snprintf(text, sizeof text, "%.*s", (int)len, line);
	if ((text[0] == ' ' || text[0] == '\t') && strspn(text, " \t\r") < len)
		return "a line may not begin with a blank";
	if (text[0] == '#' || text[0] == ';')
		return NULL;
	if (text[strcspn(text, "=:")] == ':')
		return "give KEY = VALUE, with '=' and not ':'";
	if (text[0] == '[')
		return "sections are not used: remove the [...] line";
	if (strstr(text, " ;") != NULL || strstr(text, "\t;") != NULL)
		return "';' behind a blank would cut the line: put a comment "
		       "on a line of its own";
	return NULL;
}

/* For libinih: the next line into out; NULL: there is none. */
static char *
next_line(char *out, int size, void *ctx)
{
	struct reading *r = ctx;
	const char *line = r->next, *why;
	size_t len = strcspn(line, "\n");

	if (line[0] == '\0' || r->fault->status != STATUS_OK)
		return NULL;
	r->line++;
	r->next += len + (line[len] == '\n' ? 1 : 0);
	why = line_fault(line, len, (size_t)size);
	if (why != NULL) {
		(void)fault_set(r->fault, STATUS_CONFIG, "%s:%u: %s",
		    r->settings->config.path, r->line, why);
		return NULL;
	}
	(void)snprintf(out, (size_t)size, "%.*s", (int)len, line);
	return out;
}

static int
take_setting(void *ctx, const char *section, const char *key, const char *value)
{
	struct reading *r = ctx;

	(void)section;
	return r->fault->status != STATUS_OK ||
	    row_set_from_file(r->settings, key, value, r->line, r->fault) == 0;
}

static int
parse(struct settings *s, const struct buf *text, struct fault *f)
{
	const char *path = s->config.path, *begin = buf_text(text);
	struct reading r = {.settings = s, .fault = f, .next = begin};
	int bad_line;

	/* A byte order mark, with which some editors begin a file. */
	if (strncmp(begin, "\xEF\xBB\xBF", 3) == 0)
		r.next += 3;
	if (strlen(begin) != text->len)
		return fault_set(
		    f, STATUS_CONFIG, "%s: a NUL byte: not a text file", path);
	bad_line = ini_parse_stream(next_line, &r, take_setting, &r);
	if (f->status != STATUS_OK)
		return -1;
	if (bad_line != 0)
		return fault_set(f, STATUS_CONFIG, "%s:%d: give KEY = VALUE",
		    path, bad_line);
	return 0;
}

int
config_load(struct settings *s, struct fault *f)
{
	struct buf text = BUF_INIT(CONFIG_MAX);
	int r;

	if (find_file(s, f) == -1)
		return -1;
	if (s->config.path[0] == '\0' ||
	    strcmp(s->config.path, "/dev/null") == 0)
		return 0;
	r = file_load(s->config.path, FILE_TRUSTED, &text, f);
	if (r == 0)
		r = parse(s, &text, f);
	buf_release(&text);
	return r;
}
