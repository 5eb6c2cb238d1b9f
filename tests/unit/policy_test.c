#include "common/ledger/policy.h"
#include "common/task/names.h"
#include "tests/unit/check.h"

static bool
policy_allows(const char *number, const char *allowed)
{
	return policy_forbids(number, allowed) == NULL;
}

/* --- calling codes ---------------------------------------------------------
 */

static bool
is_in(const char *list, const char *word)
{
	char padded[8];

	(void)snprintf(padded, sizeof padded, " %s ", word);
	return strstr(list, padded) != NULL;
}

/*
 * The code of numbers that begin with three digits, told from what is not
 * assigned: the other way round than the table does it.
 */
static void
wanted_code(char out[POLICY_COUNTRY_SIZE], const char three[4])
{
	static const char of_two[] =
	    " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 "
	    "54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 "
	    "98 ";
	static const char spare_tens[] = " 28 83 89 ";
	static const char spare[] =
	    " 210 214 215 217 219 259 292 293 294 295 296 379 384 388 422 424 "
	    "425 426 427 428 429 671 684 693 694 695 696 697 698 699 801 802 "
	    "803 804 805 806 807 809 851 854 857 858 859 871 872 873 874 875 "
	    "876 877 879 884 885 887 889 969 978 990 991 997 999 ";
	char two[] = {three[0], three[1], '\0'};
	char one[] = {three[0], '\0'};

	memcpy(out, three, POLICY_COUNTRY_SIZE);
	if (is_in(" 1 7 ", one))
		out[1] = '\0';
	else if (is_in(of_two, two))
		out[2] = '\0';
	else if (is_in(" 0 ", one) || is_in(spare_tens, two) ||
	    is_in(spare, three))
		out[0] = '\0';
}

static void
every_calling_code(void)
{
	char three[4], number[16];
	char wanted[POLICY_COUNTRY_SIZE], got[POLICY_COUNTRY_SIZE];
	char last[POLICY_COUNTRY_SIZE] = "";
	int i, codes = 0;

	for (i = 0; i < 1000; i++) {
		three[0] = (char)('0' + i / 100);
		three[1] = (char)('0' + i / 10 % 10);
		three[2] = (char)('0' + i % 10);
		three[3] = '\0';
		wanted_code(wanted, three);
		(void)snprintf(number, sizeof number, "+%s5550100", three);
		memset(got, 'x', sizeof got);
		policy_country(got, number);
		CHECK_TEXT(got, wanted);
		if (wanted[0] == '\0')
			CHECK(!policy_allows(number, NULL));
		else if (strcmp(wanted, last) != 0)
			codes++;
		memcpy(last, wanted, sizeof last);
	}
	CHECK(codes == 215);
}

static void
the_shortest_and_the_longest(void)
{
	char got[POLICY_COUNTRY_SIZE];

	policy_country(got, "+6834000");
	CHECK_TEXT(got, "683");
	policy_country(got, "+1234567");
	CHECK_TEXT(got, "1");
	policy_country(got, "+882123456789012");
	CHECK_TEXT(got, "882");
	CHECK(policy_allows("+6834000", NULL));
	CHECK(policy_allows("+431234567890123", NULL));
}

static void
what_is_no_number(void)
{
	static const char *const table[] = {"", "+", "44", "447700900123",
	    "+44", "+447700", "+4477009001231234", "+0447700900123",
	    "00447700900123", "+44 7700900123", "+44770090012x",
	    "+447700900123 ", " +447700900123", "tel:+447700900123"};
	char got[POLICY_COUNTRY_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		memset(got, 'x', sizeof got);
		policy_country(got, table[i]);
		CHECK_TEXT(got, "");
		if (policy_allows(table[i], NULL) ||
		    policy_allows(table[i], "44 447"))
			CHECK_TEXT(table[i], "refused");
	}
	CHECK(policy_allows("+447700900123", NULL));
	CHECK(policy_allows("+447700900123", "44 447"));
}

/* --- premium rates ---------------------------------------------------------
 */

