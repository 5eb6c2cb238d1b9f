/*
 * The settings of the suite as data.
 */
#include "common/settings/row.h"

#include "common/base/plain.h"

_Static_assert(
    LABEL_MAX_CHARACTERS == 64 && LIMIT_MAX_RATES == 4, "what the forms say");

/* The member that a row fills, and its form. Of another type than c_type, its
 * size would be divided by 0. */
#define FILLS(kind, c_type, m, looks)                                          \
	.type = (kind), .form = (looks),                                       \
	.member = offsetof(struct settings, m),                                \
	.size = sizeof(c_type) /                                               \
	    __builtin_types_compatible_p(                                      \
		c_type, __typeof__(((struct settings *)NULL)->m))
#define FLAG(m) FILLS(SETTING_FLAG, bool, m, NULL)
#define COUNT(m) FILLS(SETTING_COUNT, unsigned, m, NULL)
#define TEXT(m) FILLS(SETTING_TEXT, const char *, m, "a text")
#define FOUND(m) FILLS(SETTING_FILE, const char *, m, "a text")
#define LIST(m) FILLS(SETTING_LIST, struct setting_list, m, "a text")
#define LABEL(m)                                                               \
	FILLS(SETTING_LABEL, const char *, m,                                  \
	    "1 to 64 characters of UTF-8 that can be printed")
