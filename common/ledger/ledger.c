#include "common/ledger/ledger_inside.h"

#include "common/base/clock.h"
#include "common/base/prog.h"
#include "common/file/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NONE "none"
#define SYSTEM_DIR "/var/lib/twofa"
#define FILE_NAME "ledger.db"

enum {
	LOOK_AGAIN_MS = 20,
};

/* --- the file ---------------------------------------------------------------
 */

/* Where the ledger is: given, or for NULL the default. With make the
 * directories of a user's own are made. */
static int
find_place(
    char path[DIR_PATH_MAX], const char *given, bool make, struct fault *f)
{
	if (given != NULL) {
		if (strlen(given) >= DIR_PATH_MAX - 32)
			return fault_set(
			    f, STATUS_CONFIG, "ledger: path too long");
		(void)snprintf(path, DIR_PATH_MAX, "%s", given);
		return 0;
	}
	if (access(SYSTEM_DIR, W_OK) == 0) {
		(void)snprintf(
		    path, DIR_PATH_MAX, "%s/%s", SYSTEM_DIR, FILE_NAME);
		return 0;
	}
	if (dir_state(path, f) == -1)
		return fault_prefix(
		    f, "no ledger: -l FILE, or -l none to do without");
	(void)snprintf(path + strlen(path), 16, "/%s", FILE_NAME);
	return make ? dir_make_above(path, f) : 0;
}

