/*
 * Without a ledger: the task itself remembers a send whose outcome is open.
 */
#include "cmd/twofa-sendpin/order_inside.h"

#include "common/task/names.h"

#include <string.h>

/* The earlier send may have reached the customer and cannot be repeated. */
static void
leave_unknown(struct order *o)
{
	order_fail(o, STATUS_SERVICE, REASON_UNKNOWN_OUTCOME,
	    "an earlier message may have been sent and cannot be repeated "
	    "safely: ask the customer, or set StartValidation anew to send "
	    "another");
}

static int
plan_after_seal(struct order *o, const struct order_terms *terms, bool repeats,
    struct fault *f)
{
	if (repeats && strcmp(o->seal.sender, terms->sender) == 0 &&
	    order_is_repeatable(
		o->seal.sent_s, o->seal.expires_s, terms->now_s)) {
		o->sms.repeated = true;
		o->maybe_taken = !o->seal.not_taken;
		o->seal.not_taken = false;
		return 0;
	}
	if (o->seal.not_taken)
		return order_draw(o, terms, f);
	leave_unknown(o);
	return 0;
}

static int
plan_after_memory(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	struct seal_binding binding = seal_binding_of(t);
	const char *memory = task_get(t, NAME_GENERATED_PIN);
	char key_id[KEY_ID_SIZE];

	if (terms->clear_pin) {
		/* It tells neither id nor time. */
		leave_unknown(o);
		return 0;
	}
	switch (seal_open(&o->seal, key_id, memory, &binding, terms->keys)) {
	case SEAL_OPENED:
		return plan_after_seal(o, terms, repeats, f);
	case SEAL_UNKNOWN_KEY:
		order_fail(o, STATUS_CONFIG, REASON_CONFIGURATION,
		    "an earlier PIN is sealed with key %s, which is not in the "
		    "key file",
		    key_id);
		return 0;
	case SEAL_FORGED:
	default:
		/* For another customer or number, or nothing of ours. */
		return order_draw(o, terms, f);
	}
}

int
order_plan_by_task(struct order *o, const struct task *t,
    const struct order_terms *terms, bool repeats, struct fault *f)
{
	const char *reason;

	if (o->resend) {
		order_fail(o, STATUS_CONFIG, REASON_CONFIGURATION,
		    "only a ledger remembers a PIN that can be sent again: "
		    "-l FILE");
		return 0;
	}
	if (policy_forbids(&reason, task_get(t, NAME_SMS_NUMBER),
		terms->allow_country, f) == -1)
		return -1;
	if (reason != NULL) {
		order_refuse(o, reason);
		return 0;
	}
	return task_get(t, NAME_GENERATED_PIN) == NULL
	    ? order_draw(o, terms, f)
	    : plan_after_memory(o, t, terms, repeats, f);
}
