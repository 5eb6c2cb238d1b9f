#include "common/base/login.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Look in the file first: getpwuid() of glibc aborts when it has no memory for
 * the services behind it. NULL: not in the file, or errno is ENOMEM.
 */
static const struct passwd *
find_in_file(uid_t user)
{
	const struct passwd *entry;
	FILE *file;

	errno = 0;
	file = fopen("/etc/passwd", "re");
	if (file == NULL)
		return NULL;
	do
		entry = fgetpwent(file);
	while (entry != NULL && entry->pw_uid != user);
	(void)fclose(file);
	return entry;
}

static const char *
name_of(uid_t user)
{
	const char *sudo = user == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *entry;

	if (sudo != NULL && sudo[0] != '\0')
		return sudo;
	entry = find_in_file(user);
	if (entry == NULL && errno != ENOMEM)
		entry = getpwuid(user);
	if (entry == NULL || entry->pw_name[0] == '\0')
		return NULL;
	return entry->pw_name;
}

void
login_name(char out[LOGIN_SIZE])
{
	uid_t user = getuid();
	const char *name = name_of(user);
	char *p;

	if (name == NULL)
		(void)snprintf(out, LOGIN_SIZE, "%lu", (unsigned long)user);
	else
		(void)snprintf(out, LOGIN_SIZE, "%s", name);
	for (p = out; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}
