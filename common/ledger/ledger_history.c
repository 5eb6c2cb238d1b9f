/*
 * What the ledger notes: whom, as keyed hashes, and the history, for people.
 */
#include "common/ledger/ledger_inside.h"

#include <sodium.h>
#include <string.h>

/* --- hashes -----------------------------------------------------------------
 */

static void
add_text(crypto_generichash_state *s, const char *text)
{
	unsigned char len[4];
	size_t n = strlen(text);
	int i;

	for (i = 0; i < 4; i++)
		len[i] = (unsigned char)(n >> (8 * i));
	(void)crypto_generichash_update(s, len, sizeof len);
	(void)crypto_generichash_update(s, (const unsigned char *)text, n);
}

struct ledger_hash
ledger_hash_texts(
    const struct ledger *l, enum ledger_kind kind, const char *const texts[])
{
	const unsigned char kind_byte = (unsigned char)kind;
	crypto_generichash_state s;
	struct ledger_hash h;

	(void)crypto_generichash_init(&s, l->key, KEY_BYTES, sizeof h.bytes);
	(void)crypto_generichash_update(&s, &kind_byte, 1);
	for (; *texts != NULL; texts++)
		add_text(&s, *texts);
	(void)crypto_generichash_final(&s, h.bytes, sizeof h.bytes);
	sodium_memzero(&s, sizeof s);
	return h;
}

struct ledger_party
ledger_party_of(const struct ledger *l, const struct seal_binding *b)
{
	struct ledger_party p = {
	    .task = ledger_hash_of(l, LEDGER_OF_TASK, b->task_id),
	    .customer = ledger_hash_of(l, LEDGER_OF_CUSTOMER, b->customer),
	    .number = ledger_hash_of(l, LEDGER_OF_NUMBER, b->number),
	    .party = ledger_hash_of(
		l, LEDGER_OF_PARTY, b->task_id, b->customer, b->number)};

	e164_mask(p.masked, b->number);
	policy_country(p.country, b->number);
	return p;
}

struct sql_value
ledger_sql_hash(const struct ledger_hash *h)
{
	return SQL_BLOB(h == NULL ? NULL : h->bytes, LEDGER_HASH_BYTES);
}

/* --- history ----------------------------------------------------------------
 */

static const char *
or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : text;
}

struct ledger_event
ledger_event_of(const struct ledger_party *p, const struct ledger_pin *pin,
    const char *what, const char *outcome)
{
	return (struct ledger_event){.pin = pin,
	    .task = &p->task,
	    .customer = &p->customer,
	    .number = &p->number,
	    .masked = p->masked,
	    .what = what,
	    .outcome = outcome,
	    .tries_left = -1};
}

int
ledger_note(struct ledger *l, const struct ledger_event *e, struct fault *f)
{
	static const char text[] =
	    "INSERT INTO history(at, pin, pin_id, task, customer, number,"
	    " masked, what, outcome, reason, provider, tries_left, who, ref)"
	    " VALUES(?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " nullif(?, -1), ?, ?)";
	bool has_pin = e->pin != NULL && e->pin->row != 0;

	return sql_run(&l->sql, f, text, SQL_NUMBER(l->now_s),
	    SQL_NUMBER(has_pin ? e->pin->row : 0),
	    SQL_TEXT(has_pin ? e->pin->id : NULL),
	    ledger_sql_hash(has_pin ? NULL : e->task),
	    ledger_sql_hash(has_pin ? NULL : e->customer),
	    ledger_sql_hash(has_pin ? NULL : e->number), SQL_TEXT(e->masked),
	    SQL_TEXT(e->what), SQL_TEXT(e->outcome),
	    SQL_TEXT(or_null(e->reason)), SQL_TEXT(or_null(e->provider)),
	    SQL_NUMBER(e->tries_left), SQL_TEXT(or_null(l->who)),
	    SQL_TEXT(or_null(l->ref)));
}

int
ledger_note_refusal(struct ledger *l, const struct seal_binding *b,
    const char *what, const struct ledger_pin *pin, const char *reason,
    struct fault *f)
{
	struct ledger_party party = ledger_party_of(l, b);
	struct ledger_event e = ledger_event_of(&party, pin, what, "refused");

	e.reason = reason;
	return ledger_note(l, &e, f);
}

int
ledger_note_again(struct ledger *l, const struct seal_binding *b,
    const struct ledger_pin *pin, bool ok, int64_t *line, struct fault *f)
{
	struct ledger_party party = ledger_party_of(l, b);
	struct ledger_event e = ledger_event_of(&party, pin, "verify", "again");

	e.reason = ok ? "ok" : "wrong";
	if (ledger_note(l, &e, f) == -1)
		return -1;
	*line = sql_inserted(&l->sql);
	return 0;
}
