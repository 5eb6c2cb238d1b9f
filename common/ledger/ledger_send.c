/*
 * Sending: find, intend, note the outcome.
 */
#include "common/ledger/ledger_inside.h"

#include "common/ledger/ledger_admin.h"

#include <stdio.h>
#include <string.h>

static const char *const state_names[] = {[LEDGER_INTENT] = "intent",
    [LEDGER_SENT] = "sent",
    [LEDGER_REJECTED] = "rejected",
    [LEDGER_RETRY] = "retry",
    [LEDGER_UNKNOWN] = "unknown"};

const char *
ledger_state_name(enum ledger_state s)
{
	return state_names[s];
}

enum ledger_state
ledger_state_parse(const char *name)
{
	enum ledger_state s;

	for (s = LEDGER_INTENT; s < LEDGER_UNKNOWN; s++)
		if (strcmp(state_names[s], name) == 0)
			break;
	return s;
}

void
ledger_pin_read(
    const struct ledger *l, const struct sql_query *q, struct ledger_pin *out)
{
	const void *sender = sql_blob(q, 9, LEDGER_HASH_BYTES);

	memset(out, 0, sizeof *out);
	(void)snprintf(out->id, sizeof out->id, "%s", sql_text(q, 0));
	(void)snprintf(out->request, sizeof out->request, "%s", sql_text(q, 1));
	out->state = ledger_state_parse(sql_text(q, 2));
	out->requested_s = sql_number(q, 3);
	out->sent_s = sql_number(q, 4);
	out->expires_s = sql_number(q, 5);
	out->max_attempts = (unsigned)sql_number(q, 6);
	out->attempts = (unsigned)sql_number(q, 7);
	out->used = sql_number(q, 8) != 0;
	out->same_sender = sender != NULL &&
	    memcmp(sender, l->sender.bytes, LEDGER_HASH_BYTES) == 0;
	(void)snprintf(out->sealed, sizeof out->sealed, "%s", sql_text(q, 10));
	(void)snprintf(out->from, sizeof out->from, "%s", sql_text(q, 11));
	(void)snprintf(
	    out->message, sizeof out->message, "%s", sql_text(q, 12));
	out->before = ledger_state_parse(sql_text(q, 13));
	out->row = sql_number(q, 14);
	out->repeats = sql_number(q, 15) != 0;
}

static int
find_pin(const struct ledger *l, struct sql_query q, struct ledger_pin *out,
    struct fault *f)
{
	int r = sql_step(&q, f);

	if (r == 1)
		ledger_pin_read(l, &q, out);
	sql_end(&q);
	return r;
}

int
ledger_find_pin(
    struct ledger *l, const char *id, struct ledger_pin *out, struct fault *f)
{
	static const char text[] =
	    "SELECT " LEDGER_PIN_COLUMNS " FROM pin WHERE id = ?";

	return find_pin(l, sql_select(&l->sql, text, SQL_TEXT(id)), out, f);
}

int
ledger_find_send(struct ledger *l, const struct seal_binding *b,
    struct ledger_pin *out, struct fault *f)
{
	static const char text[] =
	    "SELECT " LEDGER_PIN_COLUMNS " FROM pin WHERE party = ?";
	struct ledger_party p = ledger_party_of(l, b);

	return find_pin(
	    l, sql_select(&l->sql, text, ledger_sql_hash(&p.party)), out, f);
}

static int
put_pin(struct ledger *l, const struct ledger_party *p, struct ledger_pin *pin,
    struct fault *f)
{
	static const char text[] =
	    "INSERT INTO pin(id, party, task, customer, number, masked, "
	    "request,"
	    " state, requested, sent, expires, max_attempts, sender, sealed,"
	    " sender_from, message, before, repeats)"
	    " VALUES(?, ?, ?, ?, ?, ?, ?, 'intent', ?, ?, ?, ?, ?, ?, ?, ?,"
	    " ?, ?)"
	    " ON CONFLICT(party) DO UPDATE SET"
	    " attempts = iif(id = excluded.id, attempts, 0),"
	    " used = iif(id = excluded.id, used, 0),"
	    " id = excluded.id, request = excluded.request, state = 'intent',"
	    " requested = excluded.requested, sent = excluded.sent,"
	    " expires = excluded.expires,"
	    " max_attempts = excluded.max_attempts, sender = excluded.sender,"
	    " sealed = excluded.sealed, sender_from = excluded.sender_from,"
	    " message = excluded.message, before = excluded.before,"
	    " repeats = excluded.repeats"
	    " RETURNING n";

	return sql_get(&l->sql, f, &pin->row, 0, text, SQL_TEXT(pin->id),
	    ledger_sql_hash(&p->party), ledger_sql_hash(&p->task),
	    ledger_sql_hash(&p->customer), ledger_sql_hash(&p->number),
	    SQL_TEXT(p->masked), SQL_TEXT(pin->request),
	    SQL_NUMBER(pin->requested_s), SQL_NUMBER(pin->sent_s),
	    SQL_NUMBER(pin->expires_s), SQL_NUMBER(pin->max_attempts),
	    ledger_sql_hash(&l->sender), SQL_TEXT(pin->sealed),
	    SQL_TEXT(pin->from), SQL_TEXT(pin->message),
	    SQL_TEXT(state_names[pin->before]), SQL_NUMBER(pin->repeats));
}

