#include "common/settings/row.h"
#include "common/base/memory.h"
#include "common/base/prog.h"
#include "tests/unit/check.h"
#include "tests/unit/quote.h"
#include "tests/unit/scratch.h"
#include "tests/unit/usages.h"

#include <ctype.h>
#include <getopt.h>

enum {
	MAX_ARGS = 16,
};

static char manual[65536];

/* The words of line as a command line; each run begins anew. */
static int
parse(struct settings *o, const struct usage *usage, const char *line,
    struct fault *f)
{
	static char text[512];
	static char *argv[MAX_ARGS + 1];
	int argc = 0;
	char *word, *rest;

	*o = (struct settings)SETTINGS_INIT;
	fault_clear(f);
	(void)snprintf(text, sizeof text, "program %s", line);
	for (word = strtok_r(text, " ", &rest); word != NULL && argc < MAX_ARGS;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	optind = 0;
	return settings_parse(o, usage, argc, argv, f);
}

static void
check_refused(const struct usage *usage, const char *line, const char *message)
{
	struct settings o;
	struct fault f;

	CHECK(parse(&o, usage, line, &f) == -1);
	CHECK(f.status == STATUS_USAGE);
	CHECK_TEXT(f.message, message);
	settings_release(&o);
}

static void
defaults(void)
{
	struct settings o;
	struct fault f;

	CHECK(parse(&o, &usage_sendpin, "", &f) == 0);
	CHECK(o.operand_count == 0 && o.operands[0] == NULL);
	CHECK(o.pin.digits == 4);
	CHECK(o.pin.ttl_s == 600);
	CHECK(o.pin.max_attempts == 3);
	CHECK(o.requests.open_requests == 16);
	CHECK(o.requests.time_allowed_ms == 30000);
	CHECK(o.send.rate.count == 0);
	CHECK_TEXT(o.send.message, "Your PIN code is: {pin}");
	CHECK_TEXT(o.send.sender, NULL);
	CHECK_TEXT(o.directory, NULL);
	CHECK_TEXT(o.key.file.given, NULL);
	CHECK(!o.in_place);
	settings_release(&o);
	CHECK(parse(&o, &usage_lookup, "", &f) == 0);
	CHECK(o.identifier_digits == 6);
	settings_release(&o);
}

static void
a_command_line(void)
{
	struct settings o;
	struct fault f;

	CHECK(parse(&o, &usage_sendpin,
		  "a -s file:x -n 6 --pin-ttl=2m -vv b --rate 200/1m -i -- -c",
		  &f) == 0);
	CHECK_TEXT(o.send.sender, "file:x");
	CHECK(o.pin.digits == 6);
	CHECK(o.pin.ttl_s == 120);
	CHECK(o.verbose == 2);
	CHECK(o.send.rate.count == 200);
	CHECK(o.send.rate.period_s == 60);
	CHECK(o.in_place);
	CHECK(o.operand_count == 3);
	CHECK_TEXT(o.operands[0], "a");
	CHECK_TEXT(o.operands[1], "b");
	CHECK_TEXT(o.operands[2], "-c");
	settings_release(&o);
	/* -n is the number of digits that the program is about. */
	CHECK(parse(&o, &usage_lookup, "-n 8", &f) == 0);
	CHECK(o.identifier_digits == 8);
	settings_release(&o);
	/* The last one counts. */
	CHECK(parse(&o, &usage_sendpin, "-a 1 -a 2", &f) == 0);
	CHECK(o.pin.max_attempts == 2);
	settings_release(&o);
}

static void
what_is_refused(void)
{
	prog_start("twofa-test");
	check_refused(&usage_sendpin, "-n 3",
	    "--pin-digits: give a number from 4 to 10, not '3'");
	check_refused(&usage_sendpin, "-n 11",
	    "--pin-digits: give a number from 4 to 10, not '11'");
	check_refused(&usage_sendpin, "-t 601",
	    "--pin-ttl: give a time from 1s to 600s, as 90s or 2m, not '601'");
	check_refused(&usage_sendpin, "-t 0",
	    "--pin-ttl: give a time from 1s to 600s, as 90s or 2m, not '0'");
	check_refused(&usage_sendpin, "--rate 5",
	    "--rate: give N/TIME, as 200/1m or 200/m, not '5'");
	check_refused(&usage_sendpin,
	    "--sender=", "--sender: may not be empty: give a text");
	check_refused(
	    &usage_sendpin, "-Z", "unknown option: -Z; see twofa-test --help");
	check_refused(
	    &usage_sendpin, "-vZ", "unknown option: -Z; see twofa-test --help");
	check_refused(&usage_sendpin, "--nonsense=4711",
	    "unknown option: --nonsense; see twofa-test --help");
	check_refused(&usage_sendpin, "--help=x",
	    "option takes no value: --help; see twofa-test --help");
	check_refused(&usage_sendpin, "--quie=1",
	    "option takes no value: --quie; see twofa-test --help");
	check_refused(&usage_sendpin, "--re",
	    "ambiguous option: --re is one of --resend, --ref, --rejects; see "
	    "twofa-test --help");
	check_refused(&usage_sendpin, "--re=4711",
	    "ambiguous option: --re is one of --resend, --ref, --rejects; see "
	    "twofa-test --help");
	check_refused(&usage_sendpin, "-s",
	    "option needs a value: -s; see twofa-test --help");
	check_refused(&usage_sendpin, "--sender",
	    "option needs a value: --sender; see twofa-test --help");
	check_refused(&usage_verify, "--ref a\tb",
	    "--ref: give 1 to 64 characters of UTF-8 that can be printed, not "
	    "'a?b'");
	check_refused(&usage_ledger, "--ref=",
	    "--ref: may not be empty: give 1 to 64 characters of UTF-8 that "
	    "can be printed");
	/* Another program's. */
	check_refused(
	    &usage_lookup, "-s x", "unknown option: -s; see twofa-test --help");
	check_refused(
	    &usage_verify, "-d x", "unknown option: -d; see twofa-test --help");
	check_refused(
	    &usage_task, "-c x", "unknown option: -c; see twofa-test --help");
}

static void
a_list(void)
{
	struct settings o;
	struct fault f;
	char line[512] = "";
	size_t i, len = 0;

	CHECK(parse(&o, &usage_flow, "-I 1 t.json --input=22 --input= -I3",
		  &f) == 0);
	CHECK(o.flow.inputs.count == 4 && o.operand_count == 1);
	CHECK_TEXT(o.flow.inputs.texts[0], "1");
	CHECK_TEXT(o.flow.inputs.texts[1], "22");
	CHECK_TEXT(o.flow.inputs.texts[2], "");
	CHECK_TEXT(o.flow.inputs.texts[3], "3");
	settings_release(&o);
	for (i = 0; i < MAX_ARGS - 1; i++)
		len += (size_t)snprintf(
		    line + len, sizeof line - len, "-I%zu ", i);
	CHECK(parse(&o, &usage_flow, line, &f) == 0);
	CHECK(o.flow.inputs.count == MAX_ARGS - 1);
	settings_release(&o);
	check_refused(
	    &usage_lookup, "-I 1", "unknown option: -I; see twofa-test --help");
}

static void
the_environment(void)
{
	struct settings o;
	struct fault f;

	(void)setenv("TWOFA_PIN_DIGITS", "6", 1);
	(void)setenv("TWOFA_SENDER", "", 1);
	CHECK(parse(&o, &usage_sendpin, "", &f) == 0);
	CHECK(o.pin.digits == 6);
	CHECK_TEXT(o.send.sender, NULL);
	settings_release(&o);
	CHECK(parse(&o, &usage_sendpin, "-n 8", &f) == 0);
	CHECK(o.pin.digits == 8);
	settings_release(&o);
	(void)setenv("TWOFA_PIN_DIGITS", "x", 1);
	CHECK(parse(&o, &usage_sendpin, "", &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(
	    f.message, "TWOFA_PIN_DIGITS: give a number from 4 to 10, not 'x'");
	settings_release(&o);
	/* Not a setting of this program. */
	CHECK(parse(&o, &usage_lookup, "", &f) == 0);
	settings_release(&o);
	(void)unsetenv("TWOFA_PIN_DIGITS");
	(void)unsetenv("TWOFA_SENDER");
}

static bool
describe(const struct settings *o, const void *member, char text[300])
{
	size_t i = (size_t)(row_of(o, member) - settings_table);

	return settings_describe(o, i, text, 300);
}

static void
the_file(void)
{
	struct settings o;
	struct fault f;
	char text[300];

	CHECK(parse(&o, &usage_sendpin, "-a 5", &f) == 0);
	overwrite(o.config.path, "x");
	CHECK(row_set_from_file(&o, "pin_digits", "6", 1, &f) == 0);
	CHECK(row_set_from_file(&o, "max_attempts", "1", 2, &f) == 0);
	CHECK(row_set_from_file(&o, "workflows", "1", 3, &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(
	    f.message, "x:3: unknown setting 'workflows'; see twofa.conf(5)");
	fault_clear(&f);
	CHECK(row_set_from_file(&o, "pin_digits", "6", 4, &f) == -1);
	CHECK_TEXT(f.message, "x:4: pin_digits is set twice");
	fault_clear(&f);
	CHECK(row_set_from_file(&o, "pin_ttl", "1h", 5, &f) == -1);
	CHECK(f.status == STATUS_CONFIG);
	CHECK_TEXT(f.message,
	    "x:5: pin_ttl: give a time from 1s to 600s, as 90s or 2m, not "
	    "'1h'");
	fault_clear(&f);
	CHECK(row_set_from_file(&o, "limit_number", "5/10", 6, &f) == 0);
	CHECK(o.limits.number.count == 1);
	CHECK(o.limits.number.rates[0].period_s == 10);
	CHECK(row_set_from_file(&o, "limit_wrong", "1/2w", 7, &f) == -1);
	CHECK_TEXT(f.message,
	    "x:7: limit_wrong: give N/TIME, as 5/10m, up to 4 with commas, or "
	    "none, not '1/2w'");
	CHECK(o.pin.digits == 6);
	CHECK(o.pin.max_attempts == 5);
	CHECK(describe(&o, &o.pin.digits, text));
	CHECK_TEXT(text, "pin_digits = 6 (x:1)");
	CHECK(describe(&o, &o.pin.max_attempts, text));
	CHECK_TEXT(text, "max_attempts = 5 (command line)");
	CHECK(describe(&o, &o.pin.ttl_s, text));
	CHECK(describe(&o, &o.send.sender, text));
	CHECK_TEXT(text, "sender is not set");
	CHECK(!describe(&o, &o.quiet, text));
	settings_release(&o);
	settings_release(&o);
}

static void
check_config(const char *text, int status, const char *message)
{
	struct settings o;
	struct fault f;

	scratch_text("t.conf", text);
	CHECK(parse(&o, &usage_sendpin, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == (status == 0 ? 0 : -1));
	CHECK(f.status == status);
	if (message != NULL)
		CHECK_TEXT(f.message, message);
	settings_release(&o);
}

static void
files(void)
{
	struct settings o;
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
	CHECK(parse(&o, &usage_sendpin, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == 0);
	CHECK(o.pin.digits == 6);
	CHECK_TEXT(o.send.from, "+44 {x} é # no comment");
	settings_release(&o);
}

static void
long_lines(void)
{
	struct settings o;
	struct fault f;
	char text[400];
	size_t n;

	for (n = 197; n <= 201; n++) {
		memset(text, 'x', sizeof text);
		overwrite(text, "from = ");
		overwrite(text + n, "\npin_digits = 6\n");
		text[n + 16] = '\0';
		scratch_text("t.conf", text);
		CHECK(parse(&o, &usage_sendpin, "-c t.conf", &f) == 0);
		CHECK(config_load(&o, &f) == (n <= CONFIG_MAX_LINE ? 0 : -1));
		/* Nothing is cut silently. */
		if (n <= CONFIG_MAX_LINE) {
			CHECK(strlen(o.send.from) == n - 7);
			CHECK(o.pin.digits == 6);
		} else {
			CHECK(f.status == STATUS_CONFIG);
			CHECK(strncmp(f.message, "t.conf:1: line too long",
				  23) == 0);
		}
		settings_release(&o);
	}
}

static void
strange_files(void)
{
	static const char nul[] = "pin_digits = 6\0\nfrom = x\n";
	struct settings o;
	struct fault f;
	char *text = malloc(70000);

	scratch_write("t.conf", nul, sizeof nul - 1, 0600);
	CHECK(parse(&o, &usage_sendpin, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_CONFIG);
	settings_release(&o);
	memset(text, '\n', 70000);
	scratch_write("t.conf", text, 70000, 0600);
	CHECK(parse(&o, &usage_sendpin, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_CONFIG);
	settings_release(&o);
	CHECK(parse(&o, &usage_sendpin, "-c none.conf", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_CONFIG);
	CHECK_TEXT(f.message, "none.conf: No such file or directory");
	settings_release(&o);
	CHECK(parse(&o, &usage_sendpin, "-c /", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_CONFIG);
	settings_release(&o);
	scratch_write("t.conf", "from = x\n", 9, 0622);
	CHECK(parse(&o, &usage_sendpin, "-c t.conf", &f) == 0);
	CHECK(config_load(&o, &f) == -1 && f.status == STATUS_PERMISSION);
	settings_release(&o);
	free(text);
}

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
check_rows(const struct row *a, const struct row *b)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(usages); i++) {
		if (row_is_read(a, usages[i]) && row_is_read(b, usages[i]))
			CHECK(a->member != b->member);
		if (row_is_option(a, usages[i]) && row_is_option(b, usages[i]))
			CHECK(!is_same(a->name, b->name));
		if (row_has_letter(a, usages[i]) &&
		    row_has_letter(b, usages[i]))
			CHECK(a->letter != b->letter);
	}
	/* A letter means one thing, but for -n, and -m of twofa-ledger. */
	if (a->letter == b->letter && a->letter != '\0' && a->letter != 'n' &&
	    a->letter != 'm')
		CHECK(a->member == b->member);
	if (a->member == b->member) {
		CHECK_TEXT(a->name, b->name);
		CHECK_TEXT(a->key, b->key);
		CHECK(a->type == b->type);
	}
}

/* Rules of the table that no test of one option would show. */
static void
the_table(void)
{
	const struct row *row;
	size_t i, j;

	CHECK(settings_table_len < SETTINGS_MAX_ROWS);
	for (i = 0; i < settings_table_len; i++) {
		row = &settings_table[i];
		CHECK(
		    (row->name != NULL || row->key != NULL) && row->size != 0);
		/* Neither is read from a file. */
		if (row->type == SETTING_FLAG || row->type == SETTING_COUNT)
			CHECK(row->argument == NULL && row->key == NULL);
		else
			CHECK(row->argument != NULL || row->name == NULL);
		for (j = 0; j < i; j++)
			check_rows(row, &settings_table[j]);
	}
}

/* Does a file set that key so? */
static bool
is_taken(struct settings *o, const struct row *row, const char *value)
{
	struct fault f;

	CHECK(parse(o, &usage_sendpin, "", &f) == 0);
	if (row_set_from_file(o, row->key, value, 1, &f) == 0)
		return true;
	CHECK(f.status == STATUS_CONFIG);
	settings_release(o);
	return false;
}

/* The bound is taken, and what is beyond is not; bound is in the table. */
static void
check_bound(const struct row *row, unsigned long bound, unsigned long beyond)
{
	const unsigned long unit = row->type == SETTING_DURATION_MS ? 1000 : 1;
	struct settings o;
	const void *member = (const char *)&o + row->member;
	char text[24];

	(void)snprintf(text, sizeof text, "%lu", beyond);
	if (is_taken(&o, row, text))
		CHECK_TEXT(row->key, text);
	(void)snprintf(text, sizeof text, "%lu", bound);
	if (!is_taken(&o, row, text)) {
		CHECK_TEXT(text, row->key);
		return;
	}
	CHECK(row->type == SETTING_NUMBER
		? *(const unsigned *)member == bound
		: *(const unsigned long *)member == bound * unit);
	settings_release(&o);
}

/* Whatever the table has: no new setting needs a test of its form. */
static void
every_form(void)
{
	const struct row *row;
	struct settings o;
	size_t i;

	for (i = 0; i < settings_table_len; i++) {
		row = &settings_table[i];
		if (row->key == NULL)
			continue;
		CHECK(!is_taken(&o, row, ""));
		if (row->standard != NULL) {
			CHECK(is_taken(&o, row, row->standard));
			settings_release(&o);
		}
		if (row->max != 0) {
			CHECK(!is_taken(&o, row, "x"));
			check_bound(row, row->min, row->min - 1);
			check_bound(row, row->max, row->max + 1);
		}
		if (row->type == SETTING_RATE || row->type == SETTING_LIMIT)
			CHECK(!is_taken(&o, row, "5"));
	}
}

/* --- twofa.conf(5) ----------------------------------------------------------
 */

/* From "Default 6." or "Default", line end, ".Ql 5/10m .". */
static bool
has_default(const char *item, const char *standard)
{
	const char *p = strstr(item, "Default");

	if (p == NULL)
		return false;
	p += strlen("Default");
	p += strspn(p, " \n");
	if (strncmp(p, ".Ql ", 4) == 0 || strncmp(p, ".Cm ", 4) == 0)
		p += 4;
	p += *p == '"' ? 1 : 0;
	return strncmp(p, standard, strlen(standard)) == 0 &&
	    strchr(".,\" \n", p[strlen(standard)]) != NULL;
}

static void
check_item(const struct row *row, const char *item)
{
	const bool days = row->min != 0 && row->min % 86400 == 0;
	const char *unit = row->type == SETTING_NUMBER ? "" : days ? "d" : "s";
	const unsigned long by = days ? 86400 : 1;
	char range[40];

	if (row->standard != NULL && !has_default(item, row->standard))
		CHECK_TEXT(row->key, "a key with its default");
	(void)snprintf(range, sizeof range, "%lu%s to %lu%s", row->min / by,
	    unit, row->max / by, unit);
	if (row->max != 0 && strstr(item, range) == NULL)
		CHECK_TEXT(row->key, range);
}

/* ".It Ic directory Pq Fl d , Ev TWOFA_DIRECTORY" */
static void
item_head(const struct row *row, char out[200])
{
	const char letter[] = {row->letter, '\0'};
	bool has_letter = row->letter != '\0' && row->letter != 'n';
	char option[60] = "", variable[40];
	size_t i;

	for (i = 0; i <= strlen(row->key); i++)
		variable[i] = (char)toupper(row->key[i]);
	if (row->name != NULL)
		(void)snprintf(option, sizeof option, "Fl %s%s , ",
		    has_letter ? "" : "-", has_letter ? letter : row->name);
	(void)snprintf(out, 200, "\n.It Ic %s Pq %sEv TWOFA_%s\n", row->key,
	    option, variable);
}

static void
the_manual_has_every_key(void)
{
	char head[200], *end, *item;
	const char *found;
	size_t i;

	for (i = 0; i < settings_table_len; i++) {
		if (settings_table[i].key == NULL)
			continue;
		item_head(&settings_table[i], head);
		found = strstr(manual, head);
		if (found == NULL) {
			CHECK_TEXT(head, "in twofa.conf(5)");
			continue;
		}
		item = memory_copy(found + strlen(head));
		end = strstr(item, "\n.It ");
		if (end != NULL)
			*end = '\0';
		check_item(&settings_table[i], item);
		free(item);
	}
}

/* And no others. */
static void
the_manual_has_no_other_key(void)
{
	const char *p = manual, *end;
	char key[40];
	size_t i, keys = 0;

	while ((p = strstr(p, "\n.It Ic ")) != NULL) {
		p += strlen("\n.It Ic ");
		end = strchr(p, ' ');
		if (end == NULL || strncmp(end, " Pq ", 4) != 0)
			continue;
		(void)snprintf(key, sizeof key, "%.*s", (int)(end - p), p);
		for (i = 0; i < settings_table_len; i++)
			if (is_same(settings_table[i].key, key))
				break;
		if (i == settings_table_len)
			CHECK_TEXT(key, "a key");
		keys++;
	}
	CHECK(keys > 20);
}

static void
read_manual(void)
{
	FILE *page = fopen("man/twofa.conf.5", "r");

	CHECK(page != NULL);
	if (page == NULL)
		return;
	CHECK(fread(manual, 1, sizeof manual - 1, page) > 0);
	CHECK(fclose(page) == 0);
}

int
main(void)
{
	read_manual();
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
	RUN(every_form);
	RUN(the_manual_has_every_key);
	RUN(the_manual_has_no_other_key);
	return check_done();
}