/* Of one calling code, with blanks between. */
static const struct {
	const char *code, *premium, *ordinary;
} rates[] = {
    {"1", "+19002345678 +19009999999",
	"+12125550100 +19001345678 +19012345678 +18002345678 "
	"+190023456789"},
    {"7", "+78031234567 +78091234567",
	"+79161234567 +77012345678 +78001234567 +78041234567 "
	"+7803123456"},
    {"20", "+209001234567", "+201001234567 +209011234567 +20900123456"},
    {"27", "+27862123456 +27869123456 +27900123456 +27929123456",
	"+27821234567 +27861123456 +27931234567"},
    {"30", "+309011234567 +309091234567",
	"+306912345678 +309001234567 +309021234567"},
    {"31", "+319001234 +319061234567 +319091234",
	"+31612345678 +319011234 +31900123 +3190012345678"},
    {"32",
	"+3270201234 +3270301234 +3270441234 +3270601234 +3270701234 "
	"+3290001234 +3290991234",
	"+32470123456 +3270211234567 +3270261234 +3270311234 "
	"+3270451234 +3270611234 +3270711234 +3291001234"},
    {"33",
	"+33836001234 +33836991234 +33812345678 +33822345678 "
	"+33831234567 +33851234567 +33881234567 +33899123456",
	"+33612345678 +33801123456 +33811123456 +33821123456 "
	"+33841234567 +33871234567"},
    {"34", "+34803123456 +34806123456 +34807123456",
	"+34612345678 +34802123456 +34804123456 +34808123456"},
    {"36", "+3690123456 +3691123456", "+36201234567 +3692123456 +3680123456"},
    {"39",
	"+39087812345 +39892123 +39893012 +39894012 +3989499912 "
	"+39895412 +39144123456 +39166123456 +398938123456 "
	"+39899123456",
	"+393123456789 +390212345678 +39087712345 +39891123 "
	"+39145123456 +39166123"},
    {"40", "+40900123456 +40901123456 +40903123456 +40906123456",
	"+40712345678 +40902123456 +40904123456"},
    {"41", "+41900123456 +41901123456 +41906123456",
	"+41791234567 +41902123456 +41840123456"},
    {"43",
	"+43862123456 +43868123456 +43896123456 +43900123456 "
	"+43901123456 +43930123456 +43931123456 +439391234567890",
	"+436641234567 +43861123456 +43902123456 +4390012345"},
    {"44",
	"+448421234567 +448451234567 +448701234567 +448731234567 "
	"+449012345678 +449112345678 +449821234567 +449891234567 "
	"+448454641",
	"+447700900123 +442079460123 +448001234567 +448411234567 "
	"+448461234567 +448741234567 +449212345678 +449811234567 "
	"+448454651"},
    {"45", "+4590123456", "+4520123456 +4591123456 +4589123456"},
    {"46",
	"+46649123456 +469911234 +469951234567 +469001123 "
	"+46900112345 +46900812345 +46939112345 +46944112345",
	"+46701234567 +469961234 +4699112345 +46900012345 "
	"+46945112345 +46648123456"},
    {"47", "+4782012345 +4782912345", "+4740612345 +4782112345 +4783012345"},
    {"48",
	"+48700123456 +48701123456 +48703123456 +48704123456 "
	"+48706123456 +48708123456",
	"+48512345678 +48702123456 +48705123456 +48709123456"},
    {"49",
	"+491377123456 +491379123456 +499001123456 +499003123456 "
	"+499005123456 +4990091123456",
	"+4915112345678 +491376123456 +499002123456 +4990021123456"},
    {"61", "+611900123456 +611902123456 +611906123456",
	"+61412345678 +611903123456 +611800123456 +611300123456"},
    {"351",
	"+351601123456 +351646123456 +351648123456 +351760123456 "
	"+351761212345 +351762212345",
	"+351912345678 +351602123456 +351645123456 +351763123456 "
	"+351760612345"},
    {"352", "+35290012345 +35290112345 +35290512345",
	"+352628123456 +35290212345 +35290412345"},
    {"353",
	"+3531512123456 +3531518123456 +3531520123456 +3531580123456 "
	"+3531590123456 +3531598123456",
	"+353850123456 +3531511123456 +3531519123456 +3531521123456 "
	"+3531591123456"},
    {"358", "+35860012345 +358700123456",
	"+358412345678 +35860112345 +358500123456 +3586001234"},
    {"359", "+35990123456", "+359871234567 +35991123456 +359901234567"},
    {"370",
	"+37090012345 +37090212345 +37090312345 +37090912345 "
	"+37091012345",
	"+37061234567 +37090112345 +37091112345"},
    {"371", "+37190123456", "+37121234567 +37191123456"},
    {"372", "+37240001234 +37240991234 +3729001234",
	"+37251234567 +37241001234 +3729011234"},
    {"385",
	"+38560123456 +38561123456 +38564123456 +38565123456 "
	"+38569123456 +3856012345 +3856112345",
	"+385912345678 +38562123456 +3856412345"},
    {"386", "+38689112 +38689312345 +386901234 +38690123456",
	"+38631234567 +38689012 +38689412 +38690123 +386901234567"},
    {"420",
	"+420900123456 +420905123456 +420906123456 +420908123456 "
	"+420909123456 +420976123456",
	"+420601123456 +420901123456 +420907123456 +420975123456"},
    {"421", "+421900123456 +421970123456 +421989123456",
	"+421905123456 +421901123456 +421960123456"},
    {"423",
	"+4239002212 +4239002512 +4239002812 +4239012312 +4239013112 "
	"+4239013412 +4239066112 +4239066312 +4239066612",
	"+423660123456 +4239002112 +4239012412 +4239013512 "
	"+4239066212"},
};

