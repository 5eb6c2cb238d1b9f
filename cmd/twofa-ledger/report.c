/*
 * twofa-ledger show and list, for people, and export, for programs.
 */
#include "cmd/twofa-ledger/commands.h"
#include "common/base/clock.h"
#include "common/base/plain.h"
#include "common/base/prog.h"
#include "common/task/names.h"
#include "common/text/json.h"

#include <stdio.h>
#include <string.h>

static int
end_line(struct admin *a, struct fault *f)
{
	return buf_append_char(&a->out.buf, '\n', f) == -1
	    ? -1
	    : out_written(&a->out, f);
}

/* --- events -----------------------------------------------------------------
 */

static int
put_event(void *arg, const struct ledger_line *line, struct fault *f)
{
	struct admin *a = arg;
	struct buf *out = &a->out.buf;
	char at[CLOCK_TEXT_SIZE], left[40] = "", pin[SHORT_ID_LEN + 1];
	const char *const details[][2] = {{"", line->reason}, {"", left},
	    {"PIN ", pin}, {"to ", line->masked}, {"id ", line->provider},
	    {"by ", line->who}, {"ref ", line->ref}};
	size_t i;

	clock_rfc3339(at, line->at_s);
	if (line->tries_left >= 0)
		(void)snprintf(left, sizeof left, "%d attempt%s left",
		    line->tries_left,
		    number_plural((uint64_t)line->tries_left));
	(void)snprintf(pin, sizeof pin, "%s", line->pin_id);
	if (buf_printf(
		out, f, "%s  %-7s  %-8s", at, line->what, line->outcome) == -1)
		return -1;
	for (i = 0; i < ARRAY_LEN(details); i++)
		if (details[i][1][0] != '\0' &&
		    (buf_printf(out, f, "  %s", details[i][0]) == -1 ||
			buf_append_plain(out, details[i][1], f) == -1))
			return -1;
	return end_line(a, f);
}

/* NULL for an empty text, which is left out; bytes of a service's text that are
 * not plain text become '?'. */
static json_t *
plain_string(const char *text)
{
	struct buf plain = BUF_INIT(SIZE_MAX / 4);
	struct fault f = FAULT_INIT;
	json_t *string = NULL;

	if (text[0] != '\0' && buf_append_plain(&plain, text, &f) == 0)
		string = json_string(buf_text(&plain));
	buf_release(&plain);
	return string;
}

static int
put_object(void *arg, const struct ledger_line *line, struct fault *f)
{
	struct admin *a = arg;
	char at[CLOCK_TEXT_SIZE];
	json_t *o;
	int r;

	clock_rfc3339(at, line->at_s);
	o = json_pack("{s:s, s:s, s:s, s:o*, s:o*, s:o*, s:o*, s:o*, s:o*,"
		      " s:o*, s:o*, s:o*, s:o*}",
	    "time", at, "what", line->what, "outcome", line->outcome, "reason",
	    plain_string(line->reason), "pinId", plain_string(line->pin_id),
	    "messageId", plain_string(line->provider), "number",
	    plain_string(line->masked), "attemptsLeft",
	    line->tries_left < 0 ? NULL : json_integer(line->tries_left), "who",
	    plain_string(line->who), "ref", plain_string(line->ref), "taskHash",
	    plain_string(line->task), "customerHash",
	    plain_string(line->customer), "numberHash",
	    plain_string(line->number));
	r = json_write(o, &a->out.buf, f);
	json_decref(o);
	return r == -1 ? -1 : end_line(a, f);
}

int
admin_export(void *self, struct fault *f)
{
	struct admin *a = self;

	return ledger_history(a->ledger, NULL, put_object, a, f) == -1
	    ? -1
	    : STATUS_OK;
}

/* --- PINs -------------------------------------------------------------------
 */

enum standing {
	PIN_USED,
	PIN_BLOCKED,
	PIN_REJECTED,
	PIN_NOT_SENT,
	PIN_LOCKED,
	PIN_LIMITED,
	PIN_EXHAUSTED,
	PIN_EXPIRED,
	PIN_LIVE,
};

