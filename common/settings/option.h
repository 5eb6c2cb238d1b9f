/*
 * Every option and setting of the suite, in one table.
 *
 * The table drives the command line, the environment, the configuration file,
 * --help and the check of the manual pages, so that a setting has one name,
 * one default and one range everywhere. A letter means one thing in every
 * program, but for -n, which is the number of digits that the program is
 * about.
 *
 * Command line over environment over file over default.
 */
#ifndef COMMON_SETTINGS_OPTION_H
#define COMMON_SETTINGS_OPTION_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/base/number.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum program {
	PROGRAM_TASK = 1 << 0,
	PROGRAM_LOOKUP = 1 << 1,
	PROGRAM_SENDPIN = 1 << 2,
	PROGRAM_VERIFY = 1 << 3,
	PROGRAM_LEDGER = 1 << 4,
	PROGRAM_FLOW = 1 << 5,
};

enum option_id {
	OPTION_DIRECTORY,
	OPTION_SENDER,
	OPTION_FROM,
	OPTION_MESSAGE,
	OPTION_IDENTIFIER_DIGITS,
	OPTION_PIN_DIGITS,
	OPTION_PIN_TTL,
	OPTION_MAX_ATTEMPTS,
	OPTION_KEY,
	OPTION_LEDGER,
	OPTION_LIMIT_NUMBER,
	OPTION_LIMIT_CUSTOMER,
	OPTION_LIMIT_COUNTRY,
	OPTION_LIMIT_ALL,
	OPTION_LIMIT_WRONG,
	OPTION_LIMIT_WRONG_ALL,
	OPTION_ALLOW_COUNTRY,
	OPTION_KEEP,
	OPTION_RESEND,
	OPTION_REASON,
	OPTION_RESET,
	OPTION_CLEAR_PIN,
	OPTION_OPEN_REQUESTS,
	OPTION_SEND_RATE,
	OPTION_TIME_ALLOWED,
	OPTION_ID,
	OPTION_CSV,
	OPTION_WORKFLOW,
	OPTION_INPUT,
	OPTION_FACE,
	OPTION_OUTPUT,
	OPTION_TRACE,
	OPTION_MERMAID,
	OPTION_LANGUAGE,
	OPTION_IN_PLACE,
	OPTION_ASK,
	OPTION_LOG,
	OPTION_REF,
	OPTION_REJECTS,
	OPTION_CONFIG,
	OPTION_DRY_RUN,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT,
};

enum option_kind {
	OPTION_FLAG,	 /* given or not; in a file yes or no */
	OPTION_TEXT,	 /* any text but the empty one */
	OPTION_LIST,	 /* any text; each time it is given adds one */
	OPTION_LABEL,	 /* label_is_valid() */
	OPTION_NUMBER,	 /* number_parse() */
	OPTION_DURATION, /* duration_parse(), in seconds */
	OPTION_RATE,	 /* rate_parse() */
};

/* One row of the table; see option_table.c. */
struct option_row {
	enum option_id id;
	char letter;	  /* '\0': none */
	const char *name; /* long name without dashes; NULL: key only */
	const char *key;  /* in the file; TWOFA_KEY outside; NULL: neither */
	enum option_kind kind;
	const char *argument; /* what --help calls its value */
	const char *standard; /* default as text, NULL: none */
	unsigned long min, max;
	unsigned programs; /* which ones take it on the command line */
	const char *help;
};

extern const struct option_row option_table[];
extern const size_t option_table_len;

enum option_origin {
	ORIGIN_DEFAULT,
	ORIGIN_FILE,
	ORIGIN_ENVIRONMENT,
	ORIGIN_COMMAND_LINE,
};

struct option_value {
	const char *text;     /* NULL: not set */
	unsigned long number; /* of NUMBER, DURATION, and how often a FLAG */
	struct rate rate;
	enum option_origin origin;
	char *owned;	 /* the copy behind text when it is from the file */
	char place[128]; /* of ORIGIN_FILE: "FILE:LINE" */
};

enum {
	OPTION_MAX_LIST = 64,
};

struct options {
	enum program program;
	const char *list[OPTION_MAX_LIST]; /* of the one OPTION_LIST */
	size_t list_count;
	struct option_value value[OPTION_COUNT];
	char **operands; /* borrowed from argv, with a NULL behind the last */
	int operand_count;
};

#define OPTIONS_INIT                                                           \
	{                                                                      \
		0                                                              \
	}

/*
 * Read the command line and the environment of a program and set the
 * defaults. Options may stand between operands; "--" ends them.
 *
 * Fails with STATUS_USAGE for the command line ("...; see PROGRAM --help")
 * and with STATUS_CONFIG for the environment. A value in the wrong form is
 * named with the form wanted. What is right is set also then.
 */
MUST_USE int options_parse(struct options *o, enum program program, int argc,
    char *argv[], struct fault *f);

/*
 * Set what the file says, unless environment or command line already did.
 * key, value and place are copied. Fails with STATUS_CONFIG: unknown key, a
 * key for the second time, wrong form.
 */
MUST_USE int options_set_from_file(struct options *o, const char *key,
    const char *value, const char *place, struct fault *f);

/* A set of options, for options_check_command(). */
#define OPTION_BIT(id) (UINT64_C(1) << (id))

/*
 * Fails with STATUS_USAGE when the command line has an option that is not among
 * takes, which the command of that name is for; -c, --dry-run, -q, -v, -h and
 * -V are for all.
 */
MUST_USE int options_check_command(const struct options *o, const char *command,
    uint64_t takes, struct fault *f);

void options_release(struct options *o);

/* --help and --version on stdout: at most 24 lines of 79 columns. */
void options_print_help(const struct options *o);
void options_print_version(void);

/* The text of a setting, or NULL. */
const char *option_text(const struct options *o, enum option_id id);
unsigned long option_number(const struct options *o, enum option_id id);
struct rate option_rate(const struct options *o, enum option_id id);
bool option_given(const struct options *o, enum option_id id);

/*
 * Put in front of a fault about the value of a setting which line of which file
 * it is from, if it is. Returns -1.
 */
int option_blame(const struct options *o, enum option_id id, struct fault *f);

/*
 * Note what the program found, and where, for a setting whose default is more
 * than a text; does nothing when it is set. text is copied. Fails with
 * STATUS_IO.
 */
MUST_USE int option_note(struct options *o, enum option_id id, const char *text,
    enum option_origin origin, struct fault *f);

/* "key = value (origin)" for --dry-run, into out; false: nothing to say. */
bool option_describe(
    const struct options *o, enum option_id id, char *out, size_t size);

#endif
