#include "cmd/sms-acs/acs_answer.h"

#include "common/text/json.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	DIGITS_SHOWN = 3, /* in a row; the shortest PIN has four */
};

/*
 * Copy what is fit to be shown: printable ASCII, and a '*' in place of more
 * than that many digits in a row.
 */
static void
copy_text(char *out, size_t size, const char *text, size_t digits)
{
	size_t n = 0, run;

	while (*text != '\0' && n + 1 < size) {
		run = strspn(text, "0123456789");
		if (run > digits) {
			out[n++] = '*';
			text += run;
			continue;
		}
		do {
			out[n] = '?';
			if (*text >= ' ' && *text <= '~')
				out[n] = *text;
			n++;
			text++;
		} while (run-- > 1 && n + 1 < size);
	}
	out[n] = '\0';
}

static void
set_detail(struct acs_verdict *v, const char *text)
{
	copy_text(v->detail, sizeof v->detail, text, DIGITS_SHOWN);
}

static void
set_code(struct acs_verdict *v, int code)
{
	(void)snprintf(v->code, sizeof v->code, "%d", code);
}

static enum acs_outcome
outcome_of_status(int status)
{
	if (status == 429 || (status >= 500 && status <= 599))
		return ACS_RETRY;
	if (status == 408 || status == 409 || status == 412)
		return ACS_UNKNOWN;
	if (status >= 300 && status <= 499)
		return ACS_REJECTED;
	return ACS_UNKNOWN;
}

/* A status as a JSON number, or 0. */
static int
member_status(const json_t *object, const char *name)
{
	double n = json_number_value(json_object_get(object, name));

	return n >= 100 && n <= 999 && n == (int)n ? (int)n : 0;
}

/* The only item of value[] for this recipient, or NULL. */
static const json_t *
find_item(const json_t *root, const char *to)
{
	const json_t *list = json_object_get(root, "value");
	const json_t *found = NULL, *item;
	const char *its;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		item = json_array_get(list, i);
		its = json_member_text(item, "to");
		if (its == NULL || strcmp(its, to) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = item;
	}
	return found;
}

static void
judge_success(struct acs_verdict *v, const json_t *item, int status)
{
	const char *id = json_member_text(item, "messageId");
	size_t i;

	/* Its own status, where it gives one, must agree. */
	if (json_object_get(item, "httpStatusCode") != NULL &&
	    (status < 200 || status > 299)) {
		set_detail(v, "the answer says both successful and failed");
		return;
	}
	v->outcome = ACS_ACCEPTED;
	for (i = 0; id != NULL && i + 1 < sizeof v->message_id; i++) {
		if (id[i] <= ' ' || id[i] > '~')
			break;
		v->message_id[i] = id[i];
	}
}

static void
judge_item(struct acs_verdict *v, const json_t *item)
{
	const json_t *successful = json_object_get(item, "successful");
	const char *repeat = json_member_text(item, "repeatabilityResult");
	const char *message = json_member_text(item, "errorMessage");
	int status = member_status(item, "httpStatusCode");

	v->outcome = ACS_UNKNOWN;
	if (status != 0)
		set_code(v, status);
	if (message != NULL)
		set_detail(v, message);
	if (repeat != NULL && strcasecmp(repeat, "rejected") == 0)
		return;
	if (json_is_true(successful)) {
		judge_success(v, item, status);
		return;
	}
	if (!json_is_false(successful) || status < 400)
		return;
	v->outcome = outcome_of_status(status);
	v->scope = v->outcome == ACS_REJECTED ? ACS_SCOPE_RECIPIENT
					      : ACS_SCOPE_SERVICE;
}

/* "SmsRecipients", "SmsRecipients[0].To", "smsRecipients.to" */
static bool
names_recipient(const char *member)
{
	static const char name[] = "SmsRecipients";
	size_t len = sizeof name - 1;

	return strncasecmp(member, name, len) == 0 &&
	    (member[len] == '\0' || member[len] == '[' || member[len] == '.');
}

