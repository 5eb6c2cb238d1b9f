/*
 * Sending: find, forbid, intend, note the outcome.
 */
#include "common/ledger/ledger_inside.h"

#include "common/ledger/tend.h"
#include "common/task/names.h"

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

int
ledger_find_send(struct ledger *l, const struct seal_binding *b,
    struct ledger_pin *out, struct fault *f)
{
	static const char text[] =
	    "SELECT " LEDGER_PIN_COLUMNS " FROM pin WHERE party = ?";
	struct sql_query q = sql_prepare(&l->sql, text);
	struct ledger_party party;
	int r;

	ledger_hash_party(l, &party, b);
	sql_put_hash(&q, &party.party);
	r = sql_step(&q, f);
	if (r == 1)
		ledger_pin_read(l, &q, out);
	sql_end(&q);
	return r;
}

int
ledger_is_revoked(
    struct ledger *l, const struct seal_binding *b, struct fault *f)
{
	static const char text[] =
	    "SELECT count(*) FROM subject WHERE who IN (?, ?)"
	    " AND (revoked = 1 OR wrong >= ?)";
	struct sql_query q = sql_prepare(&l->sql, text);
	struct ledger_party party;
	int64_t n;

	ledger_hash_party(l, &party, b);
	sql_put_hash(&q, &party.customer);
	sql_put_hash(&q, &party.number);
	sql_put_number(&q, LEDGER_DISABLE_AT);
	return sql_get(&q, &n, 0, f) == -1 ? -1 : n > 0;
}

/* What was revoked stays so when the number is disabled, too. */
static int
bars_party(struct ledger *l, const struct ledger_party *p,
    const struct policy_wrong *wrong, const char **reason, struct fault *f)
{
	static const char text[] =
	    "SELECT ifnull(max(revoked), -1) FROM subject WHERE who IN (?, ?)"
	    " AND (revoked = 1 OR wrong >= ?)";
	struct sql_query q = sql_prepare(&l->sql, text);
	int64_t revoked;

	sql_put_hash(&q, &p->customer);
	sql_put_hash(&q, &p->number);
	sql_put_number(&q, LEDGER_DISABLE_AT);
	if (sql_get(&q, &revoked, -1, f) == -1)
		return -1;
	if (revoked != -1) {
		*reason = revoked == 1 ? REASON_REVOKED : REASON_LOCKED;
		return 0;
	}
	return ledger_wrong_forbids_customer(l, &p->customer, wrong, reason, f);
}

int
ledger_bars(struct ledger *l, const struct seal_binding *b,
    const struct policy_wrong *wrong, const char **reason, struct fault *f)
{
	struct ledger_party party;

	ledger_hash_party(l, &party, b);
	return bars_party(l, &party, wrong, reason, f);
}

/* One limit: what is counted, and whose. */
struct counter {
	const char *reason;
	const struct policy_limit *limit;
	const char *select; /* of times, of one key, newest first */
	const void *key;    /* NULL: all of them */
	size_t key_len;
};

#define SELECT_AT(whose)                                                       \
	"SELECT at FROM request WHERE " whose                                  \
	" at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"

/*
 * Is it reached: 1, with the time at which it no longer is. Of a rate of N in
 * a period the N-th latest event decides.
 */
static int
is_reached(struct ledger *l, const struct counter *c, int64_t *again_s,
    struct fault *f)
{
	const struct rate *rate;
	struct sql_query q;
	int64_t at_s;
	size_t i;
	int r = 0;

	for (i = 0; i < c->limit->count; i++) {
		rate = &c->limit->rates[i];
		q = sql_prepare(&l->sql, c->select);
		if (c->key != NULL)
			sql_put_blob(&q, c->key, c->key_len);
		sql_put_number(&q, l->now_s - (int64_t)rate->period_s);
		sql_put_number(&q, (int64_t)rate->count - 1);
		if (sql_get(&q, &at_s, -1, f) == -1)
			return -1;
		if (at_s == -1)
			continue;
		r = 1;
		at_s += (int64_t)rate->period_s;
		*again_s = at_s > *again_s ? at_s : *again_s;
	}
	return r;
}

int
ledger_forbids(struct ledger *l, const struct seal_binding *b,
    const struct policy_limits *limits, const char **reason, int64_t *again_s,
    struct fault *f)
{
	static const char of_number[] = SELECT_AT("number = ? AND");
	static const char of_customer[] = SELECT_AT("customer = ? AND");
	static const char of_country[] =
	    SELECT_AT("country = CAST(? AS TEXT) AND");
	static const char of_all[] = SELECT_AT("");
	struct ledger_party p;
	const struct counter counters[] = {
	    {REASON_LIMIT_NUMBER, &limits->number, of_number, &p.number,
		sizeof p.number},
	    {REASON_LIMIT_CUSTOMER, &limits->customer, of_customer, &p.customer,
		sizeof p.customer},
	    {REASON_LIMIT_COUNTRY, &limits->country, of_country, p.country, 0},
	    {REASON_LIMIT_ALL, &limits->all, of_all, NULL, 0},
	};
	struct counter c;
	size_t i;
	int r;

