/*
 * Reports on the ledger.
 */
#include "common/ledger/ledger_inside.h"
#include "common/ledger/ledger_admin.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	HEX_SIZE = 2 * LEDGER_HASH_BYTES + 1,
};

/* Who is shown the rows, and what they are about. */
struct viewer {
	struct ledger_hash number, customer, task; /* what a subject may be */
	const struct wrong_limits *wrong;
	ledger_see_line see_line;
	ledger_see_pin see_pin;
	void *arg;
};

typedef int show_row(struct ledger *l, const struct sql_query *q,
    const struct viewer *v, struct fault *f);

/*
 * Show the rows of a query: all, or for a subject some, about the number ?1,
 * the customer ?2 or the task ?3. 1 there were some, 0 none.
 */
static int
show_rows(struct ledger *l, const char *const queries[2], const char *subject,
    show_row *show, struct viewer *v, struct fault *f)
{
	struct sql_query q;
	int r, shown = 0;

	if (subject == NULL) {
		q = sql_select(&l->sql, queries[0], SQL_NONE);
	} else {
		v->number = ledger_hash_of(l, LEDGER_OF_NUMBER, subject);
		v->customer = ledger_hash_of(l, LEDGER_OF_CUSTOMER, subject);
		v->task = ledger_hash_of(l, LEDGER_OF_TASK, subject);
		q = sql_select(&l->sql, queries[1], ledger_sql_hash(&v->number),
		    ledger_sql_hash(&v->customer), ledger_sql_hash(&v->task));
	}
	while ((r = sql_step(&q, f)) == 1) {
		shown = 1;
		r = show(l, &q, v, f);
		if (r == -1)
			break;
	}
	sql_end(&q);
	return r == -1 ? -1 : shown;
}

static const char *
hex_of(const struct sql_query *q, int column, char out[HEX_SIZE])
{
	const void *bytes = sql_blob(q, column, LEDGER_HASH_BYTES);

	out[0] = '\0';
	if (bytes != NULL)
		(void)sodium_bin2hex(out, HEX_SIZE, bytes, LEDGER_HASH_BYTES);
	return out;
}

static int
show_line(struct ledger *l, const struct sql_query *q, const struct viewer *v,
    struct fault *f)
{
	char task[HEX_SIZE], customer[HEX_SIZE], number[HEX_SIZE];
	struct ledger_line line = {.at_s = sql_number(q, 0),
	    .what = sql_text(q, 1),
	    .outcome = sql_text(q, 2),
	    .reason = sql_text(q, 3),
	    .provider = sql_text(q, 4),
	    .pin_id = sql_text(q, 5),
	    .masked = sql_text(q, 6),
	    .who = sql_text(q, 7),
	    .ref = sql_text(q, 8),
	    .tries_left = (int)sql_number(q, 9),
	    .task = hex_of(q, 10, task),
	    .customer = hex_of(q, 11, customer),
	    .number = hex_of(q, 12, number)};

	(void)l;
	return v->see_line(v->arg, &line, f);
}

#define SELECT_LINE                                                            \
	"SELECT h.at, h.what, h.outcome, h.reason, h.provider, h.pin_id,"      \
	" h.masked, h.who, h.ref, ifnull(h.tries_left, -1),"                   \
	" ifnull(p.task, h.task), ifnull(p.customer, h.customer),"             \
	" ifnull(p.number, h.number)"                                          \
	" FROM history AS h LEFT JOIN pin AS p ON p.n = h.pin"
/* The PINs of a subject, of which there are three hashes. */
#define PINS_OF                                                                \
	"(SELECT n FROM pin WHERE number = ?1 OR customer = ?2 OR task = ?3)"

int
ledger_history(struct ledger *l, const char *subject, ledger_see_line see,
    void *arg, struct fault *f)
{
	static const char *const queries[] = {SELECT_LINE " ORDER BY h.n",
	    SELECT_LINE " WHERE h.pin IN " PINS_OF " OR h.number = ?1"
			" OR h.customer = ?2 OR h.task = ?3 ORDER BY h.n"};
	struct viewer v = {.see_line = see, .arg = arg};

	return show_rows(l, queries, subject, show_line, &v, f);
}

/* Of LEDGER_DISABLE_AT. */
#define SELECT_PIN                                                             \
	"SELECT id, request, masked, state, requested, sent, expires,"         \
	" attempts, max_attempts, used, customer,"                             \
	" EXISTS(SELECT 1 FROM subject"                                        \
	"   WHERE who IN (pin.customer, pin.number)"                           \
	"   AND (revoked = 1 OR wrong >= 100)), repeats FROM pin"

_Static_assert(LEDGER_DISABLE_AT == 100, "SELECT_PIN says 100");