/* Go through the numbers of a list. */
static bool
next_number(const char **list, char out[20])
{
	size_t len;

	*list += strspn(*list, " ");
	len = strcspn(*list, " ");
	(void)snprintf(out, 20, "%.*s", (int)len, *list);
	*list += len;
	return len > 0;
}

/* numbers: all of that calling code. */
static void
check_each(const char *numbers, const char *code, const char *allowed,
    bool wanted, const char *what)
{
	char number[20], country[POLICY_COUNTRY_SIZE];

	while (next_number(&numbers, number)) {
		policy_country(country, number);
		CHECK_TEXT(country, code);
		if (policy_allows(number, allowed) != wanted)
			CHECK_TEXT(number, what);
	}
}

static void
premium_numbers_are_refused(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rates); i++) {
		check_each(rates[i].premium, rates[i].code, NULL, false,
		    "refused without a setting");
		check_each(rates[i].premium, rates[i].code, rates[i].code,
		    false, "refused though its country is allowed");
	}
}

static void
ordinary_numbers_are_allowed(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rates); i++) {
		check_each(rates[i].ordinary, rates[i].code, NULL, true,
		    "allowed without a setting");
		check_each(rates[i].ordinary, rates[i].code, rates[i].code,
		    true, "allowed with its country");
		check_each(rates[i].ordinary, rates[i].code, "998", false,
		    "refused with another country");
	}
}

/* A prefix that is longer than the calling code by a digit opens both. */
static void
a_longer_prefix_names_premium_numbers(void)
{
	char number[20], prefix[20], other[24];
	const char *list;
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(rates); i++) {
		list = rates[i].premium;
		while (next_number(&list, number)) {
			len = strlen(rates[i].code) + 1;
			(void)snprintf(prefix, sizeof prefix, "%.*s", (int)len,
			    number + 1);
			CHECK(policy_allows(number, prefix));
			CHECK(policy_allows(number, number + 1));
			/* Of another number it says nothing. */
			(void)snprintf(other, sizeof other, "%s %s",
			    rates[i].code, prefix);
			other[strlen(other) - 1] =
			    (char)(prefix[len - 1] == '9' ? '0' : '9');
			CHECK(!policy_allows(number, other));
		}
	}
}

