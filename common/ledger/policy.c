#include "common/ledger/policy.h"

#include "common/base/memory.h"
#include "common/task/e164.h"
#include "common/task/names.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- calling codes ---------------------------------------------------------
 */

/*
 * In the order of strcmp(). None begins with another, so a number has one at
 * most. Left out is what no subscriber has: 379, which is kept for the Vatican
 * (it uses 39), and what was given back or is on trial (388, 991).
 */
static const char codes[][POLICY_COUNTRY_SIZE] = {"1", "20", "211", "212",
    "213", "216", "218", "220", "221", "222", "223", "224", "225", "226", "227",
    "228", "229", "230", "231", "232", "233", "234", "235", "236", "237", "238",
    "239", "240", "241", "242", "243", "244", "245", "246", "247", "248", "249",
    "250", "251", "252", "253", "254", "255", "256", "257", "258", "260", "261",
    "262", "263", "264", "265", "266", "267", "268", "269", "27", "290", "291",
    "297", "298", "299", "30", "31", "32", "33", "34", "350", "351", "352",
    "353", "354", "355", "356", "357", "358", "359", "36", "370", "371", "372",
    "373", "374", "375", "376", "377", "378", "380", "381", "382", "383", "385",
    "386", "387", "389", "39", "40", "41", "420", "421", "423", "43", "44",
    "45", "46", "47", "48", "49", "500", "501", "502", "503", "504", "505",
    "506", "507", "508", "509", "51", "52", "53", "54", "55", "56", "57", "58",
    "590", "591", "592", "593", "594", "595", "596", "597", "598", "599", "60",
    "61", "62", "63", "64", "65", "66", "670", "672", "673", "674", "675",
    "676", "677", "678", "679", "680", "681", "682", "683", "685", "686", "687",
    "688", "689", "690", "691", "692", "7", "800", "808", "81", "82", "84",
    "850", "852", "853", "855", "856", "86", "870", "878", "880", "881", "882",
    "883", "886", "888", "90", "91", "92", "93", "94", "95", "960", "961",
    "962", "963", "964", "965", "966", "967", "968", "970", "971", "972", "973",
    "974", "975", "976", "977", "979", "98", "992", "993", "994", "995", "996",
    "998"};

/* Codes that do not belong to a country. */
static const char no_country[][POLICY_COUNTRY_SIZE] = {
    "800", /* toll-free */
    "808", /* shared cost */
    "870", /* ships and aircraft, by satellite */
    "878", /* personal numbers */
    "881", /* satellite telephones */
    "882", /* networks of no country */
    "883", /* the same */
    "888", /* disaster relief */
    "979", /* premium rate */
};

static int
compare_code(const void *digits, const void *code)
{
	return strncmp(digits, code, strlen(code));
}

/* The code that digits begin with; NULL: none. */
static const char *
code_find(const char *digits)
{
	return bsearch(
	    digits, codes, ARRAY_LEN(codes), sizeof codes[0], compare_code);
}

static bool
is_no_country(const char *code)
{
	return bsearch(code, no_country, ARRAY_LEN(no_country),
		   sizeof no_country[0], compare_code) != NULL;
}

void
policy_country(char out[POLICY_COUNTRY_SIZE], const char *number)
{
	const char *code = e164_is_valid(number) ? code_find(number + 1) : NULL;

	(void)snprintf(
	    out, POLICY_COUNTRY_SIZE, "%s", code == NULL ? "" : code);
}

/* --- premium rates ---------------------------------------------------------
 */

/*
 * What costs a premium inside a country, as POSIX extended regular expressions
 * over the number without its calling code. Countries with the same code share
 * a line; under 7 it is Russia's, which takes in Kazakhstan's.
 *
 * Source: libphonenumber, PhoneNumberMetadata.xml, premiumRate.
 */
#define WHOLE(pattern) "^(" pattern ")$"

