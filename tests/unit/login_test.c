/*
 * The test's own definitions stand in the place of the user database's.
 */
#include "common/base/login.h"

#include "tests/unit/check.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

static uid_t user;
static char *login; /* NULL: not in the database */
static int asked;

uid_t
getuid(void)
{
	return user;
}

/* The file has one user, 501. */
struct passwd *
fgetpwent(FILE *stream)
{
	static char name[] = "file";
	static struct passwd entry = {.pw_uid = 501, .pw_name = name};
	static FILE *seen;

	if (seen == stream) {
		seen = NULL;
		return NULL;
	}
	seen = stream;
	return &entry;
}

struct passwd *
getpwuid(uid_t uid)
{
	static struct passwd entry;

	asked++;
	entry.pw_uid = uid;
	entry.pw_name = login;
	return login == NULL ? NULL : &entry;
}

static void
check_login(uid_t uid, const char *in_database, const char *sudo_user,
    const char *wanted)
{
	static char name[LOGIN_SIZE * 2];
	char out[LOGIN_SIZE];

	user = uid;
	login = NULL;
	if (in_database != NULL) {
		(void)snprintf(name, sizeof name, "%s", in_database);
		login = name;
	}
	if (sudo_user == NULL)
		(void)unsetenv("SUDO_USER");
	else
		(void)setenv("SUDO_USER", sudo_user, 1);
	login_name(out);
	CHECK_TEXT(out, wanted);
}

static void
whose_name_it_is(void)
{
	check_login(1000, "ann", NULL, "ann");
	check_login(0, "root", NULL, "root");
	check_login(0, "root", "", "root");
	check_login(0, "root", "ann", "ann");
	/* Only sudo, and so root, can be believed. */
	check_login(1000, "ann", "ben", "ann");
	check_login(4711, NULL, NULL, "4711");
	check_login(4711, NULL, "ben", "4711");
	check_login(4711, "", NULL, "4711");
	check_login(0, NULL, NULL, "0");
	check_login(501, "other", "ben", "file");
	check_login((uid_t)-2, NULL, NULL, "4294967294");
}

static void
bytes_that_are_not_printed(void)
{
	check_login(0, "root", "a\nb\x7f\x1b[m", "a?b??[m");
	check_login(1000,
	    "z\xc3\xb6"
	    "e",
	    NULL, "z??e");
	check_login(1000, "D\\a b$~", NULL, "D\\a b$~");
}

static void
a_long_name_is_cut(void)
{
	char name[LOGIN_SIZE + 10];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	check_login(1000, name, NULL, name + 10);
}

static void
sudo_does_not_need_the_database(void)
{
	asked = 0;
	check_login(0, "root", "ann", "ann");
	CHECK(asked == 0);
}

int
main(void)
{
	RUN(whose_name_it_is);
	RUN(bytes_that_are_not_printed);
	RUN(a_long_name_is_cut);
	RUN(sudo_does_not_need_the_database);
	return check_done();
}
