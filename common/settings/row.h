/*
 * The table of settings, for the files of this directory and its tests.
 */
#ifndef COMMON_SETTINGS_ROW_H
#define COMMON_SETTINGS_ROW_H

#include "common/settings/settings.h"

enum setting_type {
	SETTING_FLAG,	  /* bool: given or not */
	SETTING_COUNT,	  /* unsigned: how often it is given */
	SETTING_TEXT,	  /* const char *: any text but the empty one */
	SETTING_LABEL,	  /* const char *: plain_is_label() */
	SETTING_FILE,	  /* const char *: given, the first of a found_file */
	SETTING_LIST,	  /* struct setting_list: each time it is given adds one
			     text */
	SETTING_NUMBER,	  /* unsigned: number_parse() */
	SETTING_DURATION, /* unsigned long: duration_parse(), in seconds */
	SETTING_DURATION_MS, /* the same in milliseconds */
	SETTING_RATE,	     /* struct rate: rate_parse() */
	SETTING_LIMIT,	     /* struct limit: limit_parse() */
};

struct row {
	const char *name; /* of the option, without dashes; NULL: none */
	char letter;	  /* '\0': none */
	const char *key;  /* in the file; TWOFA_KEY outside; NULL: neither */
	size_t member;	  /* of struct settings, which it fills */
	size_t size;	  /* of the member */
	enum setting_type type;
	const char *form; /* what values look like */
	unsigned long min, max;
	const char *standard; /* default as text; NULL: none */
	/* Where a setting has two rows: the programs of this one. 0: all. */
	unsigned programs;
	unsigned letter_in;   /* which programs have the letter; 0: all */
	bool is_for_all;      /* every program and command has it */
	const char *argument; /* what --help calls its value */
	const char *help;
};

extern const struct row settings_table[];
extern const size_t settings_table_len;

/* Is name one of the words in list, which blanks separate? NULL has none. */
bool list_has(const char *list, const char *name);

/* Does the program read it? Is it an option there, and one with a letter? */
bool row_is_read(const struct row *row, const struct usage *usage);
bool row_is_option(const struct row *row, const struct usage *usage);
bool row_has_letter(const struct row *row, const struct usage *usage);

/* The row that sets that member of s, which the program of s has to read. */
const struct row *row_of(const struct settings *s, const void *member);

/*
 * Set the member of a row from text, which is borrowed, unless it was set from
 * a later origin. where: how the user knows the setting: "--pin-ttl",
 * "TWOFA_PIN_TTL", "FILE:LINE: pin_ttl". Fails with STATUS_USAGE for the
 * command line, else with STATUS_CONFIG.
 */
MUST_USE int row_set(struct settings *s, const struct row *row,
    const char *text, enum origin origin, const char *where, struct fault *f);

/*
 * Set what the file says in that line. key and value are copied. Fails with
 * STATUS_CONFIG: unknown key, a key for the second time, wrong form.
 */
MUST_USE int row_set_from_file(struct settings *s, const char *key,
    const char *value, unsigned line, struct fault *f);

/* "key = value (origin)" of row i into out; false: nothing to say. */
bool settings_describe(
    const struct settings *s, size_t i, char *out, size_t size);

/*
 * Read the command line; what is right is set also after a failure, which is
 * STATUS_USAGE.
 */
MUST_USE int command_line_read(
    struct settings *s, int argc, char *argv[], struct fault *f);

/* --help on stdout: at most 24 lines of 79 columns. */
void help_print(const struct settings *s);

#endif
