#include "common/task/keyring.h"
#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#include <dirent.h>
#include <sys/wait.h>

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B "ffeeddccbbaa99887766554433221100FFEEDDCCBBAA99887766554433221100"

static int
load(struct keyring *k, const char *text, struct fault *f)
{
	fault_clear(f);
	scratch_text("key", text);
	return keyring_load(k, "key", false, f);
}

static void
key_files(void)
{
	static const struct {
		const char *text;
		size_t count; /* 0: refused */
	} table[] = {
	    {KEY_A, 1},
	    {KEY_A "\n", 1},
	    {KEY_A "\r\n" KEY_B "\r\n", 2},
	    {"# c\n\n" KEY_A "\n#" KEY_B "\n\n" KEY_B " \n", 2},
	    {"", 0},
	    {"\n", 0},
	    {"# nothing\n", 0},
	    {KEY_A "0\n", 0},
	    {KEY_A "00\n", 0},
	    {" " KEY_A "\n", 0},
	    {KEY_A " # mine\n", 0},
	    {KEY_A " " KEY_B "\n", 0},
	    {KEY_A ":" KEY_B "\n", 0},
	    {KEY_A "\nx\n", 0},
	    {"00:" KEY_A, 0},
	    {"g0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		0},
	    {"0 112233445566778899aabbccddeeff00112233445566778899aabbccddeef",
		0},
	};
	struct keyring k;
	struct fault f;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		k = (struct keyring)KEYRING_INIT;
		r = load(&k, table[i].text, &f);
		if ((r == 0) != (table[i].count > 0))
			CHECK_TEXT(table[i].text, "the other result");
		CHECK(k.count == table[i].count);
		if (r == -1) {
			CHECK(k.keys == NULL);
			CHECK(f.status == STATUS_CONFIG);
			CHECK(strncmp(f.message, "key:", 4) == 0);
			/* 2. never a key in a message */
			CHECK(strstr(f.message, "2233445566") == NULL);
		}
		keyring_release(&k);
		keyring_release(&k);
	}
}

static void
ids(void)
{
	struct keyring k = KEYRING_INIT;
	struct fault f;
	char before[KEY_ID_SIZE];

	CHECK(load(&k, KEY_A "\n" KEY_B "\n", &f) == 0);
	CHECK(strspn(k.keys[0].id, "0123456789abcdef") == 8);
	CHECK(strcmp(k.keys[0].id, k.keys[1].id) != 0);
	CHECK(k.keys[0].bytes[0] == 0x00 && k.keys[0].bytes[31] == 0xff);
	CHECK(k.keys[1].bytes[31] == 0x00);
	CHECK(keyring_find(&k, k.keys[0].id) == &k.keys[0]);
	CHECK(keyring_find(&k, k.keys[1].id) == &k.keys[1]);
	CHECK(keyring_find(&k, "00000000") == NULL);
	CHECK(keyring_find(&k, "") == NULL);
	memcpy(before, k.keys[1].id, sizeof before);
	keyring_release(&k);
	/* The id is the key's, wherever it stands. */
	CHECK(load(&k, KEY_B, &f) == 0);
	CHECK_TEXT(k.keys[0].id, before);
	keyring_release(&k);
}

static void
too_many(void)
{
	struct keyring k = KEYRING_INIT;
	struct fault f;
	char text[66 * 20] = "";
	size_t n, len = 0;

	for (n = 1; n <= 18; n++) {
		len += (size_t)snprintf(
		    text + len, sizeof text - len, "%064zx\n", n);
		CHECK(load(&k, text, &f) == (n <= KEYRING_MAX_KEYS ? 0 : -1));
		CHECK(k.count == (n <= KEYRING_MAX_KEYS ? n : 0));
		keyring_release(&k);
	}
}