static int
show_pin(struct ledger *l, const struct sql_query *q, const struct viewer *v,
    struct fault *f)
{
	const void *customer = sql_blob(q, 10, LEDGER_HASH_BYTES);
	struct ledger_summary pin = {
	    .state = ledger_state_parse(sql_text(q, 3)),
	    .requested_s = sql_number(q, 4),
	    .sent_s = sql_number(q, 5),
	    .expires_s = sql_number(q, 6),
	    .attempts = (unsigned)sql_number(q, 7),
	    .max_attempts = (unsigned)sql_number(q, 8),
	    .used = sql_number(q, 9) != 0,
	    .is_blocked = sql_number(q, 11) != 0,
	    .repeats = sql_number(q, 12) != 0};
	struct ledger_hash h = {{0}};

	(void)snprintf(pin.id, sizeof pin.id, "%s", sql_text(q, 0));
	(void)snprintf(pin.request, sizeof pin.request, "%s", sql_text(q, 1));
	(void)snprintf(pin.masked, sizeof pin.masked, "%s", sql_text(q, 2));
	if (customer != NULL)
		memcpy(h.bytes, customer, sizeof h.bytes);
	if (ledger_wrong_forbids_customer(l, &h, v->wrong, &pin.forbidden, f) ==
	    -1)
		return -1;
	return v->see_pin(v->arg, &pin, f);
}

int
ledger_pins(struct ledger *l, const char *subject,
    const struct wrong_limits *wrong, ledger_see_pin see, void *arg,
    struct fault *f)
{
	static const char *const queries[] = {SELECT_PIN " ORDER BY n",
	    SELECT_PIN " WHERE n IN " PINS_OF " ORDER BY n"};
	struct viewer v = {.wrong = wrong, .see_pin = see, .arg = arg};

	return show_rows(l, queries, subject, show_pin, &v, f);
}

static int
count_all(struct ledger *l, struct ledger_counts *c, struct fault *f)
{
	static const char text[] = "SELECT count(*), count(*) FILTER"
				   " (WHERE state IN ('intent', 'unknown')),"
				   " (SELECT count(*) FROM history) FROM pin";
	struct sql_query q = sql_select(&l->sql, text, SQL_NONE);
	int r = sql_step(&q, f);

	if (r == 1)
		*c = (struct ledger_counts){.pins = sql_number(&q, 0),
		    .unresolved = sql_number(&q, 1),
		    .events = sql_number(&q, 2)};
	sql_end(&q);
	return r == 1 ? 0 : -1;
}

/* What no program can have written. */
static const struct {
	const char *select; /* how many there are */
	const char *problem;
} impossible[] = {
    {"SELECT count(*) FROM pin WHERE attempts > max_attempts",
	"more attempts than a PIN had"},
    {"SELECT count(*) FROM pin WHERE used = 1 AND attempts = 0",
	"a PIN that was used without an attempt"},
    {"SELECT count(*) FROM pin WHERE expires <= sent",
	"a PIN that expired before it was sent"},
    {"SELECT count(*) FROM (SELECT 1 FROM verdict WHERE ok = 1"
     " GROUP BY pin HAVING count(*) > 1)",
	"a PIN that was right twice"},
    {"SELECT count(*) FROM pin WHERE requested > (SELECT clock FROM meta)",
	"a message later than the latest time"},
};

int
ledger_check(struct ledger *l, struct ledger_counts *counts,
    char problem[FAULT_SIZE], struct fault *f)
{
	struct sql_query q =
	    sql_select(&l->sql, "PRAGMA integrity_check(1)", SQL_NONE);
	int64_t n = 0;
	size_t i;
	int r = sql_step(&q, f);

	problem[0] = '\0';
	if (r == 1 && strcmp(sql_text(&q, 0), "ok") != 0)
		(void)snprintf(problem, FAULT_SIZE, "%s", sql_text(&q, 0));
	sql_end(&q);
	if (r == -1 || count_all(l, counts, f) == -1)
		return -1;
	for (i = 0; i < ARRAY_LEN(impossible) && problem[0] == '\0'; i++) {
		if (sql_get(&l->sql, f, &n, 0, impossible[i].select,
			SQL_NONE) == -1)
			return -1;
		if (n > 0)
			(void)snprintf(
			    problem, FAULT_SIZE, "%s", impossible[i].problem);
	}
	return problem[0] == '\0';
}

int
ledger_key_use(struct ledger *l, const char *key_id, int64_t now_s,
    struct ledger_key_use *out, struct fault *f)
{
	/* A sealed PIN is "v1.", the id of its key, and the rest. */
	static const char text[] =
	    "SELECT count(*), ifnull(max(expires), 0) FROM pin"
	    " WHERE expires > ? AND substr(sealed, 4, 8) = ?";
	struct sql_query q =
	    sql_select(&l->sql, text, SQL_NUMBER(now_s), SQL_TEXT(key_id));
	int r = sql_step(&q, f);

	if (r == 1)
		*out = (struct ledger_key_use){
		    .seals_ledger = strcmp(l->key_id, key_id) == 0,
		    .pins = sql_number(&q, 0),
		    .until_s = sql_number(&q, 1)};
	sql_end(&q);
	return r == 1 ? 0 : -1;
}