/* The owner is the user who sends and verifies: a chown would not help. */
static int
check_file(int fd, const char *path, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	if (!S_ISREG(st.st_mode))
		return fault_set(
		    f, STATUS_CONFIG, "%s: not a regular file", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return fault_set(f, STATUS_PERMISSION,
		    "%s: belongs to another user: run this as that user", path);
	return file_check(fd, path, FILE_SECRET, f);
}

/* Private, whatever the umask is. */
static void
make_file(const char *path)
{
	int fd = open(
	    path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd == -1)
		return; /* it exists, or check_place() reports it */
	(void)fchmod(fd, 0600);
	(void)close(fd);
}

/* Make the file, empty, if it is missing, and check who can write it. */
static int
check_place(const char *path, bool make, struct fault *f)
{
	int r, fd;

	if (make)
		make_file(path);
	fd = open(path,
	    (make ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW |
		O_NOCTTY | O_NONBLOCK,
	    0600);
	if (fd == -1 && errno == ENOENT && !make)
		return fault_set(f, STATUS_CONFIG,
		    "%s: no ledger: twofa-sendpin makes it; or name another "
		    "with -l",
		    path);
	if (fd == -1 && errno == ELOOP)
		return fault_set(
		    f, STATUS_PERMISSION, "%s: a symbolic link", path);
	if (fd == -1)
		return fault_errno(f, STATUS_CONFIG, "%s", path);
	r = check_file(fd, path, f);
	/* Closing drops no lock, since SQLite is not open yet. */
	(void)close(fd);
	/* Whoever can write the directory can put another ledger in its place.
	 */
	return r == 0 ? dir_check(path, f) : -1;
}

/* --- opening ----------------------------------------------------------------
 */

/*
 * cache_spill: pages stay in memory until the commit. Otherwise SQLite writes a
 * page twice, and the checksums in its log are correct only at the end.
 *
 * cache_size: 8 MiB, which hold the indexes of a busy ledger. The write-ahead
 * log is written into the file at the end of a run, so that a ledger at rest is
 * one file, and during a run when it is 16 MiB long.
 */
#define SIZES "PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4096"

/*
 * A write-ahead log, synchronised at every commit, since otherwise a power cut
 * loses commits. SQLite does not wait for a busy file here.
 */
static int
set_journal(struct ledger *l, struct fault *f)
{
	const int64_t until_ms = clock_monotonic_ms() + LEDGER_BUSY_MS;
	int code;

	while ((code = sqlite3_exec(l->sql.db, "PRAGMA journal_mode = WAL",
		    NULL, NULL, NULL)) == SQLITE_BUSY &&
	    clock_monotonic_ms() < until_ms)
		clock_sleep_until_ms(clock_monotonic_ms() + LOOK_AGAIN_MS);
	return code == SQLITE_OK ? 0 : sql_fault(&l->sql, code, f);
}

/* The file system may not support them. */
static int
check_settings(struct ledger *l, struct fault *f)
{
	struct sql_query q = sql_select(&l->sql,
	    "SELECT j.journal_mode || s.synchronous || d.secure_delete"
	    " FROM pragma_journal_mode AS j, pragma_synchronous AS s,"
	    " pragma_secure_delete AS d",
	    SQL_NONE);
	int r = sql_step(&q, f);

	if (r == 1 && strcmp(sql_text(&q, 0), "wal21") != 0)
		r = fault_set(f, STATUS_CONFIG,
		    "%s: no ledger can be kept safely in that directory: name "
		    "a "
		    "file on a local disk with -l",
		    l->path);
	sql_end(&q);
	return r == -1 ? -1 : 0;
}

static int
set_up(struct ledger *l, struct fault *f)
{
	if (sql_exec(&l->sql,
		"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
		"PRAGMA secure_delete = ON; PRAGMA temp_store = "
		"MEMORY; PRAGMA cache_spill = OFF;" SIZES,
		f) == -1 ||
	    set_journal(l, f) == -1 ||
	    sql_exec(&l->sql, "PRAGMA synchronous = FULL", f) == -1)
		return -1;
	return check_settings(l, f);
}

/* alone: fails when another program has it open, and keeps others out. */
static int
open_database(struct ledger *l, bool make, bool alone, struct fault *f)
{
	if (sql_open(&l->sql, l->path, alone ? 0 : LEDGER_BUSY_MS, f) == -1 ||
	    (alone &&
		sql_exec(&l->sql, "PRAGMA locking_mode = EXCLUSIVE", f) == -1))
		return -1;
	return ledger_schema_check(l, make, f) == -1 ? -1 : set_up(l, f);
}

static int
renew_alone(struct ledger *l, const struct keyring *keys, struct fault *f)
{
	int r = open_database(l, false, true, f);

	if (r == 0)
		r = ledger_schema_renew(l, keys, f);
	sql_close(&l->sql);
	return r;
}

/*
 * Alone, since a program of the earlier version writes pages without checksums.
 * While this waits it has the file closed: others may be waiting, too.
 */
static int
renew(struct ledger *l, const struct keyring *keys, struct fault *f)
{
	const int64_t until_ms = clock_monotonic_ms() + LEDGER_BUSY_MS;

	sql_close(&l->sql);
	while (renew_alone(l, keys, f) == -1) {
		if (f->status != STATUS_TEMPORARY)
			return -1;
		fault_clear(f);
		if (clock_monotonic_ms() >= until_ms)
			return fault_set(f, STATUS_TEMPORARY,
			    "%s: of an earlier version, and in use: try again, "
			    "or end programs that were started before this "
			    "version was installed",
			    l->path);
		clock_sleep_until_ms(clock_monotonic_ms() + LOOK_AGAIN_MS +
		    getpid() % LOOK_AGAIN_MS);
	}
	return open_database(l, false, false, f);
}

static int
open_file(struct ledger *l, enum ledger_use use, const struct keyring *keys,
    struct fault *f)
{
	bool make = use == LEDGER_MAKE;
	int r;

	if (check_place(l->path, make, f) == -1 ||
	    mark_open(&l->mark, l->path, use != LEDGER_READ, f) == -1 ||
	    open_database(l, make, false, f) == -1)
		return -1;
	r = ledger_schema(l, keys, f);
	if (r == 1)
		r = renew(l, keys, f);
	return r == -1 ? -1 : ledger_meta_read(l, use, keys, f);
}

bool
ledger_is_off(const struct ledger_settings *settings)
{
	const char *given = settings->file.given;

	return given != NULL && strcmp(given, NONE) == 0;
}

bool
ledger_is_there(const struct ledger_settings *settings)
{
	struct fault none = FAULT_INIT;
	char path[DIR_PATH_MAX];

	return !ledger_is_off(settings) &&
	    find_place(path, settings->file.given, false, &none) == 0 &&
	    access(path, F_OK) == 0;
}

int
ledger_open(struct ledger **out, struct ledger_settings *settings,
    enum ledger_use use, const struct keyring *keys, struct fault *f)
{
	const char *given = settings->file.given;
	bool dry = settings->dry_run, make = use == LEDGER_MAKE;
	struct ledger *l;

	*out = NULL;
	if (ledger_is_off(settings))
		return 0;
	l = memory_new(1, sizeof *l);
	l->mark = (struct mark)MARK_INIT;
	if (find_place(l->path, given, make && !dry, f) == -1)
		goto fail;
	memcpy(settings->file.path, l->path, sizeof l->path);
	if (ledger_schema_check_there(l, f) == -1)
		goto fail;
	if (dry && access(l->path, F_OK) == -1 && errno == ENOENT) {
		prog_message(PROG_WARNING, "%s: will be made%s", l->path,
		    make ? "" : " by twofa-sendpin");
		free(l);
		return 0;
	}
	if (open_file(l, dry ? LEDGER_READ : use, keys, f) == -1)
		goto fail;
	if (settings->ref != NULL)
		(void)snprintf(l->ref, sizeof l->ref, "%s", settings->ref);
	l->now_s = clock_now_s();
	*out = l;
	return 0;
fail:
	ledger_close(l);
	return -1;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	ledger_rollback(l);
	sql_close(&l->sql);
	mark_close(&l->mark);
	sodium_free(l->key);
	free(l);
}

/* --- transactions -----------------------------------------------------------
 */

const char *
ledger_id(const struct ledger *l)
{
	return l->id;
}

void
ledger_set_sender(struct ledger *l, const char *identity)
{
	l->sender = ledger_hash_of(l, LEDGER_OF_SENDER, identity);
}

int
ledger_begin(struct ledger *l, ledger_clock *now_s, struct fault *f)
{
	if (l->who[0] == '\0')
		login_name(l->who);
	if (sql_exec(&l->sql, "BEGIN IMMEDIATE", f) == -1)
		return -1;
	l->in_transaction = true;
	if (ledger_meta_time(l, now_s, f) == 0)
		return 0;
	ledger_rollback(l);
	return -1;
}

int64_t
ledger_now_s(const struct ledger *l)
{
	return l->now_s;
}

int
ledger_commit(struct ledger *l, struct fault *f)
{
	if (ledger_meta_count(l, f) == -1 ||
	    sql_exec(&l->sql, "COMMIT", f) == -1) {
		ledger_rollback(l);
		return -1;
	}
	l->in_transaction = false;
	mark_write(&l->mark, l->id, l->commits);
	return 0;
}

void
ledger_rollback(struct ledger *l)
{
	if (!l->in_transaction)
		return;
	(void)sqlite3_exec(l->sql.db, "ROLLBACK", NULL, NULL, NULL);
	l->in_transaction = false;
}