	*again_s = 0;
	ledger_hash_party(l, &p, b);
	r = bars_party(l, &p, &limits->wrong, reason, f);
	for (i = 0; i < ARRAY_LEN(counters) && r == 0 && *reason == NULL; i++) {
		c = counters[i];
		if (c.key == p.country)
			c.key_len = strlen(p.country);
		r = is_reached(l, &c, again_s, f);
		if (r == 1)
			*reason = c.reason;
	}
	return r == -1 ? -1 : 0;
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
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_text(&q, pin->id);
	sql_put_hash(&q, &p->party);
	sql_put_hash(&q, &p->task);
	sql_put_hash(&q, &p->customer);
	sql_put_hash(&q, &p->number);
	sql_put_text(&q, p->masked);
	sql_put_text(&q, pin->request);
	sql_put_number(&q, pin->requested_s);
	sql_put_number(&q, pin->sent_s);
	sql_put_number(&q, pin->expires_s);
	sql_put_number(&q, pin->max_attempts);
	sql_put_hash(&q, &l->sender);
	sql_put_text(&q, pin->sealed);
	sql_put_text(&q, pin->from);
	sql_put_text(&q, pin->message);
	sql_put_text(&q, state_names[pin->before]);
	sql_put_number(&q, pin->repeats);
	return sql_get(&q, &pin->row, 0, f);
}

static int
put_request(struct ledger *l, const struct ledger_party *p,
    const struct ledger_pin *pin, struct fault *f)
{
	static const char text[] =
	    "INSERT INTO request(id, at, customer, number, country)"
	    " VALUES(?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_text(&q, pin->request);
	sql_put_number(&q, l->now_s);
	sql_put_hash(&q, &p->customer);
	sql_put_hash(&q, &p->number);
	sql_put_text(&q, p->country);
	return sql_run(&q, f);
}

int
ledger_intend(struct ledger *l, const struct seal_binding *b,
    struct ledger_pin *pin, struct fault *f)
{
	struct ledger_party party;
	struct ledger_event e;

	ledger_hash_party(l, &party, b);
	e = ledger_event_of(&party, pin, "send", "intent");
	if (put_pin(l, &party, pin, f) == -1 ||
	    put_request(l, &party, pin, f) == -1)
		return -1;
	return ledger_note(l, &e, f);
}

static int
forget_request(struct ledger *l, const char *request, struct fault *f)
{
	static const char text[] = "DELETE FROM request WHERE id = ?";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_text(&q, request);
	return sql_run(&q, f);
}

static int
forget_wish(struct ledger *l, const char *request, struct fault *f)
{
	static const char text[] =
	    "UPDATE request SET wish = NULL WHERE id = ?";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_text(&q, request);
	return sql_run(&q, f);
}

/*
 * What is known of a request changes only so far: a message that was taken is
 * not made untaken by the answer to a repeat, and what one program knows not
 * to have been taken another may have repeated meanwhile.
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
	/* A later request leaves things as they were before it. */
	static const char take_back[] =
	    TAKE_BACK " WHERE id = ? AND request = ? AND state = 'intent'";
	bool taken = state != LEDGER_RETRY && state != LEDGER_REJECTED;
	struct sql_query q;

	if (!taken && pin->before != LEDGER_RETRY) {
		q = sql_prepare(&l->sql, take_back);
	} else {
		q = sql_prepare(&l->sql,
		    state == LEDGER_RETRY	  ? if_open
			: state == LEDGER_UNKNOWN ? unless_final
						  : known);
		sql_put_text(&q, state_names[state]);
	}
	sql_put_text(&q, pin->id);
	sql_put_text(&q, pin->request);
	return sql_run(&q, f);
}

int
ledger_note_outcome(struct ledger *l, const struct seal_binding *b,
    const struct ledger_pin *pin, const struct ledger_outcome *outcome,
    struct fault *f)
{
	struct ledger_party party;
	struct ledger_event e;

	if (set_state(l, pin, outcome->state, f) == -1)
		return -1;
	if (outcome->state == LEDGER_RETRY && sql_changed(&l->sql) &&
	    forget_request(l, pin->request, f) == -1)
		return -1;
	if (outcome->state == LEDGER_REJECTED &&
	    forget_wish(l, pin->request, f) == -1)
		return -1;
	ledger_hash_party(l, &party, b);
	e = ledger_event_of(&party, pin, "send", state_names[outcome->state]);
	e.provider = outcome->provider;
	e.reason = outcome->reason;
	return ledger_note(l, &e, f);
}
