/*
 * The text of the message: a template with {pin} once and perhaps {minutes}.
 */
#ifndef CMD_TWOFA_SENDPIN_TEMPLATE_H
#define CMD_TWOFA_SENDPIN_TEMPLATE_H

#include "common/base/buf.h"

#include <stdbool.h>

enum {
	TEMPLATE_MAX_CHARS = 2048, /* of the whole text; ACS takes no more */
	TEMPLATE_MAX_BYTES = 4 * TEMPLATE_MAX_CHARS,
};

/*
 * Check a template before any task is read. Fails with STATUS_CONFIG: {pin}
 * is missing or there twice, anything else is in braces, {minutes} is there
 * but the PIN lives for less than one, it is too long with a PIN of that many
 * digits, it is not UTF-8.
 */
MUST_USE int template_check(
    const char *text, unsigned digits, unsigned long ttl_s, struct fault *f);

/* Does it have {minutes}, which needs one at least? */
bool template_has_minutes(const char *text);

/*
 * Append the text for a PIN that lives that long; minutes are rounded down,
 * but never to 0. text has passed template_check().
 */
MUST_USE int template_fill(struct buf *out, const char *text, const char *pin,
    unsigned long ttl_s, struct fault *f);

#endif
