#include "common/task/keyring.h"

#include "common/base/memory.h"
#include "common/base/prog.h"
#include "common/file/dir.h"
#include "common/file/edit.h"
#include "common/file/file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_KEY "/etc/twofa/key"

enum {
	KEY_FILE_MAX = 65536,
	HEX_DIGITS = KEY_BYTES * 2,
};

static const char comment[] =
    "# twofa: seals PINs. One key a line; the first seals, all open.\n";

static int
find_path(char path[DIR_PATH_MAX], const char *given, struct fault *f)
{
	if (given != NULL && strlen(given) >= DIR_PATH_MAX - 32)
		return fault_set(f, STATUS_CONFIG, "key: path too long");
	if (given != NULL || access(SYSTEM_KEY, F_OK) == 0) {
		(void)snprintf(path, DIR_PATH_MAX, "%s",
		    given == NULL ? SYSTEM_KEY : given);
		return 0;
	}
	if (dir_config(path, f) == -1) {
		fault_prefix(f, "no key: -k FILE");
		return -1;
	}
	(void)strncat(path, "/key", 8);
	return 0;
}

static int
write_new_key(int fd, const char *path, struct fault *f)
{
	unsigned char bytes[KEY_BYTES];
	char hex[HEX_DIGITS + 2];
	int r;

	randombytes_buf(bytes, sizeof bytes);
	(void)sodium_bin2hex(hex, HEX_DIGITS + 1, bytes, sizeof bytes);
	hex[HEX_DIGITS] = '\n';
	r = file_write_all(fd, path, comment, sizeof comment - 1, f);
	if (r == 0)
		r = file_write_all(fd, path, hex, HEX_DIGITS + 1, f);
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(hex, sizeof hex);
	return r;
}

/* When another program was first, its key is used. */
static int
make_file(const char *path, struct fault *f)
{
	struct edit e = EDIT_INIT;
	int r;

	if (edit_create(&e, path, STATUS_CONFIG, f) == -1)
		return -1;
	if (write_new_key(e.new_fd, path, f) == -1) {
		edit_abort(&e);
		return -1;
	}
	r = edit_commit_first(&e, f);
	if (r == 1)
		prog_message(PROG_INFO, "%s: made a new key", path);
	return r == -1 ? -1 : 0;
}

/* One line: a key, or nothing. False: neither. */
static bool
take_line(struct keyring *k, const char *line, size_t len)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	struct key *key = &k->keys[k->count];
	size_t bin_len;

	while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\r'))
		len--;
	if (len == 0 || line[0] == '#')
		return true;
	if (k->count == KEYRING_MAX_KEYS || len != HEX_DIGITS ||
	    sodium_hex2bin(
		key->bytes, KEY_BYTES, line, len, NULL, &bin_len, NULL) != 0 ||
	    bin_len != KEY_BYTES)
		return false;
	(void)crypto_generichash(
	    hash, sizeof hash, key->bytes, KEY_BYTES, NULL, 0);
	(void)sodium_bin2hex(key->id, KEY_ID_SIZE, hash, (KEY_ID_SIZE - 1) / 2);
	k->count++;
	return true;
}

static int
parse(struct keyring *k, const char *path, const char *text, struct fault *f)
{
	unsigned line = 1;
	size_t len;

	for (; *text != '\0'; line++) {
		len = strcspn(text, "\n");
		if (!take_line(k, text, len))
			return fault_set(f, STATUS_CONFIG,
			    "%s:%u: not a key of 64 hex digits, or more than "
			    "%d keys",
			    path, line, KEYRING_MAX_KEYS);
		text += len + (text[len] == '\n' ? 1 : 0);
	}
	if (k->count == 0)
		return fault_set(f, STATUS_CONFIG, "%s: no key in it", path);
	return 0;
}

int
keyring_load(struct keyring *k, const char *path, bool make, struct fault *f)
{
	struct buf text = BUF_INIT(KEY_FILE_MAX);
	bool there = access(path, F_OK) == 0 || errno != ENOENT;
	int r = -1;

	if (sodium_init() == -1)
		return fault_set(f, STATUS_BUG, "libsodium does not start");
	if (!there && !make)
		return fault_set(f, STATUS_CONFIG,
		    "%s: no key: twofa-sendpin makes it; or name another with "
		    "-k",
		    path);
	if (!there && dir_make_above(path, f) == -1)
		return -1;
	/* Whoever can write the directory can put another key in its place. */
	if (dir_check(path, f) == -1)
		return -1;
	if (!there && make_file(path, f) == -1)
		return -1;
	while ((k->keys = sodium_allocarray(
		    KEYRING_MAX_KEYS, sizeof *k->keys)) == NULL)
		memory_use_reserve();
	if (file_load(path, FILE_SECRET, &text, f) == -1 ||
	    parse(k, path, buf_text(&text), f) == -1)
		goto out;
	r = 0;
out:
	buf_release(&text);
	if (r == -1)
		keyring_release(k);
	return r;
}

int
keyring_open(struct keyring *k, struct key_settings *settings, bool make,
    struct fault *f)
{
	char *path = settings->file.path;

	if (find_path(path, settings->file.given, f) == -1)
		return -1;
	if (settings->dry_run) {
		if (access(path, F_OK) == -1 && errno == ENOENT) {
			prog_message(PROG_WARNING, "%s: will be made%s", path,
			    make ? "" : " by twofa-sendpin");
			return 0;
		}
		make = false;
	}
	return keyring_load(k, path, make, f);
}

void
keyring_release(struct keyring *k)
{
	sodium_free(k->keys);
	k->keys = NULL;
	k->count = 0;
}

const struct key *
keyring_find(const struct keyring *k, const char *id)
{
	size_t i;

	for (i = 0; i < k->count; i++)
		if (strncmp(k->keys[i].id, id, KEY_ID_SIZE - 1) == 0)
			return &k->keys[i];
	return NULL;
}
