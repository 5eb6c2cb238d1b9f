#include "common/settings/config.h"

#include "common/file/dir.h"
#include "common/file/file.h"

#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CONFIG_MAX = 65536, /* bytes of the file */
};

/* What libinih's callbacks share. */
struct reading {
	struct options *options;
	struct fault *fault;
	const char *path;
	const char *next; /* text not yet read */
	unsigned line;
};

/* The file to read into path, or "" for none. */
static void
config_find(const struct options *o, char path[DIR_PATH_MAX], bool *named)
{
	struct fault none = FAULT_INIT;
	const char *text = option_text(o, OPTION_CONFIG);

	if (text == NULL)
		text = getenv("TWOFA_CONF");
	*named = text != NULL && text[0] != '\0';
	if (*named) {
		(void)snprintf(path, DIR_PATH_MAX, "%s", text);
		return;
	}
	if (dir_config(path, &none) == 0) {
		(void)strncat(path, "/twofa.conf", 16);
		if (access(path, F_OK) == 0)
			return;
	}
	(void)snprintf(path, DIR_PATH_MAX, "/etc/twofa/twofa.conf");
	if (access(path, F_OK) != 0)
		path[0] = '\0';
}

static int
refuse(struct reading *r, const char *why)
{
	return fault_set(
	    r->fault, STATUS_CONFIG, "%s:%u: %s", r->path, r->line, why);
}

/*
 * libinih joins lines that begin with a blank to the one before, cuts long
 * ones, cuts at " ;" and takes ':' for '=', though addresses have one: each
 * would change a setting silently, so they are refused.
 */
static char *
next_line(char *out, int size, void *ctx)
{
	struct reading *r = ctx;
	size_t len = strcspn(r->next, "\n");
	const char *line = r->next;

	if (line[0] == '\0' || r->fault->status != STATUS_OK)
		return NULL;
	r->line++;
	r->next += len + (line[len] == '\n' ? 1 : 0);
	if (len > CONFIG_MAX_LINE || len + 1 > (size_t)size) {
		(void)refuse(r,
		    "line too long: at most 198 bytes; give a long "
		    "message with -m or TWOFA_MESSAGE");
		return NULL;
	}
	if ((line[0] == ' ' || line[0] == '\t') &&
	    strspn(line, " \t\r") < len) {
		(void)refuse(r, "a line may not begin with a blank");
		return NULL;
	}
	memcpy(out, line, len);
	out[len] = '\0';
	if (out[0] != '#' && out[0] != ';' && out[strcspn(out, "=:")] == ':') {
		(void)refuse(r, "give KEY = VALUE, with '=' and not ':'");
		return NULL;
	}
	if (out[0] == '[') {
		(void)refuse(r, "sections are not used: remove the [...] line");
		return NULL;
	}
	if (out[0] != '#' && out[0] != ';' &&
	    (strstr(out, " ;") != NULL || strstr(out, "\t;") != NULL)) {
		(void)refuse(r,
		    "';' behind a blank would cut the line: put a "
		    "comment on a line of its own");
		return NULL;
	}
	return out;
}

static int
take_setting(void *ctx, const char *section, const char *key, const char *value)
{
	struct reading *r = ctx;
	char place[DIR_PATH_MAX + 16];

	(void)section;
	if (r->fault->status != STATUS_OK)
		return 1;
	(void)snprintf(place, sizeof place, "%s:%u", r->path, r->line);
	return options_set_from_file(r->options, key, value, place, r->fault) ==
	    0;
}

static int
parse(struct options *o, const char *path, const struct buf *text,
    struct fault *f)
{
	const char *begin = buf_text(text);
	struct reading r = {o, f, path, begin, 0};
	int bad_line;

	/* A byte order mark, with which some editors begin a file. */
	if (strncmp(begin, "\xEF\xBB\xBF", 3) == 0)
		r.next += 3;

	if (strlen(buf_text(text)) != text->len)
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
config_load(struct options *o, struct fault *f)
{
	struct buf text = BUF_INIT(CONFIG_MAX);
	char path[DIR_PATH_MAX];
	bool named;
	int r;

	config_find(o, path, &named);
	if (path[0] == '\0')
		return 0;
	if (option_note(o, OPTION_CONFIG, path,
		named ? ORIGIN_ENVIRONMENT : ORIGIN_DEFAULT, f) == -1)
		return -1;
	if (strcmp(path, "/dev/null") == 0)
		return 0;
	r = file_load(path, FILE_TRUSTED, &text, f);
	if (r == 0)
		r = parse(o, path, &text, f);
	buf_release(&text);
	return r;
}
