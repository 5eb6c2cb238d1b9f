#include "common/settings/option.h"
#include "common/base/prog.h"
#include "common/settings/config.h"
#include "tests/unit/check.h"
#include "tests/unit/quote.h"
#include "tests/unit/scratch.h"

#include <getopt.h>

enum {
	MAX_ARGS = 16,
};

/* The words of line as a command line; each run begins anew. */
static int
parse(
    struct options *o, enum program program, const char *line, struct fault *f)
{
	static char text[512];
	static char *argv[MAX_ARGS + 1];
	int argc = 0;
	char *word, *rest;

	*o = (struct options)OPTIONS_INIT;
	fault_clear(f);
	(void)snprintf(text, sizeof text, "program %s", line);
	for (word = strtok_r(text, " ", &rest); word != NULL && argc < MAX_ARGS;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	optind = 0;
	return options_parse(o, program, argc, argv, f);
}

static void
check_refused(enum program program, const char *line, const char *message)
{
	struct options o;
	struct fault f;

	CHECK(parse(&o, program, line, &f) == -1);
	CHECK(f.status == STATUS_USAGE);
	CHECK_TEXT(f.message, message);
	options_release(&o);
}

static void
defaults(void)
{
	struct options o;
	struct fault f;

	CHECK(parse(&o, PROGRAM_SENDPIN, "", &f) == 0);
	CHECK(o.operand_count == 0 && o.operands[0] == NULL);
	CHECK(option_number(&o, OPTION_PIN_DIGITS) == 4);
	CHECK(option_number(&o, OPTION_PIN_TTL) == 600);
	CHECK(option_number(&o, OPTION_MAX_ATTEMPTS) == 3);
	CHECK(option_number(&o, OPTION_OPEN_REQUESTS) == 16);
	CHECK(option_number(&o, OPTION_TIME_ALLOWED) == 30);
	CHECK(option_rate(&o, OPTION_SEND_RATE).count == 0);
	CHECK_TEXT(option_text(&o, OPTION_MESSAGE), "Your PIN code is: {pin}");
	CHECK_TEXT(option_text(&o, OPTION_SENDER), NULL);
	CHECK_TEXT(option_text(&o, OPTION_DIRECTORY), NULL);
	CHECK_TEXT(option_text(&o, OPTION_KEY), NULL);
	CHECK(!option_given(&o, OPTION_IN_PLACE));
	options_release(&o);
	CHECK(parse(&o, PROGRAM_LOOKUP, "", &f) == 0);
	CHECK(option_number(&o, OPTION_IDENTIFIER_DIGITS) == 6);
	options_release(&o);
}

static void
a_command_line(void)
{
	struct options o;
	struct fault f;

	CHECK(parse(&o, PROGRAM_SENDPIN,
		  "a -s file:x -n 6 --pin-ttl=2m -vv b --rate 200/1m -i -- -c",
		  &f) == 0);
	CHECK_TEXT(option_text(&o, OPTION_SENDER), "file:x");
	CHECK(option_number(&o, OPTION_PIN_DIGITS) == 6);
	CHECK(option_number(&o, OPTION_PIN_TTL) == 120);
	CHECK(option_number(&o, OPTION_VERBOSE) == 2);
	CHECK(option_rate(&o, OPTION_SEND_RATE).count == 200);
	CHECK(option_rate(&o, OPTION_SEND_RATE).period_s == 60);
	CHECK(option_given(&o, OPTION_IN_PLACE));
	CHECK(o.operand_count == 3);
	CHECK_TEXT(o.operands[0], "a");
	CHECK_TEXT(o.operands[1], "b");
	CHECK_TEXT(o.operands[2], "-c");
	options_release(&o);
	/* -n is the number of digits that the program is about. */
	CHECK(parse(&o, PROGRAM_LOOKUP, "-n 8", &f) == 0);
	CHECK(option_number(&o, OPTION_IDENTIFIER_DIGITS) == 8);
	options_release(&o);
	/* The last one counts. */
	CHECK(parse(&o, PROGRAM_SENDPIN, "-a 1 -a 2", &f) == 0);
	CHECK(option_number(&o, OPTION_MAX_ATTEMPTS) == 2);
	options_release(&o);
}

static void
what_is_refused(void)
{
	prog_start("twofa-test");
	check_refused(PROGRAM_SENDPIN, "-n 3",
	    "--pin-digits: give a number from 4 to 10, not '3'");
	check_refused(PROGRAM_SENDPIN, "-n 11",
	    "--pin-digits: give a number from 4 to 10, not '11'");
	check_refused(PROGRAM_SENDPIN, "-t 601",
	    "--pin-ttl: give a time from 1s to 600s, as 90s or 2m, not '601'");
	check_refused(PROGRAM_SENDPIN, "-t 0",
	    "--pin-ttl: give a time from 1s to 600s, as 90s or 2m, not '0'");
	check_refused(PROGRAM_SENDPIN, "--rate 5",
	    "--rate: give N/TIME, as 200/1m or 200/m, not '5'");
	check_refused(PROGRAM_SENDPIN,
	    "--sender=", "--sender: may not be empty: give a text");
	check_refused(
	    PROGRAM_SENDPIN, "-Z", "unknown option: -Z; see twofa-test --help");
	check_refused(PROGRAM_SENDPIN, "-vZ",
	    "unknown option: -Z; see twofa-test --help");
	check_refused(PROGRAM_SENDPIN, "--nonsense=4711",
	    "unknown option: --nonsense; see twofa-test --help");
	check_refused(PROGRAM_SENDPIN, "--help=x",
	    "option takes no value: --help; see twofa-test --help");
	check_refused(PROGRAM_SENDPIN, "--quie=1",
	    "option takes no value: --quie; see twofa-test --help");
	check_refused(PROGRAM_SENDPIN, "--re",
	    "ambiguous option: --re is one of --resend, --ref, --rejects; see "
	    "twofa-test --help");
	check_refused(PROGRAM_SENDPIN, "--re=4711",
	    "ambiguous option: --re is one of --resend, --ref, --rejects; see "
	    "twofa-test --help");
	check_refused(PROGRAM_SENDPIN, "-s",
	    "option needs a value: -s; see twofa-test --help");
	check_refused(PROGRAM_SENDPIN, "--sender",
	    "option needs a value: --sender; see twofa-test --help");
	check_refused(PROGRAM_VERIFY, "--ref a\tb",
	    "--ref: give 1 to 64 characters of UTF-8 that can be printed, not "
	    "'a?b'");
	check_refused(PROGRAM_LEDGER, "--ref=",
	    "--ref: may not be empty: give 1 to 64 characters of UTF-8 that "
	    "can be printed");
	/* Another program's. */
	check_refused(PROGRAM_LOOKUP, "-s x",
	    "unknown option: -s; see twofa-test --help");
	check_refused(PROGRAM_VERIFY, "-d x",
	    "unknown option: -d; see twofa-test --help");
	check_refused(
	    PROGRAM_TASK, "-c x", "unknown option: -c; see twofa-test --help");
}

static void
a_list(void)
{
	struct options o;
	struct fault f;
	char line[512] = "";
	size_t i, len = 0;

	CHECK(parse(&o, PROGRAM_FLOW, "-I 1 t.json --input=22 --input= -I3",
		  &f) == 0);
	CHECK(o.list_count == 4 && o.operand_count == 1);
	CHECK_TEXT(o.list[0], "1");
	CHECK_TEXT(o.list[1], "22");
	CHECK_TEXT(o.list[2], "");
	CHECK_TEXT(o.list[3], "3");
	options_release(&o);
	for (i = 0; i < MAX_ARGS - 1; i++)
		len += (size_t)snprintf(
		    line + len, sizeof line - len, "-I%zu ", i);
	CHECK(parse(&o, PROGRAM_FLOW, line, &f) == 0);
	CHECK(o.list_count == MAX_ARGS - 1);
	options_release(&o);
	check_refused(PROGRAM_LOOKUP, "-I 1",
	    "unknown option: -I; see twofa-test --help");
}

static void
the_environment(void)
{
	struct options o;
	struct fault f;

	(void)setenv("TWOFA_PIN_DIGITS", "6", 1);
	(void)setenv("TWOFA_SENDER", "", 1);
	CHECK(parse(&o, PROGRAM_SENDPIN, "", &f) == 0);
	CHECK(option_number(&o, OPTION_PIN_DIGITS) == 6);
	CHECK_TEXT(option_text(&o, OPTION_SENDER), NULL);
	options_release(&o);
	CHECK(parse(&o, PROGRAM_SENDPIN, "-n 8", &f) == 0);
	CHECK(option_number(&o, OPTION_PIN_DIGITS) == 8);
	options_release(&o);
	(void)setenv("TWOFA_PIN_DIGITS", "x", 1);
	CHECK(parse(&o, PROGRAM_SENDPIN, "", &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(
	    f.message, "TWOFA_PIN_DIGITS: give a number from 4 to 10, not 'x'");
	options_release(&o);
	/* Not a setting of this program. */
	CHECK(parse(&o, PROGRAM_LOOKUP, "", &f) == 0);
	options_release(&o);
	(void)unsetenv("TWOFA_PIN_DIGITS");
	(void)unsetenv("TWOFA_SENDER");
}

static void
the_file(void)
{
	struct options o;
	struct fault f;
	char text[300];

	CHECK(parse(&o, PROGRAM_SENDPIN, "-a 5", &f) == 0);
	CHECK(options_set_from_file(&o, "pin_digits", "6", "x:1", &f) == 0);
	CHECK(options_set_from_file(&o, "max_attempts", "1", "x:2", &f) == 0);
	CHECK(options_set_from_file(&o, "workflows", "1", "x:3", &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(
	    f.message, "x:3: unknown setting 'workflows'; see twofa.conf(5)");
	fault_clear(&f);
	CHECK(options_set_from_file(&o, "pin_digits", "6", "x:4", &f) == -1);
	CHECK_TEXT(f.message, "x:4: pin_digits is set twice");
	fault_clear(&f);
	CHECK(options_set_from_file(&o, "pin_ttl", "1h", "x:5", &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(f.message,
	    "x:5: pin_ttl: give a time from 1s to 600s, as 90s or 2m, not "
	    "'1h'");
	CHECK(option_number(&o, OPTION_PIN_DIGITS) == 6);
	CHECK(option_number(&o, OPTION_MAX_ATTEMPTS) == 5);
	CHECK(option_describe(&o, OPTION_PIN_DIGITS, text, sizeof text));
	CHECK_TEXT(text, "pin_digits = 6 (x:1)");
	CHECK(option_describe(&o, OPTION_MAX_ATTEMPTS, text, sizeof text));
	CHECK_TEXT(text, "max_attempts = 5 (command line)");
	CHECK(option_describe(&o, OPTION_PIN_TTL, text, sizeof text));
	CHECK(option_describe(&o, OPTION_SENDER, text, sizeof text));
	CHECK_TEXT(text, "sender is not set");
	CHECK(!option_describe(&o, OPTION_QUIET, text, sizeof text));
	options_release(&o);
	options_release(&o);
}

static void
check_config(const char *text, int status, const char *message)
{
	struct options o;
	struct fault f;

	scratch_text("t.conf", text);
	CHECK(parse(&o, PROGRAM_SENDPIN, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == (status == 0 ? 0 : -1));
	CHECK(f.status == status);
	if (message != NULL)
		CHECK_TEXT(f.message, message);
	options_release(&o);
}

static void
files(void)
{
	struct options o;
	struct fault f;

	check_config("", 0, NULL);
	check_config("# c\n; c\n\n \t \n\r\npin_digits = 6\r\n", 0, NULL);
	check_config("message = {pin} = = {minutes}\n", 0, NULL);
	check_config("x = 1\n", STATUS_CONFIG,
	    "t.conf:1: unknown setting 'x'; see twofa.conf(5)");
	check_config(
	    "# c\npin_digits\n", STATUS_CONFIG, "t.conf:2: give KEY = VALUE");
	check_config("pin_digits = 6\npin_digits = 6\n", STATUS_CONFIG,
	    "t.conf:2: pin_digits is set twice");
	check_config("[a]\npin_digits = 6\n", STATUS_CONFIG,
	    "t.conf:1: sections are not used: remove the [...] line");
	check_config("pin_digits = 6\n[a]\n", STATUS_CONFIG,
	    "t.conf:2: sections are not used: remove the [...] line");
	check_config("pin_digits = 6\n  7\n", STATUS_CONFIG,
	    "t.conf:2: a line may not begin with a blank");
	check_config("pin_digits = 6 ; six\n", STATUS_CONFIG, NULL);
	check_config("pin_digits = \n", STATUS_CONFIG, NULL);
	check_config("pin_digits = 6\t7\n", STATUS_CONFIG, NULL);
	/* The last line may lack its end. */
	scratch_text("t.conf", "pin_digits = 6\nfrom = +44 {x} é # no comment");
	CHECK(parse(&o, PROGRAM_SENDPIN, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == 0);
	CHECK(option_number(&o, OPTION_PIN_DIGITS) == 6);
	CHECK_TEXT(option_text(&o, OPTION_FROM), "+44 {x} é # no comment");
	options_release(&o);
}

static void
long_lines(void)
{
	struct options o;
	struct fault f;
	char text[400];
	size_t n;

	for (n = 197; n <= 201; n++) {
		memset(text, 'x', sizeof text);
		overwrite(text, "from = ");
		overwrite(text + n, "\npin_digits = 6\n");
		text[n + 16] = '\0';
		scratch_text("t.conf", text);
		CHECK(parse(&o, PROGRAM_SENDPIN, "-c t.conf", &f) == 0);
		CHECK(config_load(&o, &f) == (n <= CONFIG_MAX_LINE ? 0 : -1));
		/* Nothing is cut silently. */
		if (n <= CONFIG_MAX_LINE) {
			CHECK(strlen(option_text(&o, OPTION_FROM)) == n - 7);
			CHECK(option_number(&o, OPTION_PIN_DIGITS) == 6);
		} else {
			CHECK(f.status == STATUS_CONFIG);
			CHECK(strncmp(f.message, "t.conf:1: line too long",
				  23) == 0);
		}
		options_release(&o);
	}
}

static void
strange_files(void)
{
	static const char nul[] = "pin_digits = 6\0\nfrom = x\n";
	struct options o;
	struct fault f;
	char *text = malloc(70000);

	scratch_write("t.conf", nul, sizeof nul - 1, 0600);
	CHECK(parse(&o, PROGRAM_SENDPIN, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_CONFIG);
	options_release(&o);
	memset(text, '\n', 70000);
	scratch_write("t.conf", text, 70000, 0600);
	CHECK(parse(&o, PROGRAM_SENDPIN, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_CONFIG);
	options_release(&o);
	CHECK(parse(&o, PROGRAM_SENDPIN, "-c none.conf", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_CONFIG);
	CHECK_TEXT(f.message, "none.conf: No such file or directory");
	options_release(&o);
	CHECK(parse(&o, PROGRAM_SENDPIN, "-c /", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_CONFIG);
	options_release(&o);
	scratch_write("t.conf", "from = x\n", 9, 0622);
	CHECK(parse(&o, PROGRAM_SENDPIN, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_PERMISSION);
	options_release(&o);
	free(text);
}

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
check_rows(const struct option_row *a, const struct option_row *b)
{
	if ((a->programs & b->programs) != 0) {
		CHECK(a->name == NULL || !is_same(a->name, b->name));
		CHECK(a->letter == '\0' || a->letter != b->letter);
		CHECK(a->id != b->id);
	}
	/* A letter means one thing, but for -n, and -m of twofa-ledger. */
	if (a->letter == b->letter && a->letter != '\0' && a->letter != 'n' &&
	    a->letter != 'm')
		CHECK(a->id == b->id);
	if (a->id == b->id) {
		if (a->name != NULL && b->name != NULL)
			CHECK_TEXT(a->name, b->name);
		CHECK_TEXT(a->key, b->key);
		CHECK(a->kind == b->kind);
	}
}

/* Rules of the table that no test of one option would show. */
static void
the_table(void)
{
	const struct option_row *row;
	size_t i, j;

	for (i = 0; i < option_table_len; i++) {
		row = &option_table[i];
		CHECK((row->name != NULL || row->key != NULL) &&
		    row->programs != 0);
		CHECK(row->kind == OPTION_FLAG || row->argument != NULL ||
		    row->name == NULL);
		for (j = 0; j < i; j++)
			check_rows(row, &option_table[j]);
	}
}

int
main(void)
{
	(void)setenv("XDG_CONFIG_HOME", "/nowhere", 1);
	scratch_begin();
	RUN(defaults);
	RUN(a_command_line);
	RUN(what_is_refused);
	RUN(a_list);
	RUN(the_environment);
	RUN(the_file);
	RUN(files);
	RUN(long_lines);
	RUN(strange_files);
	RUN(the_table);
	return check_done();
}
