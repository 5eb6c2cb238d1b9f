#include "common/base/login.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
name_of(uid_t user)
{
	const char *sudo = user == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *entry;

	if (sudo != NULL && sudo[0] != '\0')
		return sudo;
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