static void
why_a_number_is_refused(void)
{
	static const struct {
		const char *allowed, *number, *reason;
	} table[] = {
	    {NULL, "+447700900123", NULL},
	    {NULL, "+449012345678", REASON_PREMIUM},
	    {NULL, "+979123456789", REASON_PREMIUM},
	    {NULL, "+883123456789", REASON_PREMIUM},
	    {NULL, "+999123456789", REASON_COUNTRY},
	    {NULL, "07700900123", REASON_COUNTRY},
	    {"44", "+449012345678", REASON_PREMIUM},
	    {"44", "+499001123456", REASON_COUNTRY},
	    {"44", "+979123456789", REASON_COUNTRY},
	    {"447", "+449012345678", REASON_COUNTRY},
	    {"449", "+449012345678", NULL},
	    {"979", "+979123456789", NULL},
	    {"44 979", "+449012345678", REASON_PREMIUM},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		CHECK_TEXT(policy_forbids(table[i].number, table[i].allowed),
		    table[i].reason);
}

/* The pattern of one country says nothing about another. */
static void
premium_is_a_matter_of_the_country(void)
{
	CHECK(!policy_allows("+4590123456", NULL));
	CHECK(policy_allows("+4690123456", NULL));
	CHECK(!policy_allows("+19002345678", NULL));
	CHECK(policy_allows("+529002345678", NULL));
	/* Nor does a pattern that begins later in the number. */
	CHECK(policy_allows("+12129002345", NULL));
	CHECK(policy_allows("+449119002345", "449"));
	CHECK(policy_allows("+45190123456", NULL));
}

/* --- what is no country's --------------------------------------------------
 */

static void
what_is_no_countrys(void)
{
	static const struct {
		const char *code, *longer, *number;
	} table[] = {
	    {"800", "80012", "+80012345678"},
	    {"808", "80812", "+80812345678"},
	    {"870", "870773", "+870773111632"},
	    {"878", "87810", "+878101234567890"},
	    {"881", "8816", "+881612345678"},
	    {"882", "88216", "+88216123456789"},
	    {"883", "8835", "+883510012345"},
	    {"888", "8881", "+88812345678"},
	    {"979", "9791", "+979123456789"},
	};
	char country[POLICY_COUNTRY_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		policy_country(country, table[i].number);
		CHECK_TEXT(country, table[i].code);
		CHECK(!policy_allows(table[i].number, NULL));
		CHECK(!policy_allows(table[i].number, "44 1 998"));
		CHECK(!policy_allows(table[i].number, "8 9 80 88 87 97"));
		CHECK(policy_allows(table[i].number, table[i].code));
		CHECK(policy_allows(table[i].number, table[i].longer));
	}
	/* Countries beside them. */
	CHECK(policy_allows("+8801712345678", NULL));
	CHECK(policy_allows("+886912345678", NULL));
	CHECK(policy_allows("+971501234567", NULL));
}

/* --- allow_country ---------------------------------------------------------
 */

static const struct {
	const char *allowed, *number;
	bool wanted;
} allowances[] = {
    {"44", "+447700900123", true},
    {"44", "+4915112345678", false},
    {"44 49", "+4915112345678", true},
    {"44,49", "+4915112345678", true},
    {" 44 ,\t, 49, ", "+4915112345678", true},
    {"49,44", "+447700900123", true},
    {"1", "+12125550100", true},
    {"1", "+447700900123", false},
    {"44", "+12125550144", false},
    /* A longer prefix alone is all there is. */
    {"4420", "+442079460123", true},
    {"4420", "+441632960123", false},
    {"4420", "+447700900123", false},
    {"4420 44", "+447700900123", true},
    {"44 4420", "+442079460123", true},
    {"1212 1917", "+19175550100", true},
    {"1212 1917", "+13125550100", false},
    {"447700900123", "+447700900123", true},
    {"447700900123", "+447700900124", false},
    {"4477009001234", "+447700900123", false},
    /* Premium numbers beside ordinary ones. */
    {"44", "+449012345678", false},
    {"4490", "+449012345678", true},
    {"4490", "+449112345678", false},
    {"44 4490", "+449012345678", true},
    {"4490 44", "+449012345678", true},
    {"4490 44", "+449112345678", false},
    {"4490 44", "+447700900123", true},
    {"44 4920", "+449012345678", false},
    /* Both countries of +7. */
    {"7", "+79161234567", true},
    {"7", "+77012345678", true},
    {"77", "+79161234567", false},
    {"77", "+77012345678", true},
    {"7", "+78091234567", false},
    {"7", "+78031234567", false},
    /* Not assigned: never, whatever stands there. */
    {"210", "+2101234567", false},
    {"2101", "+2101234567", false},
    {"2", "+2101234567", false},
    /* What policy_countries_check() refuses allows nothing. */
    {"4", "+447700900123", false},
    {"+44", "+447700900123", false},
    {"0044", "+447700900123", false},
    {"44x", "+447700900123", false},
    {"44;49", "+447700900123", false},
    {"", "+447700900123", false},
    {" , ", "+447700900123", false},
};

static void
prefixes_choose(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(allowances); i++)
		if (policy_allows(allowances[i].number,
			allowances[i].allowed) != allowances[i].wanted) {
			CHECK_TEXT(allowances[i].allowed, allowances[i].number);
			CHECK(allowances[i].wanted);
		}
}

