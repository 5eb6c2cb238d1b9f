/*
 * The history: what happened, for people.
 */
#include "common/ledger/ledger_inside.h"

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

static void
put_hash_or_null(struct sql_query *q, const struct ledger_hash *h)
{
	if (h == NULL)
		sql_put_text(q, NULL);
	else
		sql_put_hash(q, h);
}

int
ledger_note(struct ledger *l, const struct ledger_event *e, struct fault *f)
{
	static const char text[] =
	    "INSERT INTO history(at, pin, pin_id, task, customer, number,"
	    " masked, what, outcome, reason, provider, tries_left, who, ref)"
	    " VALUES(?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " nullif(?, -1), ?, ?)";
	struct sql_query q = sql_prepare(&l->sql, text);
	bool has_pin = e->pin != NULL && e->pin->row != 0;

	sql_put_number(&q, l->now_s);
	sql_put_number(&q, has_pin ? e->pin->row : 0);
	sql_put_text(&q, has_pin ? e->pin->id : NULL);
	put_hash_or_null(&q, has_pin ? NULL : e->task);
	put_hash_or_null(&q, has_pin ? NULL : e->customer);
	put_hash_or_null(&q, has_pin ? NULL : e->number);
	sql_put_text(&q, e->masked);
	sql_put_text(&q, e->what);
	sql_put_text(&q, e->outcome);
	sql_put_text(&q, or_null(e->reason));
	sql_put_text(&q, or_null(e->provider));
	sql_put_number(&q, e->tries_left);
	sql_put_text(&q, or_null(l->who));
	sql_put_text(&q, or_null(l->ref));
	return sql_run(&q, f);
}

int
ledger_note_refusal(struct ledger *l, const struct seal_binding *b,
    const char *what, const struct ledger_pin *pin, const char *reason,
    struct fault *f)
{
	struct ledger_party party;
	struct ledger_event e;

	ledger_hash_party(l, &party, b);
	e = ledger_event_of(&party, pin, what, "refused");
	e.reason = reason;
	return ledger_note(l, &e, f);
}

int
ledger_note_again(struct ledger *l, const struct seal_binding *b,
    const struct ledger_pin *pin, bool ok, int64_t *line, struct fault *f)
{
	struct ledger_party party;
	struct ledger_event e;

	ledger_hash_party(l, &party, b);
	e = ledger_event_of(&party, pin, "verify", "again");
	e.reason = ok ? "ok" : "wrong";
	if (ledger_note(l, &e, f) == -1)
		return -1;
	*line = sql_inserted(&l->sql);
	return 0;
}
