/*
 * Wishes to send a PIN once more, by their entries: each is granted once.
 */
#include "common/ledger/ledger_inside.h"

#include <stdio.h>

int
ledger_find_wish(struct ledger *l, const struct ledger_pin *pin,
    const char *entry, char request[UUID_SIZE], struct fault *f)
{
	static const char text[] = "SELECT id FROM request WHERE wish = ?";
	struct sql_query q = sql_prepare(&l->sql, text);
	struct ledger_hash h = ledger_hash_wish(l, pin, entry);
	int r;

	sql_put_hash(&q, &h);
	r = sql_step(&q, f);
	if (r == 1)
		(void)snprintf(request, UUID_SIZE, "%s", sql_text(&q, 0));
	sql_end(&q);
	return r;
}

int
ledger_note_wish(struct ledger *l, const struct ledger_pin *pin,
    const char *entry, struct fault *f)
{
	static const char text[] = "UPDATE request SET wish = ? WHERE id = ?";
	struct sql_query q = sql_prepare(&l->sql, text);
	struct ledger_hash h = ledger_hash_wish(l, pin, entry);

	sql_put_hash(&q, &h);
	sql_put_text(&q, pin->request);
	return sql_run(&q, f);
}