static const struct {
	char code[POLICY_COUNTRY_SIZE];
	const char *pattern;
} premium[] = {
    {"1", WHOLE("900[2-9][0-9]{6}")},
    {"20", WHOLE("900[0-9]{7}")},
    {"27", WHOLE("(86[2-9]|9[0-2][0-9])[0-9]{6}")},
    {"30", WHOLE("90[19][0-9]{7}")},
    {"31", WHOLE("90[069][0-9]{4,7}")},
    {"32",
	WHOLE("(70(2[0-57]|3[04-7]|44|6[04-69]|7[0579])|90[0-9][0-9])"
	      "[0-9]{4}")},
    {"33",
	WHOLE("836(0[0-36-9]|[1-9][0-9])[0-9]{4}|"
	      "8(1[2-9]|2[2-47-9]|3[0-57-9]|[569][0-9]|8[0-35-9])[0-9]{6}")},
    {"34", WHOLE("80[367][0-9]{6}")},
    {"351",
	WHOLE("(6(0[178]|4[68])[0-9]|76(0[1-57]|1[2-47]|2[237]))"
	      "[0-9]{5}")},
    {"352", WHOLE("90[015][0-9]{5}")},
    {"353", WHOLE("15(1[2-8]|[2-8]0|9[089])[0-9]{6}")},
    {"358", WHOLE("[67]00[0-9]{5,6}")},
    {"359", WHOLE("90[0-9]{6}")},
    {"36", WHOLE("9[01][0-9]{6}")},
    {"370", WHOLE("9(0[0239]|10)[0-9]{5}")},
    {"371", WHOLE("90[0-9]{6}")},
    {"372", WHOLE("(40[0-9][0-9]|900)[0-9]{4}")},
    {"385", WHOLE("6[01459][0-9]{6}|6[01][0-9]{5}")},
    {"386", WHOLE("89[1-3][0-9]{2,5}|90[0-9]{4,6}")},
    {"39",
	WHOLE("(0878[0-9]{3}|"
	      "89(2[0-9]|3[04]|4([0-4]|[5-9][0-9][0-9])|5[0-4]))[0-9][0-9]|"
	      "(1(44|6[346])|89(38|5[5-9]|9))[0-9]{6}")},
    {"40", WHOLE("90[0136][0-9]{6}")},
    {"41", WHOLE("90[016][0-9]{6}")},
    {"420", WHOLE("9(0[05689]|76)[0-9]{6}")},
    {"421", WHOLE("9(00|[78][0-9])[0-9]{6}")},
    {"423", WHOLE("90(02[258]|1(23|3[14])|66[136])[0-9][0-9]")},
    {"43", WHOLE("(8[69][2-68]|9(0[01]|3[019]))[0-9]{6,10}")},
    {"44",
	WHOLE("(8(4[2-5]|7[0-3])|9([01][0-9]|8[2-49]))[0-9]{7}|"
	      "845464[0-9]")},
    {"45", WHOLE("90[0-9]{6}")},
    {"46",
	WHOLE("649[0-9]{6}|99[1-59][0-9]{4}([0-9]{3})?|"
	      "9(00|39|44)[1-8][0-9]{3,6}")},
    {"47", WHOLE("82[09][0-9]{5}")},
    {"48", WHOLE("70[01346-8][0-9]{6}")},
    {"49", WHOLE("(137[7-9]|900([135]|9[0-9]))[0-9]{6}")},
    {"61", WHOLE("190[0-26][0-9]{6}")},
    {"7", WHOLE("80[39][0-9]{7}")},
};

/*
 * Is it one: 1 or 0. The pattern is compiled for each number: few numbers ask
 * for one, and there is then nothing to keep.
 */
static bool
pattern_matches(const char *pattern, const char *national)
{
	regex_t re;
	int r = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB);

	if (r == 0) {
		r = regexec(&re, national, 0, NULL, 0);
		regfree(&re);
	}
	/* The patterns are valid, so that only memory can be missing. */
	if (r != 0 && r != REG_NOMATCH)
		memory_exhausted();
	return r == 0;
}

static bool
is_premium(const char *code, const char *national)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(premium); i++)
		if (strcmp(premium[i].code, code) == 0)
			return pattern_matches(premium[i].pattern, national);
	return false;
}

/* --- allow_country ----------------------------------------------------------
 */

/* The next prefix at or behind *text; false: none. */
static bool
next_prefix(const char **text, size_t *len)
{
	static const char between[] = " \t,";

	*text += strspn(*text, between);
	*len = strcspn(*text, between);
	return *len > 0;
}

/* What is wrong with a prefix; NULL: nothing. */
static const char *
prefix_fault(const char *text, size_t len)
{
	char prefix[E164_MAX_DIGITS + 1];

	if (text[0] == '+')
		return "leave out the '+'";
	if (strspn(text, "0123456789") < len)
		return "digits only, with blanks or commas between prefixes";
	if (len >= sizeof prefix)
		return "longer than any number";
	memcpy(prefix, text, len);
	prefix[len] = '\0';
	if (code_find(prefix) == NULL)
		return "begins with no calling code";
	return NULL;
}

int
policy_countries_check(const char *text, struct fault *f)
{
	/* A message must not contain a whole number. */
	enum {
		SHOWN = E164_MIN_DIGITS - 1
	};
	const char *next = text, *why;
	size_t len, count;

	for (count = 0; next_prefix(&next, &len); count++) {
		why = prefix_fault(next, len);
		if (why != NULL)
			return fault_set(f, STATUS_CONFIG,
			    "allow_country: '%.*s%s': %s",
			    (int)(len > SHOWN ? SHOWN : len), next,
			    len > SHOWN ? "..." : "", why);
		next += len;
	}
	if (count == 0)
		return fault_set(f, STATUS_CONFIG,
		    "allow_country: names no prefix; leave it out to allow "
		    "every country");
	return 0;
}

/* The number of digits of the longest prefix in allowed that the number has. */
static size_t
longest_prefix(const char *allowed, const char *digits)
{
	size_t len, longest = 0;

	while (next_prefix(&allowed, &len)) {
		if (len > longest && strncmp(allowed, digits, len) == 0)
			longest = len;
		allowed += len;
	}
	return longest;
}

const char *
policy_forbids(const char *number, const char *allowed)
{
	const char *code = e164_is_valid(number) ? code_find(number + 1) : NULL;
	size_t named = 0, code_len;
	bool costs = false;

	if (code == NULL)
		return REASON_COUNTRY;
	code_len = strlen(code);
	if (allowed != NULL)
		named = longest_prefix(allowed, number + 1);
	if (allowed != NULL && named < code_len)
		return REASON_COUNTRY;
	if (is_no_country(code))
		costs = allowed == NULL;
	else if (named <= code_len)
		costs = is_premium(code, number + 1 + code_len);
	return costs ? REASON_PREMIUM : NULL;
}