static int
put_request(struct ledger *l, const struct ledger_party *p,
    const struct ledger_pin *pin, struct fault *f)
{
	static const char text[] =
	    "INSERT INTO request(id, at, customer, number, country)"
	    " VALUES(?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING";

	return sql_run(&l->sql, f, text, SQL_TEXT(pin->request),
	    SQL_NUMBER(l->now_s), ledger_sql_hash(&p->customer),
	    ledger_sql_hash(&p->number), SQL_TEXT(p->country));
}

int
ledger_intend(struct ledger *l, const struct seal_binding *b,
    struct ledger_pin *pin, struct fault *f)
{
	struct ledger_party party = ledger_party_of(l, b);
	struct ledger_event e = ledger_event_of(&party, pin, "send", "intent");

	if (put_pin(l, &party, pin, f) == -1 ||
	    put_request(l, &party, pin, f) == -1)
		return -1;
	return ledger_note(l, &e, f);
}

/* --- Resend ----------------------------------------
 */

int
ledger_find_resend(struct ledger *l, const struct ledger_pin *pin,
    const char *entry, char request[UUID_SIZE], struct fault *f)
{
	static const char text[] = "SELECT id FROM request WHERE wish = ?";
	struct ledger_hash h =
	    ledger_hash_of(l, LEDGER_OF_RESEND, pin->id, entry);
	struct sql_query q = sql_select(&l->sql, text, ledger_sql_hash(&h));
	int r = sql_step(&q, f);

	if (r == 1)
		(void)snprintf(request, UUID_SIZE, "%s", sql_text(&q, 0));
	sql_end(&q);
	return r;
}

int
ledger_note_resend(struct ledger *l, const struct ledger_pin *pin,
    const char *entry, struct fault *f)
{
	static const char text[] = "UPDATE request SET wish = ? WHERE id = ?";
	struct ledger_hash h =
	    ledger_hash_of(l, LEDGER_OF_RESEND, pin->id, entry);

	return sql_run(
	    &l->sql, f, text, ledger_sql_hash(&h), SQL_TEXT(pin->request));
}

/* --- outcomes ---------------------------------------------------------------
 */

/*
 * Some outcomes are final: the answer to a repeat does not change that a
 * message was accepted, and a request that one program knows not to be accepted
 * another one may have repeated meanwhile.
 */
static int
set_state(struct ledger *l, const struct ledger_pin *pin,
    enum ledger_state state, struct fault *f)
{
	static const char known[] =
	    "UPDATE pin SET state = ?"
	    " WHERE id = ? AND request = ? AND state != 'sent'";
	static const char unless_final[] =
	    "UPDATE pin SET state = ?"
	    " WHERE id = ? AND request = ? AND state NOT IN"
	    " ('sent', 'rejected')";
	static const char if_open[] =
	    "UPDATE pin SET state = ?"
	    " WHERE id = ? AND request = ? AND state = 'intent'";
	/* A later request restores the state before it. */
	static const char take_back[] =
	    TAKE_BACK " WHERE id = ? AND request = ? AND state = 'intent'";
	const bool taken = state != LEDGER_RETRY && state != LEDGER_REJECTED;

	if (!taken && pin->before != LEDGER_RETRY)
		return sql_run(&l->sql, f, take_back, SQL_TEXT(pin->id),
		    SQL_TEXT(pin->request));
	return sql_run(&l->sql, f,
	    state == LEDGER_RETRY	  ? if_open
		: state == LEDGER_UNKNOWN ? unless_final
					  : known,
	    SQL_TEXT(state_names[state]), SQL_TEXT(pin->id),
	    SQL_TEXT(pin->request));
}

int
ledger_note_outcome(struct ledger *l, const struct seal_binding *b,
    const struct ledger_pin *pin, const struct ledger_outcome *outcome,
    struct fault *f)
{
	struct ledger_party party = ledger_party_of(l, b);
	struct ledger_event e =
	    ledger_event_of(&party, pin, "send", state_names[outcome->state]);

	if (set_state(l, pin, outcome->state, f) == -1)
		return -1;
	if (outcome->state == LEDGER_RETRY && sql_changed(&l->sql) &&
	    sql_run(&l->sql, f, "DELETE FROM request WHERE id = ?",
		SQL_TEXT(pin->request)) == -1)
		return -1;
	if (outcome->state == LEDGER_REJECTED &&
	    sql_run(&l->sql, f, "UPDATE request SET wish = NULL WHERE id = ?",
		SQL_TEXT(pin->request)) == -1)
		return -1;
	e.provider = outcome->provider;
	e.reason = outcome->reason;
	return ledger_note(l, &e, f);
}
