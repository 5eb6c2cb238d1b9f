/*
 * Which activities there are and what may be said of them.
 */
#include "cmd/twofa-flow/workflow/workflow_inside.h"

#include <string.h>

enum {
	ACCEPT = 1 << ACTIVITY_ACCEPT,
	INPUT = 1 << ACTIVITY_INPUT_CUSTOMER,
	COLLECT = 1 << ACTIVITY_COLLECT_INFORMATION,
	SAVE = 1 << ACTIVITY_SAVE_PARAMETER,
	WAIT = 1 << ACTIVITY_WAIT_FOR_PARAMETER,
	CHECK = 1 << ACTIVITY_CHECK_PARAMETER,
	SAY = 1 << ACTIVITY_ANNOUNCEMENT,
	TRANSFER = 1 << ACTIVITY_TRANSFER,
	QUEUE = 1 << ACTIVITY_QUEUE,
	DISCONNECT = 1 << ACTIVITY_DISCONNECT,

	ASKING = INPUT | COLLECT,
	ENDING = TRANSFER | QUEUE | DISCONNECT,
	STRAIGHT = ACCEPT | COLLECT | SAVE | WAIT | SAY,
	ANY = ASKING | ENDING | STRAIGHT | CHECK,
	GOING_ON = ANY & ~ENDING,
};

#define AT(member) offsetof(struct activity, member)

/* Exits and time-outs that are missing are found when calls are looked at. */
const struct member_row member_rows[] = {
    {"parameter", FORM_NAME, 0, AT(parameter), COLLECT | SAVE | WAIT | CHECK,
	COLLECT | SAVE | WAIT | CHECK},
    {"value", FORM_VALUE, 0, AT(value), SAVE, SAVE},
    {"to", FORM_PLAIN, 0, AT(to), TRANSFER | QUEUE, 0},
    {"text", FORM_TEXT, 0, AT(text), ASKING | SAY, ASKING | SAY},
    {"audio", FORM_AUDIO, 0, AT(audio), ASKING | SAY, 0},
    {"digits", FORM_DIGITS, 0, AT(digits), COLLECT, COLLECT},
    {"seconds", FORM_SECONDS, 0, AT(seconds), ASKING | WAIT, 0},
    {"digitSeconds", FORM_SECONDS, 0, AT(digit_seconds), COLLECT, 0},
    {"retries", FORM_COUNT, 0, AT(retries), ASKING, 0},
    {"max", FORM_COUNT, 0, AT(max), GOING_ON, 0},
    {"next", FORM_EXIT, EXIT_NEXT, 0, STRAIGHT, 0},
    {"noResponse", FORM_EXIT, EXIT_NO_RESPONSE, 0, INPUT, 0},
    {"noInput", FORM_EXIT, EXIT_NO_INPUT, 0, COLLECT, 0},
    {"timeout", FORM_EXIT, EXIT_TIMEOUT, 0, WAIT, 0},
    {"failure", FORM_EXIT, EXIT_FAILED, 0, WAIT, 0},
    {"otherwise", FORM_EXIT, EXIT_OTHERWISE, 0, CHECK, 0},
    {"exceeded", FORM_EXIT, EXIT_EXCEEDED, 0, GOING_ON, 0},
    {"choices", FORM_CHOICES, EXIT_CHOICE, 0, ASKING, INPUT},
    {"cases", FORM_CASES, EXIT_CASE, 0, CHECK, CHECK},
};

const size_t member_row_count = ARRAY_LEN(member_rows);

static const struct {
	const char *name;
	unsigned exits;
} types[ACTIVITY_TYPES] = {
    [ACTIVITY_ACCEPT] = {"accept", 1 << EXIT_NEXT},
    [ACTIVITY_INPUT_CUSTOMER] = {"input-customer", 1 << EXIT_NO_RESPONSE},
    [ACTIVITY_COLLECT_INFORMATION] = {"collect-information",
	1 << EXIT_NEXT | 1 << EXIT_NO_INPUT},
    [ACTIVITY_SAVE_PARAMETER] = {"save-parameter", 1 << EXIT_NEXT},
    [ACTIVITY_WAIT_FOR_PARAMETER] = {"wait-for-parameter",
	1 << EXIT_NEXT | 1 << EXIT_TIMEOUT | 1 << EXIT_FAILED},
    [ACTIVITY_CHECK_PARAMETER] = {"check-parameter", 1 << EXIT_OTHERWISE},
    [ACTIVITY_ANNOUNCEMENT] = {"announcement", 1 << EXIT_NEXT},
    [ACTIVITY_TRANSFER] = {"transfer", 0},
    [ACTIVITY_QUEUE] = {"queue", 0},
    [ACTIVITY_DISCONNECT] = {"disconnect", 0},
};

enum activity_type
activity_type_find(const char *name)
{
	enum activity_type type;

	for (type = 0; type < ACTIVITY_TYPES; type++)
		if (strcmp(types[type].name, name) == 0)
			break;
	return type;
}

const char *
activity_type_name(enum activity_type type)
{
	return types[type].name;
}

unsigned
activity_type_exits(enum activity_type type)
{
	return types[type].exits;
}

const char *
exit_kind_name(enum exit_kind kind)
{
	size_t i;

	for (i = 0; i < member_row_count; i++)
		if ((member_rows[i].form == FORM_EXIT ||
			member_rows[i].form == FORM_CHOICES ||
			member_rows[i].form == FORM_CASES) &&
		    member_rows[i].exit == kind)
			return member_rows[i].name;
	return "";
}
