#include "cmd/twofa-sendpin/plan.h"

#include "cmd/twofa-sendpin/template.h"
#include "common/task/names.h"

#include <string.h>

/* --- without a ledger: the task remembers a request of open outcome ------- */

static bool
is_repeatable(const struct order *o)
{
	return strcmp(o->seal.sender, o->terms->sender) == 0 &&
	    order_is_repeatable(o, o->seal.sent_s, o->seal.expires_s);
}

static int
plan_by_task(struct order *o, struct fault *f)
{
	const char *reason =
	    policy_forbids(o->binding.number, o->terms->send->allow_country);
	enum seal_result r;

	if (o->asks) {
		order_fail(o, STATUS_CONFIG, REASON_CONFIGURATION,
		    "only a ledger remembers a PIN that can be sent again: "
		    "-l FILE");
		return 0;
	}
	if (reason != NULL) {
		order_refuse(o, reason);
		return 0;
	}
	r = order_open_task(o);
	if (r == SEAL_OPENED && is_repeatable(o)) {
		o->sms.repeated = true;
		o->maybe_taken = !o->seal.not_taken;
		o->seal.not_taken = false;
		return 0;
	}
	if (r == SEAL_FORGED || o->seal.not_taken)
		return order_draw(o, f);
	if (r == SEAL_OPENED)
		order_fail(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME,
		    "an earlier message may have been sent and cannot be "
		    "repeated safely: ask the customer, or set StartValidation "
		    "anew to send another");
	return 0;
}

/* --- the message -----------------------------------------------------------
 */

/* For the same request the same, byte for byte. */
static int
write_sms(struct order *o, struct fault *f)
{
	const struct order_terms *terms = o->terms;
	bool recorded = terms->ledger != NULL;
	int64_t requested_s = recorded ? o->pin.requested_s : o->seal.sent_s;
	const char *template = recorded ? o->pin.message : terms->send->message;
	const char *from = recorded ? o->pin.from : terms->send->from;

	o->message.max = TEMPLATE_MAX_BYTES;
	buf_clear(&o->message);
	if (template_fill(&o->message, template, o->seal.pin,
		(unsigned long)(o->seal.expires_s - requested_s), f) == -1)
		return -1;
	clock_rfc1123(o->first_sent, requested_s);
	o->sms.id = recorded ? o->pin.request : o->seal.id;
	o->sms.to = o->binding.number;
	o->sms.from = from == NULL || from[0] == '\0' ? NULL : from;
	o->sms.message = o->message.data;
	o->sms.first_sent = o->first_sent;
	o->sms.requested_s = requested_s;
	return 0;
}

int
plan_order(struct order *o, struct fault *f)
{
	int r = o->terms->ledger == NULL ? plan_by_task(o, f)
					 : plan_by_ledger(o, f);

	return r == -1 || o->plan != ORDER_SEND ? r : write_sms(o, f);
}
