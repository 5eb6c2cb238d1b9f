/*
 * How often and where messages may go. No I/O; the time is the caller's.
 */
#ifndef COMMON_LEDGER_POLICY_H
#define COMMON_LEDGER_POLICY_H

#include "common/base/fault.h"
#include "common/base/number.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	POLICY_RATES_MAX = 4,	 /* in one limit */
	POLICY_COUNTRY_SIZE = 4, /* a calling code with its NUL */
};

/* "5/10m,10/1d": all of them hold. count 0: no limit. */
struct policy_limit {
	struct rate rates[POLICY_RATES_MAX];
	size_t count;
};

/* For sends. */
struct policy_limits {
	struct policy_limit number, customer, country, all;
};

/*
 * Read "none", or rates (rate_parse()) with commas between. name is that of
 * the setting. Fails with STATUS_CONFIG.
 */
MUST_USE int policy_limit_parse(struct policy_limit *out, const char *name,
    const char *text, struct fault *f);

/*
 * The calling code of a valid E.164 number: "44", "1", "882"; "" when it begins
 * with no code that is assigned.
 * Source: ITU-T E.164, list of assigned country codes.
 */
void policy_country(char out[POLICY_COUNTRY_SIZE], const char *number);

/*
 * Check the setting allow_country: prefixes of numbers, digits without '+',
 * with blanks or commas between. Fails with STATUS_CONFIG.
 */
MUST_USE int policy_countries_check(const char *text, struct fault *f);

/*
 * May a message go to that number? allowed is the setting, NULL for none.
 *
 * A number of a code that is no country's (satellites, toll-free, premium) or
 * of a range known to cost a premium is refused, unless a prefix in allowed
 * that is longer than a country's code, or is the code that is no country's,
 * names it. Any other is refused when allowed is given and no prefix in it
 * fits. A code that is not assigned is refused always.
 */
bool policy_allows(const char *number, const char *allowed);

#endif
