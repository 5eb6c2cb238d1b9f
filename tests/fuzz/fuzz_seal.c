/*
 * Any text as a seal never opens; any PIN that was sealed does, for its own
 * binding, and no longer when a byte of the text is another one.
 */
#include "common/task/seal.h"
#include "tests/fuzz/fuzz.h"

static struct key keys[1] = {{{1, 2, 3}, "01234567"}};
static const struct keyring ring = {keys, 1};

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

static void
check_foreign(const char *text)
{
	const struct seal_binding b = {"t1", "123456", "+447700900001"};
	char key_id[KEY_ID_SIZE];
	struct seal s;

	memset(&s, 'x', sizeof s);
	MUST(seal_open(&s, key_id, text, &b, &ring) != SEAL_OPENED);
	MUST(is_all_zero(&s));
}

/* The data says what is sealed, for whom, and which byte is changed. */
static void
check_own(const uint8_t *data, size_t size, const char *text)
{
	const struct seal_binding b = {text, "123456", text};
	char out[SEAL_TEXT_MAX + 1];
	struct seal in = SEAL_INIT, s;
	struct fault f = FAULT_INIT;
	char key_id[KEY_ID_SIZE];
	size_t i;

	(void)snprintf(in.pin, sizeof in.pin, "%u", data[0] * 1000003U);
	in.sent_s = (int64_t)data[1] << 32 | data[2];
	in.max_attempts = data[3];
	in.not_taken = data[4] % 2 == 1;
	if (seal_close(out, &in, &b, &ring, &f) == -1) {
		MUST(size > 1000); /* too long to bind */
		return;
	}
	MUST(seal_open(&s, key_id, out, &b, &ring) == SEAL_OPENED);
	MUST(strcmp(s.pin, in.pin) == 0 && s.sent_s == in.sent_s);
	MUST(s.max_attempts == in.max_attempts);
	MUST(s.not_taken == in.not_taken);
	i = (data[0] | (size_t)data[1] << 8) % strlen(out);
	out[i] = (char)(out[i] ^ (data[2] | 1));
	MUST(seal_open(&s, key_id, out, &b, &ring) != SEAL_OPENED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_foreign(text);
	if (size >= 5)
		check_own(data, size, text);
	free(text);
	return 0;
}