static void
settings_are_checked(void)
{
	static const struct {
		const char *text, *wanted; /* NULL: it is right */
	} table[] = {
	    {"44", NULL},
	    {"1", NULL},
	    {"7 20,211", NULL},
	    {" 44 ,\t, 49, ", NULL},
	    {"4420 1212 883 979 8816", NULL},
	    {"447700900123456", NULL},
	    {"4477009001234567", "'447700...': longer than any number"},
	    {"+44", "'+44': leave out the '+'"},
	    {"49 +44", "'+44': leave out the '+'"},
	    {"+447700900123", "'+44770...': leave out the '+'"},
	    {"4", "'4': begins with no calling code"},
	    {"44 4", "'4': begins with no calling code"},
	    {"21", "'21': begins with no calling code"},
	    {"210", "'210': begins with no calling code"},
	    {"999", "'999': begins with no calling code"},
	    {"0", "'0': begins with no calling code"},
	    {"0044", "'0044': begins with no calling code"},
	    {"07700900123", "'077009...': begins with no calling code"},
	    {"44-20",
		"'44-20': digits only, with blanks or commas between "
		"prefixes"},
	    {"44;49",
		"'44;49': digits only, with blanks or commas between "
		"prefixes"},
	    {"GB",
		"'GB': digits only, with blanks or commas between "
		"prefixes"},
	    {"44\n49",
		"'44?49': digits only, with blanks or commas between "
		"prefixes"},
	    {"44*",
		"'44*': digits only, with blanks or commas between "
		"prefixes"},
	    {"", "names no prefix; leave it out to allow every country"},
	    {" ,\t", "names no prefix; leave it out to allow every country"},
	};
	struct fault f = FAULT_INIT;
	char wanted[FAULT_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		wanted[0] = '\0';
		if (table[i].wanted != NULL)
			(void)snprintf(wanted, sizeof wanted,
			    "allow_country: %s", table[i].wanted);
		CHECK(policy_countries_check(table[i].text, &f) ==
		    (table[i].wanted == NULL ? 0 : -1));
		CHECK(f.status ==
		    (table[i].wanted == NULL ? STATUS_OK : STATUS_CONFIG));
		CHECK_TEXT(f.message, wanted);
	}
}

int
main(void)
{
	RUN(every_calling_code);
	RUN(the_shortest_and_the_longest);
	RUN(what_is_no_number);
	RUN(premium_numbers_are_refused);
	RUN(ordinary_numbers_are_allowed);
	RUN(a_longer_prefix_names_premium_numbers);
	RUN(why_a_number_is_refused);
	RUN(premium_is_a_matter_of_the_country);
	RUN(what_is_no_countrys);
	RUN(prefixes_choose);
	RUN(settings_are_checked);
	return check_done();
}
