#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/task/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

unsigned
missing_exits(const struct activity *a)
{
	unsigned missing = 0, needed = a->type->exits;
	enum member exit;

	if (a->max > 0)
		needed |= MEMBER_BIT(EXIT_EXCEEDED);
	for (exit = EXIT_NEXT; exit < MEMBERS; exit++)
		if ((needed & MEMBER_BIT(exit)) != 0 &&
		    activity_exit(a, exit, NULL) == NULL)
			missing |= MEMBER_BIT(exit);
	return missing;
}

unsigned
wanted_digits(
    const struct activity *a, const struct workflow *w, const char **setting)
{
	if (!activity_collects(a))
		return 0;
	if (strcmp(a->parameter, NAME_CUSTOMER_IDENTIFIER) == 0) {
		*setting = "identifier_digits";
		return w->settings.identifier_digits;
	}
	if (strcmp(a->parameter, NAME_PIN) == 0) {
		*setting = "pin_digits";
		return w->settings.pin_digits;
	}
	return 0;
}

static void PRINTF_LIKE(2, 3)
    add(struct finding *finding, const char *format, ...)
{
	size_t len = strlen(finding->message);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(
	    finding->message + len, sizeof finding->message - len, format, ap);
	va_end(ap);
}

static void
say_missing(struct finding *finding)
{
	unsigned missing = missing_exits(finding->at);
	const char *between = "no ";
	enum member exit;

	for (exit = EXIT_NEXT; exit < MEMBERS; exit++)
		if ((missing & MEMBER_BIT(exit)) != 0) {
			add(finding, "%s%s", between, member_name(exit));
			between = ", no ";
		}
	add(finding, ": an activity of type %s needs it",
	    finding->at->type->name);
}

static void
say_dangling(struct finding *finding)
{
	const struct workflow_exit *exit = finding->exit;

	add(finding, "%s%s leads to '%s', which does not exist",
	    exit->kind == EXIT_CHOICE	  ? "the key "
		: exit->kind == EXIT_CASE ? "the value "
					  : "",
	    exit->key != NULL ? exit->key : member_name(exit->kind),
	    exit->target);
}

static void
say_digits(struct finding *finding, const struct workflow *w)
{
	const char *setting = "";
	unsigned wanted = wanted_digits(finding->at, w, &setting);

	add(finding, "asks for %u digits, %s is %u", finding->at->digits,
	    setting, wanted);
}

void
finding_say(struct finding *finding, const struct workflow *w)
{
	finding->message[0] = '\0';
	if (finding->at == NULL) {
		add(finding, "start: there is no activity '%s'", w->start_name);
		return;
	}
	add(finding, "%s: ", finding->at->name);
	switch (finding->kind) {
	case FINDING_NO_ACTIVITY:
		say_dangling(finding);
		break;
	case FINDING_NO_EXIT:
		say_missing(finding);
		break;
	case FINDING_NO_TIMEOUT:
		add(finding, "%s without a time-out: seconds is missing",
		    finding->at->type->asks ? "asks" : "waits");
		break;
	case FINDING_DIGITS:
		say_digits(finding, w);
		break;
	case FINDING_NOT_VERIFIED:
		add(finding, "the queue is reached without a verified PIN");
		break;
	case FINDING_MESSAGES:
		add(finding, "sends more than %u message%s, which is maxSMS",
		    w->max_sms, w->max_sms == 1 ? "" : "s");
		break;
	case FINDING_LOOP:
		add(finding, "a call can come here for ever, without a max");
		break;
	case FINDING_NO_START:
	case FINDING_NOT_REACHED:
	default:
		add(finding, "no call comes here");
		break;
	}
}
