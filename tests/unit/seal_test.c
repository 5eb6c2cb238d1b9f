#include "common/task/seal.h"
#include "tests/unit/check.h"
#include "tests/unit/keys.h"

static const struct seal_binding mine = {"t1", "123456", "+447700900001"};

static struct seal
sample(void)
{
	struct seal s = SEAL_INIT;

	(void)snprintf(s.pin, sizeof s.pin, "4711");
	(void)snprintf(
	    s.id, sizeof s.id, "01234567-89ab-4cde-8f01-23456789abcd");
	s.sent_s = 1790000000;
	s.expires_s = 1790000600;
	s.max_attempts = 3;
	s.not_taken = true;
	(void)snprintf(
	    s.ledger, sizeof s.ledger, "89abcdef-0123-4567-89ab-cdef01234567");
	return s;
}

static bool
is_all_zero(const struct seal *s)
{
	const unsigned char *bytes = (const unsigned char *)s;
	size_t i;

	for (i = 0; i < sizeof *s; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* Must not open, and nothing may come out. */
static enum seal_result
check_shut(
    const char *text, const struct seal_binding *b, const struct keyring *keys)
{
	struct seal s = sample();
	char key_id[KEY_ID_SIZE] = "xxxxxxxx";
	enum seal_result r = seal_open(&s, key_id, text, b, keys);

	CHECK(r != SEAL_OPENED);
	CHECK(is_all_zero(&s));
	return r;
}

static void
opens_what_was_sealed(void)
{
	char text[SEAL_TEXT_MAX + 1];
	struct seal in = sample(), out = SEAL_INIT;
	struct fault f = FAULT_INIT;
	struct key keys[2];
	struct keyring ring = test_keyring(keys, 1, 0);
	char key_id[KEY_ID_SIZE];

	CHECK(seal_close(text, &in, &mine, &ring, &f) == 0);
	CHECK(strncmp(text, "v1.00000001.", 12) == 0);
	CHECK(strspn(text + 12,
		  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		  "0123456789-_") == strlen(text) - 12);
	CHECK(seal_open(&out, key_id, text, &mine, &ring) == SEAL_OPENED);
	CHECK_TEXT(out.pin, in.pin);
	CHECK_TEXT(out.id, in.id);
	CHECK_TEXT(out.ledger, in.ledger);
	CHECK(out.sent_s == in.sent_s && out.expires_s == in.expires_s);
	CHECK(out.max_attempts == 3 && out.not_taken);
	seal_wipe(&out);
	CHECK(is_all_zero(&out));
}

static void
knows_its_sender_without_a_ledger(void)
{
	char text[SEAL_TEXT_MAX + 1];
	struct seal in = sample(), out = SEAL_INIT;
	struct fault f = FAULT_INIT;
	struct key keys[2];
	struct keyring ring = test_keyring(keys, 1, 0);
	char key_id[KEY_ID_SIZE], other[SEAL_SENDER_SIZE] = "";

	in.ledger[0] = '\0';
	seal_name_sender(in.sender, "file:a");
	seal_name_sender(other, "file:b");
	CHECK(strcmp(in.sender, other) != 0 && strlen(other) == 34);
	CHECK(seal_close(text, &in, &mine, &ring, &f) == 0);
	CHECK(seal_open(&out, key_id, text, &mine, &ring) == SEAL_OPENED);
	CHECK_TEXT(out.sender, in.sender);
	CHECK_TEXT(out.ledger, "");
}

static void
is_another_text_each_time(void)
{
	char one[SEAL_TEXT_MAX + 1];
	char two[SEAL_TEXT_MAX + 1];
	struct seal in = sample();
	struct fault f = FAULT_INIT;
	struct key keys[2];
	struct keyring ring = test_keyring(keys, 1, 0);

	CHECK(seal_close(one, &in, &mine, &ring, &f) == 0);
	CHECK(seal_close(two, &in, &mine, &ring, &f) == 0);
	CHECK(strcmp(one, two) != 0);
	/* A short PIN does not make a short text. */
	(void)snprintf(in.pin, sizeof in.pin, "1234567890");
	CHECK(seal_close(two, &in, &mine, &ring, &f) == 0);
	CHECK(strlen(one) == strlen(two));
}

static void
opens_for_nothing_else(void)
{
	static const struct seal_binding others[] = {
	    {"t2", "123456", "+447700900001"},
	    {"t1 ", "123456", "+447700900001"},
	    {"", "123456", "+447700900001"},
	    {"t1", "123457", "+447700900001"},
	    {"t1", "", "+447700900001"},
	    {"t1", "123456", "+447700900002"},
	    {"t1", "123456", ""},
	    /* the same bytes, cut elsewhere */
	    {"t1123456", "", "+447700900001"},
	    {"t11", "23456", "+447700900001"},
	    {"t1", "123456+", "447700900001"},
	    {"", "t1123456", "+447700900001"},
	};
	char text[SEAL_TEXT_MAX + 1];
	struct seal in = sample(), out;
	struct fault f = FAULT_INIT;
	struct key keys[2];
	struct keyring ring = test_keyring(keys, 1, 0);
	char key_id[KEY_ID_SIZE], longer[10000];
	struct seal_binding b = mine;
	size_t i;

	CHECK(seal_close(text, &in, &mine, &ring, &f) == 0);
	for (i = 0; i < ARRAY_LEN(others); i++)
		CHECK(check_shut(text, &others[i], &ring) == SEAL_FORGED);
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	b.task_id = longer;
	CHECK(check_shut(text, &b, &ring) == SEAL_FORGED);
	CHECK(seal_open(&out, key_id, text, &mine, &ring) == SEAL_OPENED);
}

/* What must come of byte i of the text being c. */
static enum seal_result
wanted_of(size_t i, int c)
{
	bool is_id = i >= 3 && i < 11;

	return is_id && c != '\0' && strchr("0123456789abcdef", c) != NULL
	    ? SEAL_UNKNOWN_KEY
	    : SEAL_FORGED;
}

/* Every byte of the text, changed to every other one. */
static void
no_byte_can_be_changed(void)
{
	char text[SEAL_TEXT_MAX + 1];
	struct seal in = sample(), out;
	struct fault f = FAULT_INIT;
	struct key keys[2];
	struct keyring ring = test_keyring(keys, 1, 0);
	char key_id[KEY_ID_SIZE];
	unsigned wrong = 0;
	size_t i;
	int c, was;

	CHECK(seal_close(text, &in, &mine, &ring, &f) == 0);
	for (i = 0; i < strlen(text); i++) {
		was = (unsigned char)text[i];
		for (c = 0; c < 256; c++) {
			text[i] = (char)c;
			if (c == was ||
			    (seal_open(&out, key_id, text, &mine, &ring) ==
				    wanted_of(i, c) &&
				is_all_zero(&out)))
				continue;
			if (wrong++ < 10)
				printf("# byte %zu: %d for %d\n", i, c, was);
		}
		text[i] = (char)was;
	}
	CHECK(wrong == 0);
	CHECK(seal_open(&out, key_id, text, &mine, &ring) == SEAL_OPENED);
}

static void
no_byte_can_go_or_come(void)
{
	char text[SEAL_TEXT_MAX + 1];
	struct seal in = sample();
	struct fault f = FAULT_INIT;
	struct key keys[2];
	struct keyring ring = test_keyring(keys, 1, 0);
	char other[SEAL_TEXT_MAX + 2];
	size_t i;

	CHECK(seal_close(text, &in, &mine, &ring, &f) == 0);
	for (i = 0; i < strlen(text); i++) {
		memcpy(other, text, i);
		memcpy(other + i, text + i + 1, strlen(text) - i);
		(void)check_shut(other, &mine, &ring);
		memcpy(other, text, i);
		other[i] = 'A';
		memcpy(other + i + 1, text + i, strlen(text) - i + 1);
		(void)check_shut(other, &mine, &ring);
		memcpy(other, text, i);
		other[i] = '\0';
		(void)check_shut(other, &mine, &ring);
	}
	(void)snprintf(other, sizeof other, "%s=", text);
	(void)check_shut(other, &mine, &ring);
	(void)snprintf(other, sizeof other, "%s\n", text);
	(void)check_shut(other, &mine, &ring);
}

static void
is_no_seal(void)
{
	static const char *const texts[] = {"", "v1", "v1.", "1234", "v1.1234",
	    "v1.00000001", "v1.00000001.", "v1.00000001.AAAA", "v1.00000001.A",
	    "V1.00000001.AAAA", "v2.00000001.AAAA", "v1.0000001.AAAA",
	    "v1.000000001.AAAA", "v1.0000000G.AAAA", "v1.00000001:AAAA"};
	struct key keys[2];
	struct keyring ring = test_keyring(keys, 1, 0);
	char text[2000];
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(check_shut(texts[i], &mine, &ring) == SEAL_FORGED);
	memset(text, 'A', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text, "v1.00000001.", 12);
	/* As long as a seal, but all of it zero. */
	for (i = 20; i < 600; i++) {
		text[i] = '\0';
		CHECK(check_shut(text, &mine, &ring) == SEAL_FORGED);
		text[i] = 'A';
	}
}

static void
keys_can_be_rotated(void)
{
	char text[SEAL_TEXT_MAX + 1];
	struct seal in = sample(), out;
	struct fault f = FAULT_INIT;
	struct key keys[2], more[2], third[2];
	struct keyring old = test_keyring(keys, 1, 0);
	struct keyring both = test_keyring(more, 2, 1);
	struct keyring new = test_keyring(third, 2, 0);
	char key_id[KEY_ID_SIZE];

	CHECK(seal_close(text, &in, &mine, &old, &f) == 0);
	CHECK(seal_open(&out, key_id, text, &mine, &both) == SEAL_OPENED);
	CHECK_TEXT(out.pin, "4711");
	CHECK(seal_open(&out, key_id, text, &mine, &new) == SEAL_UNKNOWN_KEY);
	CHECK_TEXT(key_id, "00000001");
	CHECK(is_all_zero(&out));
	CHECK(seal_close(text, &in, &mine, &both, &f) == 0);
	CHECK(strncmp(text, "v1.00000002.", 12) == 0);
	CHECK(seal_open(&out, key_id, text, &mine, &new) == SEAL_OPENED);
	/* A key that only has the other one's id. */
	(void)snprintf(third[0].id, KEY_ID_SIZE, "00000002");
	third[0].bytes[31] ^= 1;
	CHECK(check_shut(text, &mine, &new) == SEAL_FORGED);
}

static void
numbers_keep_their_size(void)
{
	static const int64_t times[] = {
	    0, 1, 2147483647, 2147483648, 4294967296, INT64_MAX, -1};
	char text[SEAL_TEXT_MAX + 1];
	struct seal in = sample(), out;
	struct fault f = FAULT_INIT;
	struct key keys[2];
	struct keyring ring = test_keyring(keys, 1, 0);
	char key_id[KEY_ID_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_LEN(times); i++) {
		in.sent_s = times[i];
		in.expires_s = times[ARRAY_LEN(times) - 1 - i];
		in.max_attempts = i == 0 ? 1 : 10;
		in.not_taken = i % 2 == 0;
		in.ledger[0] = '\0';
		CHECK(seal_close(text, &in, &mine, &ring, &f) == 0);
		CHECK(
		    seal_open(&out, key_id, text, &mine, &ring) == SEAL_OPENED);
		CHECK(out.sent_s == in.sent_s);
		CHECK(out.expires_s == in.expires_s);
		CHECK(out.max_attempts == in.max_attempts);
		CHECK(out.not_taken == in.not_taken);
		CHECK_TEXT(out.ledger, "");
	}
}

int
main(void)
{
	RUN(opens_what_was_sealed);
	RUN(knows_its_sender_without_a_ledger);
	RUN(is_another_text_each_time);
	RUN(opens_for_nothing_else);
	RUN(no_byte_can_be_changed);
	RUN(no_byte_can_go_or_come);
	RUN(is_no_seal);
	RUN(keys_can_be_rotated);
	RUN(numbers_keep_their_size);
	return check_done();
}
