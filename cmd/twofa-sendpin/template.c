#include "cmd/twofa-sendpin/template.h"

#include "common/base/plain.h"
#include "common/task/pin.h"

#include <stdio.h>
#include <string.h>

#define PIN_PLACE "{pin}"
#define MINUTES_PLACE "{minutes}"

static bool
begins_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

int
template_fill(struct buf *out, const char *text, const char *pin,
    unsigned long ttl_s, struct fault *f)
{
	char minutes[24];

	(void)snprintf(
	    minutes, sizeof minutes, "%lu", ttl_s < 60 ? 1 : ttl_s / 60);
	while (*text != '\0') {
		if (begins_with(text, PIN_PLACE)) {
			buf_add_text(out, pin);
			text += strlen(PIN_PLACE);
		} else if (begins_with(text, MINUTES_PLACE)) {
			buf_add_text(out, minutes);
			text += strlen(MINUTES_PLACE);
		} else {
			buf_add(out, text++, 1);
		}
	}
	return buf_check(out, f);
}

bool
template_has_minutes(const char *text)
{
	return strstr(text, MINUTES_PLACE) != NULL;
}

static int
check_braces(const char *text, struct fault *f)
{
	int pins = 0;

	for (text = strpbrk(text, "{}"); text != NULL;
	     text = strpbrk(text + 1, "{}")) {
		if (begins_with(text, PIN_PLACE)) {
			pins++;
			text += strlen(PIN_PLACE) - 1;
		} else if (begins_with(text, MINUTES_PLACE)) {
			text += strlen(MINUTES_PLACE) - 1;
		} else {
			return fault_set(f, STATUS_CONFIG,
			    "message: only {pin} and {minutes} are allowed "
			    "in braces");
		}
	}
	if (pins != 1)
		return fault_set(f, STATUS_CONFIG,
		    "message: {pin} must occur once, not %d times", pins);
	return 0;
}

/* Characters of UTF-8: bytes that do not continue one. */
static size_t
count_chars(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

int
template_check(
    const char *text, unsigned digits, unsigned long ttl_s, struct fault *f)
{
	struct buf sample = BUF_INIT(TEMPLATE_MAX_BYTES);
	struct fault too_long = FAULT_INIT;
	char pin[PIN_SIZE] = {0};
	int r = 0;

	if (!plain_is_utf8(text))
		return fault_set(f, STATUS_CONFIG, "message: not valid UTF-8");
	if (check_braces(text, f) == -1)
		return -1;
	if (ttl_s < 60 && template_has_minutes(text))
		return fault_set(f, STATUS_CONFIG,
		    "message: {minutes}: pin_ttl is %lu seconds, less than a "
		    "minute: write seconds",
		    ttl_s);
	memset(pin, '0', digits);
	if (template_fill(&sample, text, pin, 600, &too_long) == -1 ||
	    count_chars(sample.data) > TEMPLATE_MAX_CHARS)
		r = fault_set(f, STATUS_CONFIG,
		    "message: longer than %d characters", TEMPLATE_MAX_CHARS);
	buf_release(&sample);
	return r;
}
