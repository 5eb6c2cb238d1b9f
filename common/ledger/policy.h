/*
 * How often and where messages may go. No I/O; the time is the caller's.
 */
#ifndef COMMON_LEDGER_POLICY_H
#define COMMON_LEDGER_POLICY_H

#include "common/base/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	POLICY_COUNTRY_SIZE = 4, /* a calling code with its NUL */
};

/*
 * The calling code of an E.164 number: "44", "1", "882"; "" when it begins with
 * no code that is assigned, or is no such number (e164_is_valid()).
 * Source: ITU-T E.164, list of assigned country codes; codes without
 * subscribers are left out.
 */
void policy_country(char out[POLICY_COUNTRY_SIZE], const char *number);

/*
 * Check the setting allow_country: one or more prefixes of numbers, with blanks
 * or commas between. A prefix is 1 to 15 digits, without '+', and begins with a
 * calling code. Fails with STATUS_CONFIG; the message shows no more than the
 * first digits of a prefix.
 */
MUST_USE int policy_countries_check(const char *text, struct fault *f);

/*
 * Why no message may go to that number: a REASON_ of names.h, NULL if one may.
 * allowed is the setting, checked; NULL for none. The longest prefix
 * in it that the number begins with decides:
 *
 *             none     the calling code  a longer one  allowed NULL
 * ordinary    country  yes               yes           yes
 * premium     country  premium           yes           premium
 * no country  country  yes               yes           premium
 *
 * premium: of a range of its country known to cost a premium. no country: of a
 * code that is no country's (satellites, toll-free, +979 premium). So whoever
 * allows "449" to have some numbers has its premium ones too.
 *
 * A number without an assigned code, or that is no E.164 number, is always of
 * the wrong country.
 */
const char *policy_forbids(const char *number, const char *allowed);

#endif
