/*
 * twofa-ledger show and list: for people.
 */
#include "cmd/twofa-ledger/commands_inside.h"

#include "common/base/clock.h"
#include "common/base/plain.h"
#include "common/base/prog.h"
#include "common/task/names.h"

#include <stdio.h>
#include <string.h>

int
tend_put_time(struct buf *out, int64_t at_s, struct fault *f)
{
	char text[CLOCK_TEXT_SIZE];

	clock_rfc3339(text, at_s);
	return buf_append_text(out, text, f);
}

/* "  label text", unless text is empty. */
static int
put_detail(
    struct buf *out, const char *label, const char *text, struct fault *f)
{
	if (text[0] == '\0')
		return 0;
	if (buf_append_text(out, "  ", f) == -1 ||
	    buf_append_text(out, label, f) == -1)
		return -1;
	return plain_append(out, text, f);
}

static int
put_line(void *arg, const struct ledger_line *line, struct fault *f)
{
	struct tend *t = arg;
	struct buf *out = &t->out.buf;

	if (tend_put_time(out, line->at_s, f) == -1 ||
	    buf_printf(out, f, "  %-7s  %-8s", line->what, line->outcome) ==
		-1 ||
	    put_detail(out, "", line->reason, f) == -1)
		return -1;
	if (line->tries_left >= 0 &&
	    buf_printf(out, f, "  %d attempt%s left", line->tries_left,
		line->tries_left == 1 ? "" : "s") == -1)
		return -1;
	if (line->pin_id[0] != '\0' &&
	    buf_printf(out, f, "  PIN %.*s", TEND_SHORT_ID, line->pin_id) == -1)
		return -1;
	if (put_detail(out, "to ", line->masked, f) == -1 ||
	    put_detail(out, "id ", line->provider, f) == -1 ||
	    put_detail(out, "by ", line->who, f) == -1 ||
	    put_detail(out, "ref ", line->ref, f) == -1 ||
	    buf_append_char(out, '\n', f) == -1)
		return -1;
	return out_written(&t->out, f);
}

/* Where a PIN stands: what no attempt can change comes first. */
static const char *
standing(const struct ledger_summary *p, int64_t now_s)
{
	if (p->used)
		return "used";
	if (p->is_blocked)
		return "blocked";
	if (p->state == LEDGER_REJECTED || p->state == LEDGER_RETRY)
		return "unsent";
	if (p->forbidden != NULL)
		return strcmp(p->forbidden, REASON_LOCKED) == 0 ? "locked"
								: "limited";
	if (p->attempts >= p->max_attempts)
		return "exhausted";
	return now_s >= p->expires_s ? "expired" : "live";
}

static int
put_unknown(const struct tend *t, struct buf *out,
    const struct ledger_summary *p, struct fault *f)
{
	int64_t left_s = p->requested_s + LEDGER_REPEAT_S - t->now_s;

	if (buf_append_text(out, "the message may have been sent: ", f) == -1)
		return -1;
	if (p->repeats && left_s > 0 &&
	    buf_printf(out, f, "run twofa-sendpin again within %llds, or ",
		(long long)left_s) == -1)
		return -1;
	return buf_printf(out, f,
	    "ask the customer, then twofa-ledger resolve %s sent or failed",
	    p->request);
}

/* What to do next. */
static int
put_next(const struct tend *t, struct buf *out, const struct ledger_summary *p,
    struct fault *f)
{
	const char *now = standing(p, t->now_s);

	if (strcmp(now, "used") == 0)
		return buf_append_text(
		    out, "verified: nothing is left to do", f);
	if (strcmp(now, "blocked") == 0)
		return buf_append_text(out,
		    "customer or number is revoked or disabled: twofa-ledger "
		    "unlock, once that is right",
		    f);
	if (strcmp(now, "locked") == 0)
		return buf_append_text(out,
		    "the customer gave too many wrong PINs: wait, or "
		    "twofa-ledger unlock",
		    f);
	if (strcmp(now, "limited") == 0)
		return buf_append_text(out,
		    "all customers together gave too many wrong PINs, and this "
		    "one gave some: wait, or twofa-ledger unlock",
		    f);
	if (p->state == LEDGER_REJECTED)
		return buf_append_text(out,
		    "the service does not take this number: correct it and "
		    "begin a new task",
		    f);
	if (p->state == LEDGER_RETRY)
		return buf_append_text(
		    out, "not sent: run twofa-sendpin again", f);
	if (strcmp(now, "live") != 0)
		return buf_printf(
		    out, f, "the PIN is %s: begin a new task", now);
	if (p->state != LEDGER_SENT)
		return put_unknown(t, out, p, f);
	if (buf_printf(out, f,
		"ask the caller for the PIN: %u of %u attempts left, until ",
		p->max_attempts - p->attempts, p->max_attempts) == -1)
		return -1;
	return tend_put_time(out, p->expires_s, f);
}

static int
put_pin(void *arg, const struct ledger_summary *p, struct fault *f)
{
	struct tend *t = arg;
	struct buf *out = &t->out.buf;

	if (buf_printf(out, f, "PIN %.*s: ", TEND_SHORT_ID, p->id) == -1 ||
	    put_next(t, out, p, f) == -1 || buf_append_char(out, '\n', f) == -1)
		return -1;
	return out_written(&t->out, f);
}

int
tend_show(struct tend *t, struct fault *f)
{
	int found = ledger_history(t->ledger, t->subject, put_line, t, f);

	if (found == -1)
		return -1;
	if (found == 0) {
		prog_message(PROG_WARNING,
		    "the ledger has nothing about that; give a taskId, a "
		    "customer's identifier or a +number");
		return STATUS_NO;
	}
	return ledger_pins(t->ledger, t->subject, &t->wrong, put_pin, t, f) ==
		-1
	    ? -1
	    : STATUS_OK;
}

/* One PIN a line, with tabs between; see twofa-ledger(1). */
static int
put_row(void *arg, const struct ledger_summary *p, struct fault *f)
{
	struct tend *t = arg;
	struct buf *out = &t->out.buf;

	if (tend_put_time(out, p->sent_s, f) == -1 ||
	    buf_printf(out, f, "\t%s\t%s\t%s\t%u/%u\t%s\n", p->request,
		ledger_state_name(p->state), standing(p, t->now_s), p->attempts,
		p->max_attempts, p->masked) == -1)
		return -1;
	return out_written(&t->out, f);
}

int
tend_list(struct tend *t, struct fault *f)
{
	return ledger_pins(t->ledger, NULL, &t->wrong, put_row, t, f) == -1
	    ? -1
	    : STATUS_OK;
}
