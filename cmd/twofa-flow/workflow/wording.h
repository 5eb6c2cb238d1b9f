/*
 * Texts for the caller, with parameters in them: "ending in {SMSNumber:last2}".
 *
 * {NAME} is the parameter's value, {NAME:lastN} its last N characters (1 to 9).
 * Values may come from anywhere: at most WORDING_VALUE_MAX bytes are shown, and
 * '?' in place of what is not plain_character().
 * A text MUST NOT show
 *  1. a PIN, sealed or not;
 *  2. a telephone number, but for at most four digits of it.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_WORDING_H
#define CMD_TWOFA_FLOW_WORKFLOW_WORDING_H

#include "common/base/buf.h"
#include "cmd/twofa-flow/workflow/workflow.h"

enum {
	WORDING_VALUE_MAX = 128,
	/* Bytes of a text with its values: "{x}" is the shortest place. */
	WORDING_MAX = WORKFLOW_TEXT_MAX / 3 * (WORDING_VALUE_MAX + 1),
};

/* The value of a parameter; NULL: it is not set. */
typedef const char *wording_get(void *self, const char *name);

/*
 * Fails with STATUS_CONFIG: a '{' without its '}', no name in them, or one of
 * the two things above.
 */
MUST_USE int wording_check(const char *text, struct fault *f);

/* Append the text with its values, "" for one that is not set. Fails as
 * buf_append(). */
MUST_USE int wording_fill(const char *text, wording_get *get, void *self,
    struct buf *out, struct fault *f);

/*
 * Append only those values of the text that are digits, at most
 * WORDING_VALUE_MAX of them, with blanks between: for a telephone system that
 * says digits. Fails as buf_append().
 */
MUST_USE int wording_digits(const char *text, wording_get *get, void *self,
    struct buf *out, struct fault *f);

#endif