static const struct {
	const char *name;
	const char *next; /* what to do; NULL: put_live() */
} standings[] = {
    [PIN_USED] = {"used", "verified: nothing is left to do"},
    [PIN_BLOCKED] = {"blocked",
	"customer or number is revoked or disabled: twofa-ledger unlock, once "
	"that is right"},
    [PIN_REJECTED] = {"unsent",
	"the service does not take this number: correct it and begin a new "
	"task"},
    [PIN_NOT_SENT] = {"unsent", "not sent: run twofa-sendpin again"},
    [PIN_LOCKED] = {"locked",
	"the customer gave too many wrong PINs: wait, or twofa-ledger unlock"},
    [PIN_LIMITED] = {"limited",
	"all customers together gave too many wrong PINs, and this one gave "
	"some: wait, or twofa-ledger unlock"},
    [PIN_EXHAUSTED] = {"exhausted", "the PIN is exhausted: begin a new task"},
    [PIN_EXPIRED] = {"expired", "the PIN is expired: begin a new task"},
    [PIN_LIVE] = {"live", NULL},
};

/* What no attempt can change comes first. */
static enum standing
standing(const struct ledger_summary *p, int64_t now_s)
{
	if (p->used)
		return PIN_USED;
	if (p->is_blocked)
		return PIN_BLOCKED;
	if (p->state == LEDGER_REJECTED)
		return PIN_REJECTED;
	if (p->state == LEDGER_RETRY)
		return PIN_NOT_SENT;
	if (p->forbidden != NULL)
		return strcmp(p->forbidden, REASON_LOCKED) == 0 ? PIN_LOCKED
								: PIN_LIMITED;
	if (p->attempts >= p->max_attempts)
		return PIN_EXHAUSTED;
	return now_s >= p->expires_s ? PIN_EXPIRED : PIN_LIVE;
}

static int
put_live(struct admin *a, const struct ledger_summary *p, struct fault *f)
{
	const int64_t left_s = p->requested_s + LEDGER_REPEAT_S - a->now_s;
	char again[80] = "", until[CLOCK_TEXT_SIZE];

	if (p->state == LEDGER_SENT) {
		clock_rfc3339(until, p->expires_s);
		return buf_printf(&a->out.buf, f,
		    "ask the caller for the PIN: %u of %u attempts left, until "
		    "%s",
		    p->max_attempts - p->attempts, p->max_attempts, until);
	}
	if (p->repeats && left_s > 0)
		(void)snprintf(again, sizeof again,
		    "run twofa-sendpin again within %llds, or ",
		    (long long)left_s);
	return buf_printf(&a->out.buf, f,
	    "the message may have been sent: %sask the customer, then "
	    "twofa-ledger resolve %s sent or failed",
	    again, p->request);
}

static int
put_pin(void *arg, const struct ledger_summary *p, struct fault *f)
{
	struct admin *a = arg;
	const char *next = standings[standing(p, a->now_s)].next;

	if (buf_printf(&a->out.buf, f, "PIN %.*s: ", SHORT_ID_LEN, p->id) ==
		-1 ||
	    (next == NULL ? put_live(a, p, f)
			  : buf_append_text(&a->out.buf, next, f)) == -1)
		return -1;
	return end_line(a, f);
}

int
admin_show(void *self, struct fault *f)
{
	struct admin *a = self;
	int found = ledger_history(a->ledger, a->subject, put_event, a, f);

	if (found == -1)
		return -1;
	if (found == 0) {
		prog_message(PROG_WARNING,
		    "the ledger has nothing about that; give a taskId, a "
		    "customer's identifier or a +number");
		return STATUS_NO;
	}
	return ledger_pins(a->ledger, a->subject, &a->settings->limits.wrong,
		   put_pin, a, f) == -1
	    ? -1
	    : STATUS_OK;
}

/* One PIN a line, with tabs between; see twofa-ledger(1). */
static int
put_row(void *arg, const struct ledger_summary *p, struct fault *f)
{
	struct admin *a = arg;
	char sent[CLOCK_TEXT_SIZE];

	clock_rfc3339(sent, p->sent_s);
	return buf_printf(&a->out.buf, f, "%s\t%s\t%s\t%s\t%u/%u\t%s", sent,
		   p->request, ledger_state_name(p->state),
		   standings[standing(p, a->now_s)].name, p->attempts,
		   p->max_attempts, p->masked) == -1
	    ? -1
	    : end_line(a, f);
}

int
admin_list(void *self, struct fault *f)
{
	struct admin *a = self;

	return ledger_pins(a->ledger, NULL, &a->settings->limits.wrong, put_row,
		   a, f) == -1
	    ? -1
	    : STATUS_OK;
}