#define NUMBER(m, least, most)                                                 \
	FILLS(SETTING_NUMBER, unsigned, m,                                     \
	    "a number from " #least " to " #most),                             \
	    .min = (least), .max = (most)
#define TIME(kind, m, least, most)                                             \
	FILLS(kind, unsigned long, m,                                          \
	    "a time from " #least "s to " #most "s, as 90s or 2m"),            \
	    .min = (least), .max = (most)
#define DURATION(m, least, most) TIME(SETTING_DURATION, m, least, most)
#define DURATION_MS(m, least, most) TIME(SETTING_DURATION_MS, m, least, most)
#define RATE(m)                                                                \
	FILLS(SETTING_RATE, struct rate, m, "N/TIME, as 200/1m or 200/m")
#define LIMIT(m)                                                               \
	FILLS(SETTING_LIMIT, struct limit, m,                                  \
	    "N/TIME, as 5/10m, up to 4 with commas, or none")

const struct row settings_table[] = {
    {.name = "directory",
	.letter = 'd',
	.key = "directory",
	TEXT(directory),
	.argument = "ADDRESS",
	.help = "customers: csv:FILE or sqlite:FILE"},
    {.name = "identifier-digits",
	.letter = 'n',
	.key = "identifier_digits",
	NUMBER(identifier_digits, 1, 32),
	.standard = "6",
	.letter_in = PROGRAM_LOOKUP,
	.argument = "N",
	.help = "digits of a customer identifier (6)"},
    {.name = "sender",
	.letter = 's',
	.key = "sender",
	TEXT(send.sender),
	.argument = "ADDRESS",
	.help = "file:OUTBOX, acs:SECRET, command:PROGRAM"},
    {.name = "from",
	.letter = 'f',
	.key = "from",
	TEXT(send.from),
	.argument = "NUMBER",
	.help = "the sender that the customer sees"},
    {.name = "message",
	.letter = 'm',
	.key = "message",
	TEXT(send.message),
	.standard = "Your PIN code is: {pin}",
	.argument = "TEXT",
	.help = "text with {pin}, perhaps {minutes}"},
    {.name = "pin-digits",
	.letter = 'n',
	.key = "pin_digits",
	NUMBER(pin.digits, 4, 10),
	.standard = "4",
	.argument = "N",
	.help = "digits of a PIN (4, at most 10)"},
    {.name = "pin-ttl",
	.letter = 't',
	.key = "pin_ttl",
	DURATION(pin.ttl_s, 1, 600),
	.standard = "600s",
	.argument = "TIME",
	.help = "how long a PIN is valid (600s, the most)"},
    {.name = "max-attempts",
	.letter = 'a',
	.key = "max_attempts",
	NUMBER(pin.max_attempts, 1, 10),
	.standard = "3",
	.argument = "N",
	.programs = PROGRAM_SENDPIN | PROGRAM_FLOW,
	.help = "wrong PINs allowed (3)"},
    {.name = "max-attempts",
	.letter = 'a',
	.key = "max_attempts",
	NUMBER(pin.max_attempts, 1, 10),
	.argument = "N",
	.programs = PROGRAM_VERIFY,
	.help = "wrong PINs allowed, if fewer than sealed"},
    {.name = "key",
	.letter = 'k',
	.key = "key",
	FOUND(key.file.given),
	.argument = "FILE",
	.help = "key file (/etc/twofa/key or your own)"},
    {.name = "ledger",
	.letter = 'l',
	.key = "ledger",
	FOUND(ledger.file.given),
	.argument = "FILE",
	.help = "ledger (/var/lib/twofa/ledger.db or your own)"},
    {.key = "limit_number", LIMIT(limits.number), .standard = "5/10m,10/1d"},
    {.key = "limit_customer", LIMIT(limits.customer), .standard = "10/1d"},
    {.key = "limit_country", LIMIT(limits.country), .standard = "none"},
    {.key = "limit_all", LIMIT(limits.all), .standard = "10000/1d"},
    {.key = "limit_wrong", LIMIT(limits.wrong.customer), .standard = "10/1d"},
    {.key = "limit_wrong_all", LIMIT(limits.wrong.all), .standard = "300/1d"},
    {.key = "allow_country", TEXT(send.allow_country)},
    {.key = "keep", DURATION(admin.keep_s, 86400, 31536000), .standard = "90d"},
    {.name = "reason",
	.letter = 'm',
	TEXT(admin.reason),
	.argument = "REASON",
	.help = "unlock and revoke: why"},
    {.name = "reset",
	FLAG(admin.reset),
	.help = "clock: set the ledger's time to the clock's"},
    {.name = "resend",
	FLAG(send.resend),
	.help = "send the same PIN once more"},
    {.name = "clear-pin",
	FLAG(pin.clear),
	.help = "the use case's unsealed PIN: no protection"},
    {.name = "open-requests",
	.letter = 'j',
	.key = "open_requests",
	NUMBER(requests.open_requests, 1, 256),
	.standard = "16",
	.argument = "N",
	.help = "requests open at once (16)"},
    {.name = "rate",
	.key = "send_rate",
	RATE(send.rate),
	.argument = "N/TIME",
	.help = "at most N messages in TIME, as 200/1m"},
    {.name = "time-allowed",
	.letter = 'T',
	.key = "time_allowed",
	DURATION_MS(requests.time_allowed_ms, 1, 240),
	.standard = "30s",
	.argument = "TIME",
	.help = "time for one answer, with repeats (30s)"},
    {.name = "id",
	TEXT(task.id),
	.argument = "ID",
	.help = "taskId of a new task (a random UUID)"},
    {.name = "csv",
	TEXT(task.csv),
	.argument = "FILE",
	.help = "values from a CSV file with a header"},
    {.name = "workflow",
	.letter = 'w',
	.key = "workflow",
	TEXT(flow.workflow),
	.argument = "FILE",
	.help = "another workflow than the built-in one"},
    {.name = "input",
	.letter = 'I',
	LIST(flow.inputs),
	.argument = "KEYS",
	.help = "step: what the caller keys in; @FILE reads it"},
    {.name = "face",
	.letter = 'F',
	TEXT(flow.channel),
	.argument = "CHANNEL",
	.help = "run: tty, lines or agi"},
    {.name = "output",
	.letter = 'o',
	TEXT(flow.output),
	.argument = "FILE",
	.help = "run: the final task"},
    {.name = "trace",
	TEXT(flow.trace),
	.argument = "FILE",
	.help = "run: append a line of JSON for every move"},
    {.name = "mermaid",
	FLAG(flow.mermaid),
	.help = "graph: for Mermaid, not for Graphviz"},
    {.key = "language", TEXT(flow.language)},
    {.name = "in-place",
	.letter = 'i',
	FLAG(in_place),
	.help = "write each file back instead of stdout"},
    {.name = "ask",
	.letter = 'p',
	FLAG(asks),
	.help = "ask for the PIN; stdin when files are named"},
    {.key = "log", TEXT(log)},
    {.name = "ref",
	LABEL(ref),
	.argument = "TEXT",
	.help = "reference for the log, as a ticket number"},
    {.name = "rejects",
	TEXT(rejects),
	.argument = "FILE",
	.help = "keep malformed tasks in FILE"},
    {.name = "config",
	.letter = 'c',
	FOUND(config.given),
	.argument = "FILE",
	.help = "settings (/etc/twofa/twofa.conf or your own)"},
    {.name = "dry-run",
	FLAG(dry_run),
	.is_for_all = true,
	.help = "check and print the settings, change nothing"},
    {.name = "quiet", .letter = 'q', FLAG(quiet), .is_for_all = true},
    {.name = "verbose", .letter = 'v', COUNT(verbose), .is_for_all = true},
    {.name = "help", .letter = 'h', FLAG(help), .is_for_all = true},
    {.name = "version", .letter = 'V', FLAG(version), .is_for_all = true},
};

const size_t settings_table_len = ARRAY_LEN(settings_table);
