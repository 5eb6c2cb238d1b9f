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
ledger_event_of(const struct ledger_party *p, const char *pin_id,
    const char *what, const char *outcome)
{
	return (struct ledger_event){.task = &p->task,
	    .customer = &p->customer,
	    .number = &p->number,
	    .masked = p->masked,
	    .pin_id = pin_id,
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
	    "INSERT INTO history(at, task, customer, number, masked, pin,"
	    " what, outcome, reason, provider, tries_left, who, ref)"
	    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), ?, ?)";
	struct sql_query q = sql_prepare(&l->sql, text);

	sql_put_number(&q, l->now_s);
	put_hash_or_null(&q, e->task);
	put_hash_or_null(&q, e->customer);
	put_hash_or_null(&q, e->number);
	sql_put_text(&q, e->masked);
	sql_put_text(&q, or_null(e->pin_id));
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
    const char *what, const char *pin_id, const char *reason, struct fault *f)
{
	struct ledger_party party;
	struct ledger_event e;

	ledger_hash_party(l, &party, b);
	e = ledger_event_of(&party, pin_id, what, "refused");
	e.reason = reason;
	return ledger_note(l, &e, f);
}