/* The problem shape: {"title":…,"errors":{MEMBER:[TEXT…],…}} */
static bool
judge_problem(struct acs_verdict *v, json_t *root)
{
	json_t *errors = json_object_get(root, "errors");
	const char *text = json_member_text(root, "title"), *first;
	const char *member;
	json_t *list;
	bool only_recipient = json_object_size(errors) > 0;

	json_object_foreach(errors, member, list)
	{
		first = json_string_value(json_array_get(list, 0));
		if (first != NULL)
			text = first;
		if (!names_recipient(member))
			only_recipient = false;
	}
	if (text != NULL)
		set_detail(v, text);
	return only_recipient;
}

/* The standard shape: {"error":{"code":…,"message":…}} */
static bool
take_error(struct acs_verdict *v, const json_t *root)
{
	const json_t *error = json_object_get(root, "error");
	const char *code = json_member_text(error, "code");
	const char *message = json_member_text(error, "message");

	if (code != NULL)
		copy_text(v->code, sizeof v->code, code, DIGITS_SHOWN);
	if (message != NULL)
		set_detail(v, message);
	return json_is_object(error);
}

static void
judge_error(struct acs_verdict *v, int status, json_t *root)
{
	v->outcome = outcome_of_status(status);
	/* A gateway or a crash may say so behind a request that was taken. */
	if (status >= 500 && status <= 599 && status != 503)
		v->outcome = ACS_UNKNOWN;
	if (take_error(v, root))
		return;
	if (judge_problem(v, root) && status == 400)
		v->scope = ACS_SCOPE_RECIPIENT;
}

static void
judge_accepted(struct acs_verdict *v, const json_t *root, const char *to)
{
	const json_t *item = find_item(root, to);

	v->outcome = ACS_UNKNOWN;
	if (root == NULL)
		set_detail(v, "the answer cannot be read as JSON");
	else if (item == NULL)
		set_detail(v, "the answer is not about this recipient");
	else
		judge_item(v, item);
}

void
acs_judge(struct acs_verdict *out, int status, const char *body, size_t len,
    const char *to)
{
	struct fault f = FAULT_INIT;
	struct acs_verdict v;
	json_t *root = NULL;
	char start[ACS_DETAIL_SIZE];

	memset(&v, 0, sizeof v);
	set_code(&v, status);
	if (json_parse(&root, body, len, &f) == -1)
		root = NULL;
	if (status == 202) {
		judge_accepted(&v, root, to);
	} else {
		judge_error(&v, status, root);
		if (root == NULL && len > 0) {
			/* What a proxy or a gateway says, often HTML. */
			(void)snprintf(start, sizeof start, "%.*s",
			    (int)(len < sizeof start ? len : sizeof start - 1),
			    body);
			set_detail(&v, start);
		}
	}
	json_decref(root);
	*out = v;
}

void
acs_judge_unanswered(struct acs_verdict *out, enum acs_outcome outcome,
    const char *code, const char *detail)
{
	memset(out, 0, sizeof *out);
	out->outcome = outcome;
	/* Our own words and libcurl's: addresses and times, no number. */
	copy_text(out->code, sizeof out->code, code, SIZE_MAX);
	copy_text(out->detail, sizeof out->detail, detail, SIZE_MAX);
}

bool
acs_is_final(const struct acs_verdict *v)
{
	return v->outcome == ACS_ACCEPTED || v->outcome == ACS_REJECTED;
}

void
acs_settle(struct acs_verdict *v, bool maybe_taken)
{
	if (!maybe_taken || v->outcome == ACS_ACCEPTED)
		return;
	if (v->outcome == ACS_REJECTED && v->scope == ACS_SCOPE_RECIPIENT)
		return;
	v->outcome = ACS_UNKNOWN;
}
