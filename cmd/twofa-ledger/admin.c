/*
 * twofa-ledger resolve, revoke, unlock, purge, clock and check.
 */
#include "cmd/twofa-ledger/commands.h"
#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/base/prog.h"

#include <string.h>

static bool
is_id(const char *text)
{
	size_t len = strlen(text);

	return len >= SHORT_ID_LEN && len < UUID_SIZE &&
	    strspn(text, "0123456789abcdef-") == len;
}

int
admin_resolve(void *self, struct fault *f)
{
	struct admin *a = self;
	const char *id = a->operands[0];
	bool sent = strcmp(a->operands[1], "sent") == 0;
	int r;

	if (!sent && strcmp(a->operands[1], "failed") != 0)
		return fault_set(f, STATUS_USAGE,
		    "say sent or failed, not '%s'", a->operands[1]);
	if (!is_id(id))
		return fault_set(f, STATUS_USAGE,
		    "give an id, or its first %d characters or more, as show "
		    "and list print it",
		    SHORT_ID_LEN);
	r = ledger_resolve(a->ledger, id, sent, clock_now_s, f);
	if (r == -1 || r == 1)
		return r == -1 ? -1 : STATUS_OK;
	prog_message(PROG_WARNING, "%s; see twofa-ledger list",
	    r == LEDGER_SEVERAL
		? "several sends begin with that id: give more of it"
		: "no send of unknown outcome has that id");
	return STATUS_NO;
}

int
admin_revoke(void *self, struct fault *f)
{
	struct admin *a = self;

	return ledger_revoke(
	    a->ledger, a->subject, a->settings->admin.reason, clock_now_s, f);
}

int
admin_unlock(void *self, struct fault *f)
{
	struct admin *a = self;
	int r = ledger_unlock(
	    a->ledger, a->subject, a->settings->admin.reason, clock_now_s, f);

	if (r == -1 || r == 1)
		return r == -1 ? -1 : STATUS_OK;
	prog_message(PROG_WARNING,
	    "there is nothing to unlock about that customer or number");
	return STATUS_NO;
}

int
admin_purge(void *self, struct fault *f)
{
	struct admin *a = self;
	int64_t gone;

	if (ledger_purge(a->ledger, (int64_t)a->settings->admin.keep_s,
		clock_now_s, &gone, f) == -1)
		return -1;
	prog_message(PROG_INFO, "%lld row%s gone", (long long)gone,
	    number_plural((uint64_t)gone));
	return STATUS_OK;
}

int
admin_clock(void *self, struct fault *f)
{
	struct admin *a = self;
	char was[CLOCK_TEXT_SIZE], is[CLOCK_TEXT_SIZE];
	int64_t was_s;

	if (ledger_reset_clock(a->ledger, a->now_s, &was_s, f) == -1)
		return -1;
	clock_rfc3339(was, was_s);
	clock_rfc3339(is, a->now_s);
	prog_message(PROG_INFO, "the ledger's time was %s and is %s", was, is);
	return STATUS_OK;
}

/* May that key be removed from the key file? */
static int
put_key(struct admin *a, const struct key *key, struct fault *f)
{
	struct ledger_key_use use;
	char until[CLOCK_TEXT_SIZE];

	if (ledger_key_use(a->ledger, key->id, a->now_s, &use, f) == -1)
		return -1;
	clock_rfc3339(until, use.until_s);
	if (use.pins > 0)
		return buf_printf(&a->out.buf, f,
		    "key %s: needed by %lld PIN%s until %s\n", key->id,
		    (long long)use.pins, number_plural((uint64_t)use.pins),
		    until);
	return buf_printf(&a->out.buf, f, "key %s: %s\n", key->id,
	    use.seals_ledger ? "needed by the ledger until twofa-sendpin or "
			       "twofa-verify is run"
			     : "no longer needed");
}

int
admin_check(void *self, struct fault *f)
{
	struct admin *a = self;
	char problem[FAULT_SIZE];
	struct ledger_counts c;
	int good = ledger_check(a->ledger, &c, problem, f);
	size_t i;

	if (good == -1)
		return -1;
	if (good == 0) {
		prog_message(PROG_ERROR, "the ledger is damaged: %s", problem);
		return STATUS_NO;
	}
	if (buf_printf(&a->out.buf, f,
		"whole: %lld PIN%s, %lld send%s of unknown outcome, %lld "
		"event%s\n",
		(long long)c.pins, number_plural((uint64_t)c.pins),
		(long long)c.unresolved, number_plural((uint64_t)c.unresolved),
		(long long)c.events, number_plural((uint64_t)c.events)) == -1)
		return -1;
	/* The first key is the one that seals. */
	for (i = 1; i < a->keys->count; i++)
		if (put_key(a, &a->keys->keys[i], f) == -1)
			return -1;
	return STATUS_OK;
}
