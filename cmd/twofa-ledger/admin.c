/*
 * twofa-ledger resolve, revoke, unlock, purge, clock and check.
 */
#include "cmd/twofa-ledger/commands_inside.h"

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/prog.h"

#include <string.h>

static bool
is_id(const char *text)
{
	size_t len = strlen(text);

	return len >= TEND_SHORT_ID && len < UUID_SIZE &&
	    strspn(text, "0123456789abcdef-") == len;
}

int
tend_resolve(struct tend *t, struct fault *f)
{
	const char *id = t->arguments[0];
	bool sent = strcmp(t->arguments[1], "sent") == 0;
	int r;

	if (!sent && strcmp(t->arguments[1], "failed") != 0)
		return fault_set(f, STATUS_USAGE,
		    "say sent or failed, not '%s'", t->arguments[1]);
	if (!is_id(id))
		return fault_set(f, STATUS_USAGE,
		    "give an id, or its first %d characters or more, as show "
		    "and list print it",
		    TEND_SHORT_ID);
	r = ledger_resolve(t->ledger, id, sent, clock_now_s, f);
	if (r == -1 || r == 1)
		return r == -1 ? -1 : STATUS_OK;
	prog_message(PROG_WARNING, "%s; see twofa-ledger list",
	    r == LEDGER_SEVERAL
		? "several sends begin with that id: give more of it"
		: "no send of unknown outcome has that id");
	return STATUS_NO;
}

int
tend_revoke(struct tend *t, struct fault *f)
{
	return ledger_revoke(t->ledger, t->subject, t->reason, clock_now_s, f);
}

int
tend_unlock(struct tend *t, struct fault *f)
{
	switch (
	    ledger_unlock(t->ledger, t->subject, t->reason, clock_now_s, f)) {
	case 1:
		return STATUS_OK;
	case 0:
		prog_message(PROG_WARNING,
		    "there is nothing to unlock about that customer or number");
		return STATUS_NO;
	default:
		return -1;
	}
}

int
tend_purge(struct tend *t, struct fault *f)
{
	int64_t gone;

	if (ledger_purge(t->ledger, t->keep_s, clock_now_s, &gone, f) == -1)
		return -1;
	prog_message(PROG_INFO, "%lld row%s gone", (long long)gone,
	    number_plural((uint64_t)gone));
	return STATUS_OK;
}

int
tend_clock(struct tend *t, struct fault *f)
{
	char was[CLOCK_TEXT_SIZE], is[CLOCK_TEXT_SIZE];
	int64_t was_s;

	if (ledger_reset_clock(t->ledger, t->now_s, &was_s, f) == -1)
		return -1;
	clock_rfc3339(was, was_s);
	clock_rfc3339(is, t->now_s);
	prog_message(PROG_INFO, "the ledger's time was %s and is %s", was, is);
	return STATUS_OK;
}

/* May that key be taken out of the key file? */
static int
put_key(struct tend *t, const struct key *key, struct fault *f)
{
	struct buf *out = &t->out.buf;
	struct ledger_key_use use;

	if (ledger_key_use(t->ledger, key->id, t->now_s, &use, f) == -1 ||
	    buf_printf(out, f, "key %s: ", key->id) == -1)
		return -1;
	if (use.pins > 0)
		return buf_printf(out, f, "needed by %lld PIN%s until ",
			   (long long)use.pins,
			   number_plural((uint64_t)use.pins)) == -1 ||
			tend_put_time(out, use.until_s, f) == -1
		    ? -1
		    : buf_append_char(out, '\n', f);
	return buf_append_text(out,
	    use.seals_ledger ? "needed by the ledger until twofa-sendpin or "
			       "twofa-verify is run\n"
			     : "no longer needed\n",
	    f);
}

/* All but the first, which seals. */
static int
put_old_keys(struct tend *t, struct fault *f)
{
	size_t i;

	for (i = 1; i < t->keys->count; i++)
		if (put_key(t, &t->keys->keys[i], f) == -1)
			return -1;
	return 0;
}

int
tend_check(struct tend *t, struct fault *f)
{
	char problem[FAULT_SIZE];
	struct ledger_counts c;
	int good = ledger_check(t->ledger, &c, problem, f);

	if (good == -1)
		return -1;
	if (good == 0) {
		prog_message(PROG_ERROR, "the ledger is damaged: %s", problem);
		return STATUS_NO;
	}
	return buf_printf(&t->out.buf, f,
		   "whole: %lld PIN%s, %lld send%s of unknown outcome, %lld "
		   "event%s\n",
		   (long long)c.pins, number_plural((uint64_t)c.pins),
		   (long long)c.unresolved,
		   number_plural((uint64_t)c.unresolved), (long long)c.events,
		   number_plural((uint64_t)c.events)) == -1 ||
		put_old_keys(t, f) == -1
	    ? -1
	    : STATUS_OK;
}
