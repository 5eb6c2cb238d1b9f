/*
 * The small parsers: what they take has the form that they promise.
 */
#include "common/base/number.h"
#include "common/text/address.h"
#include "common/process/child.h"
#include "common/text/json.h"
#include "cmd/twofa-sendpin/template.h"
#include "common/task/e164.h"
#include "common/task/pin.h"
#include "tests/fuzz/fuzz.h"

static const char *const known[] = {
    "table", "identifier", "number", "ca", NULL};

static void
check_address(const char *text)
{
	struct address a;
	struct fault f = FAULT_INIT;
	int i;

	if (address_parse(&a, text, &f) == -1) {
		MUST(f.status == STATUS_CONFIG);
		return;
	}
	MUST(a.scheme[0] >= 'a' && a.scheme[0] <= 'z');
	if (address_parse_parameters(&a, known, &f) == -1) {
		MUST(f.status == STATUS_CONFIG);
		return;
	}
	for (i = 0; i < a.parameter_count; i++)
		MUST(address_get(&a, a.parameter[i].key, NULL) ==
		    a.parameter[i].value);
	MUST(a.parameter_count <= 4);
}

static void
check_pin(const char *text)
{
	char pin[PIN_SIZE], again[PIN_SIZE];
	size_t i;

	if (!pin_parse(pin, text))
		return;
	MUST(strlen(pin) >= PIN_MIN_DIGITS && strlen(pin) <= PIN_MAX_DIGITS);
	for (i = 0; i < PIN_SIZE; i++)
		MUST((pin[i] >= '0' && pin[i] <= '9') || i >= strlen(pin));
	MUST(pin_parse(again, pin) && pin_matches(pin, again));
	MUST(strlen(text) >= strlen(pin));
}

static void
check_number(const char *text)
{
	char masked[E164_SIZE];
	unsigned long n;
	struct rate r;

	if (number_parse(&n, text, 10, 1000))
		MUST(n >= 10 && n <= 1000 && is_digits(text));
	if (duration_parse(&n, text, 10, 1000))
		MUST(n >= 10 && n <= 1000);
	if (rate_parse(&r, text))
		MUST(r.count > 0 && r.period_s > 0);
	e164_mask(masked, text);
	MUST(e164_is_valid(text) == (masked[0] == '+'));
	if (e164_is_valid(text))
		MUST(is_digits(text + 1) && strlen(masked) == strlen(text));
}

static void
check_template(const char *text)
{
	struct buf out = BUF_INIT(TEMPLATE_MAX_BYTES);
	struct fault f = FAULT_INIT;

	if (template_check(text, 10, 600, &f) == 0) {
		MUST(template_fill(&out, text, "1234567890", 600, &f) == 0);
		MUST(strstr(out.data, "1234567890") != NULL);
		MUST(strchr(out.data, '{') == NULL);
	}
	buf_release(&out);
}

static void
check_string(const char *text)
{
	struct buf out = BUF_INIT(1 << 20);
	struct fault f = FAULT_INIT;
	json_t *value = NULL;

	json_add_string(text, &out);
	if (buf_check(&out, &f) == 0) {
		MUST(json_parse(&value, out.data, out.len, &f) == 0);
		MUST(strcmp(json_string_value(value), text) == 0);
		json_decref(value);
	} else {
		MUST(out.len == 0);
	}
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size > 20000 ? 20000 : size);
	struct fault f = FAULT_INIT;
	char *words[8];

	check_address(text);
	check_pin(text);
	check_number(text);
	check_template(text);
	check_string(text);
	MUST(child_split(text, words, 8, &f) < 8);
	free(text);
	return 0;
}
