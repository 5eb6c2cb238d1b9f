/*
 * The settings of all programs, read from the command line, the environment and
 * the configuration file, in that order of precedence, and checked.
 *
 * Each setting is a row of settings_table.c, which names the member of struct
 * settings that it fills. The table drives the command line, the environment,
 * the file, --help, --dry-run and the check of the manual pages.
 */
#ifndef COMMON_SETTINGS_SETTINGS_H
#define COMMON_SETTINGS_SETTINGS_H

#include "common/base/arena.h"
#include "common/base/fault.h"
#include "common/base/number.h"
#include "common/file/dir.h"

#include <stdbool.h>
#include <stddef.h>

struct command;

enum program {
	PROGRAM_TASK = 1 << 0,
	PROGRAM_LOOKUP = 1 << 1,
	PROGRAM_SENDPIN = 1 << 2,
	PROGRAM_VERIFY = 1 << 3,
	PROGRAM_LEDGER = 1 << 4,
	PROGRAM_FLOW = 1 << 5,
};

/*
 * What a program is called with. options: those that it, and each of its
 * commands, has, by their long names with blanks between; all programs have
 * --dry-run, -q, -v, -h and -V. keys: what it reads from file and environment
 * alone. NULL: none.
 */
struct usage {
	enum program program;
	const char *name;
	const char *text; /* "usage: ..." for --help, with line ends, or: */
	const struct command *commands;
	const char *purpose;
	const char *options, *keys;
};

enum {
	SETTINGS_MAX_ROWS = 64,
	SETTINGS_MAX_LIST = 64,
	CONFIG_MAX_LINE = 198, /* bytes of a line: libinih's limit */
};

struct setting_list {
	const char *texts[SETTINGS_MAX_LIST];
	size_t count;
};

/* A file that the program looks for when it is not given. */
struct found_file {
	const char *given;	 /* NULL: it is not */
	char path[DIR_PATH_MAX]; /* which it is; "": it was not looked for */
};

/* To a driver. */
struct request_settings {
	unsigned open_requests;	       /* at once */
	unsigned long time_allowed_ms; /* for one answer, repeats included */
};

struct pin_settings {
	unsigned digits, max_attempts;
	unsigned long ttl_s;
	bool clear;
};

struct send_settings {
	const char *sender, *from, *message, *allow_country;
	struct rate rate;
	bool resend;
};

/* Of wrong PINs: of one customer, and of all. */
struct wrong_limits {
	struct limit customer, all;
};

/* Of messages. */
struct send_limits {
	struct limit number, customer, country, all;
	struct wrong_limits wrong;
};

struct key_settings {
	struct found_file file;
	bool dry_run; /* nothing is made */
};

struct ledger_settings {
	struct found_file file; /* "none": there is no ledger */
	const char *ref;	/* what it is opened for; NULL: not given */
	bool dry_run;		/* nothing is made or written */
};

/* Of twofa-ledger's commands. */
struct admin_settings {
	const char *reason;
	unsigned long keep_s;
	bool reset;
};

struct flow_settings {
	const char *workflow, *channel, *output, *trace, *language;
	struct setting_list inputs;
	bool mermaid;
};

/* Of twofa-task's commands. */
struct task_settings {
	const char *id, *csv;
};

enum origin {
	ORIGIN_DEFAULT,
	ORIGIN_FILE,
	ORIGIN_ENVIRONMENT,
	ORIGIN_COMMAND_LINE,
};

/* Where a value is from: one for each row of the table. */
struct setting_source {
	const char *text; /* NULL: it is not set */
	enum origin origin;
	unsigned line; /* of the file that sets it; 0: none does */
};

struct settings {
	const struct usage *usage;
	const char *directory;
	unsigned identifier_digits;
	struct request_settings requests;
	struct pin_settings pin;
	struct send_settings send;
	struct send_limits limits;
	struct key_settings key;
	struct ledger_settings ledger;
	struct admin_settings admin;
	struct flow_settings flow;
	struct task_settings task;
	const char *log, *ref, *rejects;
	bool in_place, asks, dry_run;
	struct found_file config;
	bool help, version, quiet;
	unsigned verbose;

	char **operands; /* borrowed from argv, with a NULL behind the last */
	int operand_count;
	struct setting_source sources[SETTINGS_MAX_ROWS]; /* by row */
	struct arena strings; /* values of the file */
};

#define SETTINGS_INIT                                                          \
	{                                                                      \
		.strings = ARENA_INIT                                          \
	}

/*
 * Read all of them, do --help and --version, set which messages are printed.
 * 1 the program is done, 0 go on. Options may stand between operands; "--" ends
 * them.
 *
 * Fails with STATUS_USAGE for the command line, which includes --help and
 * --version beside operands or -i that may be names of files, and with
 * STATUS_CONFIG for the environment and the file; see config_load().
 */
MUST_USE int settings_read(struct settings *s, const struct usage *usage,
    int argc, char *argv[], struct fault *f);

/*
 * The same without the configuration file, for a program that does something
 * before it calls config_load(). After a failure all valid values are set.
 */
MUST_USE int settings_parse(struct settings *s, const struct usage *usage,
    int argc, char *argv[], struct fault *f);

/*
 * Find the configuration file and read it; settings of the command line and the
 * environment stay. The file is that of -c, else of $TWOFA_CONF, else the first
 * that exists of twofa.conf in dir_config() and /etc/twofa/twofa.conf; if there
 * is none, or it is /dev/null, nothing is read.
 *
 * Fails with STATUS_CONFIG, "FILE:LINE: ...": no "key = value", ':' for '=', a
 * section, an unknown key, a key for the second time, a value in the wrong
 * form, a line that is too long, begins with a blank or has " ;" in it.
 * STATUS_PERMISSION: others can write the file.
 */
MUST_USE int config_load(struct settings *s, struct fault *f);

/*
 * Fails with STATUS_USAGE when the command line has an option that the command
 * does not take. NULL: there is no command.
 */
MUST_USE int settings_check_command(
    const struct settings *s, const struct command *command, struct fault *f);

/* For --dry-run: a line on stderr for each setting of the program. */
void settings_tell(const struct settings *s);

/*
 * Put in front of a fault about the value of a member which line of which file
 * it is from, if it is from one. The program has to read it. Returns -1.
 */
int settings_blame(
    const struct settings *s, const void *member, struct fault *f);

/* Was that member set on the command line? */
bool settings_is_option(const struct settings *s, const void *member);

void settings_release(struct settings *s);

#endif