/* 1. refuse a file that others can read or write */
static void
modes(void)
{
	static const struct {
		mode_t mode;
		int status;
	} table[] = {{0600, 0}, {0400, 0}, {0640, 0}, {0440, 0},
	    {0604, STATUS_PERMISSION}, {0644, STATUS_PERMISSION},
	    {0602, STATUS_PERMISSION}, {0620, STATUS_PERMISSION},
	    {0601, STATUS_PERMISSION}, {0666, STATUS_PERMISSION}};
	struct keyring k = KEYRING_INIT;
	struct fault f;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		scratch_write("key", KEY_A, 64, table[i].mode);
		CHECK((keyring_load(&k, "key", false, &f) == 0) ==
		    (f.status == STATUS_OK));
		/* Executable by others harms nobody. */
		CHECK(f.status == table[i].status || table[i].mode == 0601);
		CHECK(k.count == (f.status == 0 ? 1 : 0));
		keyring_release(&k);
	}
}

static void
missing_files(void)
{
	struct keyring k = KEYRING_INIT;
	struct fault f = FAULT_INIT;
	struct stat st;
	char id[KEY_ID_SIZE];

	CHECK(keyring_load(&k, "none", false, &f) == -1);
	CHECK(f.status == STATUS_CONFIG && stat("none", &st) == -1);
	fault_clear(&f);
	CHECK(keyring_load(&k, "deep/er/key", true, &f) == 0);
	CHECK(k.count == 1);
	memcpy(id, k.keys[0].id, sizeof id);
	keyring_release(&k);
	CHECK(stat("deep/er/key", &st) == 0 && (st.st_mode & 07777) == 0600);
	CHECK(stat("deep/er", &st) == 0 && (st.st_mode & 077) == 0);
	CHECK(keyring_load(&k, "deep/er/key", true, &f) == 0);
	CHECK_TEXT(k.keys[0].id, id);
	keyring_release(&k);
	CHECK(keyring_load(&k, "other", true, &f) == 0);
	CHECK(strcmp(k.keys[0].id, id) != 0);
	keyring_release(&k);
	fault_clear(&f);
	CHECK(keyring_load(&k, "/dev/null/key", true, &f) == -1);
	CHECK(f.status != STATUS_OK && k.keys == NULL);
}

/* How many files have a name that begins so. */
static int
count_files(const char *begin)
{
	DIR *dir = opendir(".");
	struct dirent *e;
	int n = 0;

	if (dir == NULL)
		return -1;
	while ((e = readdir(dir)) != NULL)
		n += strncmp(e->d_name, begin, strlen(begin)) == 0;
	(void)closedir(dir);
	return n;
}

/* Of programs that start at once all use the same key. */
static void
many_makers(void)
{
	enum {
		MAKERS = 16
	};
	struct keyring k = KEYRING_INIT;
	struct fault f = FAULT_INIT;
	char id[MAKERS][KEY_ID_SIZE];
	int i, status, fd[2];

	CHECK(pipe(fd) == 0);
	for (i = 0; i < MAKERS; i++) {
		if (fork() != 0)
			continue;
		if (keyring_load(&k, "shared", true, &f) == -1 ||
		    write(fd[1], k.keys[0].id, KEY_ID_SIZE) != KEY_ID_SIZE)
			_exit(1);
		keyring_release(&k);
		_exit(0);
	}
	for (i = 0; i < MAKERS; i++) {
		CHECK(wait(&status) > 0 && status == 0);
		CHECK(read(fd[0], id[i], KEY_ID_SIZE) == KEY_ID_SIZE);
		CHECK_TEXT(id[i], id[0]);
	}
	(void)close(fd[0]);
	(void)close(fd[1]);
	/* No file beside it is left. */
	CHECK(count_files("shared") == 1);
}

int
main(void)
{
	scratch_begin();
	RUN(key_files);
	RUN(ids);
	RUN(too_many);
	RUN(modes);
	RUN(missing_files);
	RUN(many_makers);
	return check_done();
}
